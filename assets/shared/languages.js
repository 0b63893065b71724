// Choose the page's language from the languages that the visitor prefers.

/**
 * Find the first preferred language that is available. Return its tag in `available`, or undefined if there is none.
 *
 * An available tag that equals the preferred tag is the best match. Otherwise, an available tag matches if it has the
 * language and the script of the preferred tag. For example, zh-SG matches zh-CN, because both have simplified
 * characters. zh-TW does not match zh-CN, because zh-TW has traditional characters. If several tags match, the tag with
 * the region of the preferred tag is chosen. If no matching tag has this region, the first matching tag is chosen.
 * @param {readonly string[]} preferred BCP 47 tags, the most preferred first
 * @param {readonly string[]} available
 * @returns {string | undefined}
 */
export function matchLanguage(preferred, available) {
  for (const tag of preferred) {
    const exact = available.find((other) => other.toLowerCase() === tag.toLowerCase());
    const match = exact ?? similar(tag, available);
    if (match) return match;
  }
  return undefined;
}

/** @type {(tag: string, available: readonly string[]) => string | undefined} */
function similar(tag, available) {
  const wanted = maximized(tag);
  if (!wanted) return undefined;
  const matches = available.filter((other) => {
    const locale = maximized(other);
    return locale?.language === wanted.language && locale.script === wanted.script;
  });
  return matches.find((other) => maximized(other)?.region === wanted.region) ?? matches[0];
}

// Add the likely script and region to a tag: "zh-TW" becomes "zh-Hant-TW". Return null for a malformed tag, because a
// browser may report such a tag.
/** @type {(tag: string) => Intl.Locale | null} */
function maximized(tag) {
  try {
    return new Intl.Locale(tag).maximize();
  } catch {
    return null;
  }
}
