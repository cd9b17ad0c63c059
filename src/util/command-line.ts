/** A command as a person writes it, taken apart without a shell. */

/** One word: plain characters and quoted parts, in which nothing but the quote itself has a meaning. */
const word = /\s*((?:[^\s'"]|'[^']*'|"[^"]*")+)/y;
const part = /[^'"]+|'([^']*)'|"([^"]*)"/g;

/**
 * The program and its arguments, by white space; `'…'` and `"…"` keep white space in a word. Null if there is none, a
 * quote has no end, or a control character stands in it: then nothing may be run.
 */
export function splitCommand(text: string): readonly [string, ...string[]] | null {
  const trimmed = text.trim();
  if (/\p{Cc}/u.test(trimmed)) return null;
  const words: string[] = [];
  word.lastIndex = 0;
  while (word.lastIndex < trimmed.length) {
    const found = word.exec(trimmed)?.[1];
    if (found === undefined) return null;
    words.push(found.replace(part, (all, single?: string, double?: string) => single ?? double ?? all));
  }
  const [program, ...rest] = words;
  return program === undefined || program === '' ? null : [program, ...rest];
}
