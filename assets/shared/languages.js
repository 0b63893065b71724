// Choose the page's language from the languages that the visitor prefers.

/**
 * Return the available tag for the first preferred language that is available, or undefined.
 *
 * An exact tag is best. Otherwise language and script must be the same: zh-CN and zh-SG are written in simplified
 * characters, zh-TW and zh-HK in traditional characters. Among several such tags, the same region is best.
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

// Add the likely script and region: "zh-TW" becomes "zh-Hant-TW". A browser may report a malformed tag.
/** @type {(tag: string) => Intl.Locale | null} */
function maximized(tag) {
  try {
    return new Intl.Locale(tag).maximize();
  } catch {
    return null;
  }
}
