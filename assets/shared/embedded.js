// Whether the page is the embedded view: `?embed` in its address. The embedded view stores no correction.

// Tests of modules run without a page.
const { search = "" } = globalThis.location ?? {};

export const isEmbedded = new URLSearchParams(search).has("embed");
