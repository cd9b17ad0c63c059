/**
 * The border between what others wrote and a terminal: only these functions make `SafeText`.
 * Nothing is silently obeyed: control characters and direction overrides become visible symbols
 * (contracts.md section 6). All of it is linear in the length of the input.
 */
import { kindOf, visibleSymbol } from './code-points.ts';

declare const brand: unique symbol;

/** Text without control characters (but `\n`), escape sequences, direction overrides or open isolates. */
export type SafeText = string & { readonly [brand]: true };

/** Marks that may sit on one base; the rest of a pile ("zalgo") is dropped. */
const maxMarksPerBase = 4;
/** What carries a mark that has nothing before it on its line: a dotted circle. */
const orphanBase = '\u25cc';
const maxNameCodePoints = 100;

const plainText = /^[\x20-\x7e\n]*$/;
const plainName = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;

/**
 * Makes text of several lines safe. `\n` stays, a tab becomes four spaces, other line ends (U+0085, U+2028,
 * U+2029) become `\n`; C0, DEL, C1 and bidi embeddings and overrides become visible symbols; isolates are
 * balanced within each line; at most four marks stay on a base; invisible characters of no use, tag characters
 * included, are dropped; lone surrogates become U+FFFD. Idempotent.
 */
export function sanitizeText(foreign: string): SafeText {
  if (plainText.test(foreign)) return trusted(foreign);
  let out = '';
  let openIsolates = 0;
  let marks = 0;
  let hasBase = false;
  for (let i = 0; i < foreign.length; i++) {
    const code = foreign.codePointAt(i) ?? 0;
    if (code > 0xffff) i++;
    switch (kindOf(code)) {
      case 'keep':
        out += String.fromCodePoint(code);
        marks = 0;
        hasBase = true;
        break;
      case 'line':
        out += `${'\u2069'.repeat(openIsolates)}\n`;
        openIsolates = 0;
        marks = 0;
        hasBase = false;
        break;
      case 'symbol':
        out += visibleSymbol(code);
        marks = 0;
        hasBase = true;
        break;
      case 'mark':
        if (marks >= maxMarksPerBase) break;
        if (!hasBase) out += orphanBase;
        hasBase = true;
        marks += 1;
        out += String.fromCodePoint(code);
        break;
      case 'joiner':
        if (marks >= maxMarksPerBase) break;
        marks += 1;
        out += String.fromCodePoint(code);
        break;
      case 'direction':
        out += String.fromCodePoint(code);
        break;
      case 'open':
        openIsolates += 1;
        out += String.fromCodePoint(code);
        break;
      case 'close':
        if (openIsolates > 0) {
          openIsolates -= 1;
          out += '\u2069';
          break;
        }
        out += visibleSymbol(code);
        marks = 0;
        hasBase = true;
        break;
      case 'drop':
        break;
    }
  }
  return trusted(out + '\u2069'.repeat(openIsolates));
}

/**
 * Makes a name safe for one line: as `sanitizeText`, and all white space collapses to single spaces, zero-width
 * and direction characters are dropped (a joiner stays between emoji), NFC, at most 100 code points with `…` at
 * the cut. May be empty. Idempotent.
 */
export function sanitizeName(foreign: string): SafeText {
  if (foreign.length <= maxNameCodePoints && plainName.test(foreign)) return trusted(foreign);
  // A name beyond this is cut anyway; bounding it first keeps hostile ones cheap.
  const bounded = foreign.slice(0, 8 * maxNameCodePoints + 8000);
  // Dropping can bring together what NFC then composes, and NFC can decompose into more marks than may stay.
  const once = filterName(filterName(bounded).normalize('NFC'));
  return trusted(cutName(once.normalize('NFC')));
}

const whiteSpace = /^[\p{Z}\t\n\v\f\u0085\u2800\u3164]$/u;
const emojiPart = /^(?:[\p{Extended_Pictographic}\p{Emoji_Modifier}]|\ufe0f)$/u;
const emojiStart = /^\p{Extended_Pictographic}$/u;

function filterName(name: string): string {
  const points = [...name];
  let out = '';
  let previous = '';
  let marks = 0;
  for (const [index, char] of points.entries()) {
    if (whiteSpace.test(char)) {
      if (previous !== '' && previous !== ' ') out += ' ';
      if (previous !== '') previous = ' ';
      marks = 0;
      continue;
    }
    const code = char.codePointAt(0) ?? 0;
    const kind = kindOf(code);
    let shown = '';
    if (kind === 'keep') shown = char;
    else if (kind === 'symbol') shown = visibleSymbol(code);
    else if (kind === 'mark' && keepsMark(code, previous, marks)) shown = char;
    else if (code === 0x200d && emojiPart.test(previous) && emojiStart.test(points[index + 1] ?? ''))
      shown = char;
    if (shown === '') continue;
    marks = kind === 'mark' ? marks + 1 : 0;
    out += shown;
    previous = char;
  }
  return out.trimEnd();
}

function keepsMark(code: number, previous: string, marks: number): boolean {
  // A mark needs something to sit on; a variation selector makes sense on an emoji only.
  if (previous === '' || previous === ' ' || marks >= maxMarksPerBase) return false;
  if (code >= 0xfe00 && code <= 0xfe0f) return code === 0xfe0f && /^\p{Emoji}$/u.test(previous);
  return true;
}

function cutName(name: string): string {
  const points = [...name];
  if (points.length <= maxNameCodePoints) return name;
  const kept = points.slice(0, maxNameCodePoints - 1);
  while (kept.length > 0 && /^[ \u200d]$/.test(kept.at(-1) ?? '')) kept.pop();
  return `${kept.join('')}…`;
}

const nothingVisible = /^[\p{Z}\s\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** False for text that shows nothing: white space and invisible characters only. Callers say so in its place. */
export function hasVisible(text: SafeText): boolean {
  return !nothingVisible.test(text);
}

/** Marks the program's own words as safe. Throws a TypeError if they hold a control character (a bug here). */
export function safe(literal: string): SafeText {
  if (/[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(literal))
    throw new TypeError('a literal with control characters is not safe text');
  return trusted(literal);
}

/** Puts safe pieces together; what joins them is safe too. */
export function joinSafe(parts: readonly SafeText[], separator: SafeText): SafeText {
  return trusted(parts.join(separator));
}

/** The brand is given here and nowhere else, after the checks above. */
function trusted(text: string): SafeText {
  return text as SafeText;
}
