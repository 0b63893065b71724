// The service worker of the static site: it keeps the page for visits without a network.
//
// web/export/site.py replaces VERSION and FILES. Each version of the site has an own cache, and its files have own
// addresses, so that a page never gets files of another version. The cache of the version before stays for open pages.

const VERSION = "{version}";
/** @type {string[]} the files that drawing needs. The browser keeps the others when the page loads them. */
const FILES = [];
const PREFIX = "draw-a-digit ";
const CACHE = PREFIX + VERSION;
const worker = /** @type {any} */ (self);

worker.addEventListener("install", (/** @type {any} */ event) => {
  worker.skipWaiting();
  // “reload”: an older copy in the browser's own cache could belong to another version.
  event.waitUntil(caches.open(CACHE).then((cache) =>
    cache.addAll(FILES.map((path) => new Request(path, { cache: "reload" })))));
});

worker.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(forgetOldVersions());
});

async function forgetOldVersions() {
  const own = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  // The browser lists caches in the order in which they were created.
  for (const name of own.slice(0, -2)) if (name !== CACHE) await caches.delete(name);
  await worker.clients.claim();
}

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  event.respondWith(request.mode === "navigate" ? documentFor(request) : fileFor(request));
});

/** @param {Request} request */
async function documentFor(request) {
  const cache = await caches.open(CACHE);
  const isPage = new URL("./", worker.registration.scope).pathname === new URL(request.url).pathname;
  return (isPage && (await cache.match("./"))) || fetch(request);
}

/** @param {Request} request */
async function fileFor(request) {
  const cache = await caches.open(CACHE);
  const kept = (await cache.match(request)) ?? (await caches.match(request));
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok && request.url.includes(`/${VERSION}/`)) await cache.put(request, response.clone());
  return response;
}
