/** JSON for a line-based stream that a terminal may show (contracts.md section 2). */

const dangerous = /[\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

/**
 * One line of JSON without its newline: everything `JSON.stringify` escapes, and DEL, C1, line separators and
 * direction controls as `\uXXXX` too. Parsing it gives the very same value. Throws a TypeError for what JSON
 * can't hold (cycles, bigint), as `JSON.stringify` does; `undefined` gives `null`.
 */
export function toJsonLine(value: unknown): string {
  const json = JSON.stringify(value) ?? 'null';
  return json.replace(dangerous, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
