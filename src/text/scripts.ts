/** Which scripts a word or name is written in. */

/** Those in which letters are taken for each other, and those that live beside Latin. */
const scripts: readonly (readonly [string, RegExp])[] = [
  ['Latin', /^\p{Script=Latin}$/u],
  ['Cyrillic', /^\p{Script=Cyrillic}$/u],
  ['Greek', /^\p{Script=Greek}$/u],
  ['Han', /^\p{Script=Han}$/u],
  ['Hiragana', /^\p{Script=Hiragana}$/u],
  ['Katakana', /^\p{Script=Katakana}$/u],
  ['Hangul', /^\p{Script=Hangul}$/u],
  ['Bopomofo', /^\p{Script=Bopomofo}$/u],
  ['Arabic', /^\p{Script=Arabic}$/u],
  ['Hebrew', /^\p{Script=Hebrew}$/u],
  ['Armenian', /^\p{Script=Armenian}$/u],
  ['Georgian', /^\p{Script=Georgian}$/u],
  ['Cherokee', /^\p{Script=Cherokee}$/u],
  ['Coptic', /^\p{Script=Coptic}$/u],
  ['Lisu', /^\p{Script=Lisu}$/u],
  ['Devanagari', /^\p{Script=Devanagari}$/u],
  ['Thai', /^\p{Script=Thai}$/u],
];

/** Written together every day (UTS 39, "highly restrictive"): Latin with the scripts of Japanese, Chinese or Korean. */
const together: readonly (readonly string[])[] = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
];

const letter = /^\p{L}$/u;
const common = /^[\p{Script=Common}\p{Script=Inherited}]$/u;

/** The scripts of the letters of a text; `other` for all that are rarer. */
export function scriptsOf(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  if (/^[\x00-\x7f]*$/.test(text)) return /[a-z]/i.test(text) ? found.add('Latin') : found;
  for (const char of text) {
    if (!letter.test(char) || common.test(char)) continue;
    found.add(scripts.find(([, pattern]) => pattern.test(char))?.[0] ?? 'other');
  }
  return found;
}

/** True for letters of scripts that nobody writes together, as in `pаypal` with a Cyrillic а. */
export function mixesScripts(text: string): boolean {
  const found = scriptsOf(text);
  if (found.size < 2) return false;
  return !together.some((set) => [...found].every((script) => set.includes(script)));
}
