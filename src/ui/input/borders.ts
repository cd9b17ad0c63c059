/**
 * Where a cursor may stand: borders between graphemes, and words by the rules of Unicode. Looked for around an offset
 * only, so that a key press in a pasted book costs what one in a short text does.
 */
import { graphemesOf } from '../text/cells.ts';

/**
 * Characters between any two of which there is a border between graphemes: ASCII, Latin, Greek and Cyrillic letters,
 * kana, Han, Hangul syllables; no marks, no joiners, none that joins what follows (UAX #29, GB9b).
 */
const plain =
  /^[\x20-\x7e\u00c0-\u024f\u0370-\u0482\u048a-\u052f\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]{2}$/;

export function lineStart(text: string, at: number): number {
  // A negative position would be taken for 0, and a line end there be found.
  return at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
}

export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** The last border before an offset; 0 at the start. A line end is a grapheme of its own here. */
export function previousBorder(text: string, at: number): number {
  if (at === 0) return 0;
  const start = lineStart(text, at);
  if (at === start) return at - 1;
  return bordersAround(text, at).findLast((border) => border < at) ?? start;
}

/** The first border behind an offset; the length at the end. */
export function nextBorder(text: string, at: number): number {
  if (at >= text.length) return text.length;
  const end = lineEnd(text, at);
  if (at === end) return at + 1;
  return bordersAround(text, at).find((border) => border > at) ?? end;
}

export function borderAtOrBefore(text: string, at: number): number {
  return bordersAround(text, at).findLast((border) => border <= at) ?? at;
}

export function borderAtOrAfter(text: string, at: number): number {
  return bordersAround(text, at).find((border) => border >= at) ?? at;
}

/** All borders of a stretch of the offset's line that reaches beyond the offset on both sides, to the line's ends at most. */
function bordersAround(text: string, at: number): number[] {
  const start = lineStart(text, at);
  const end = lineEnd(text, at);
  let from = at - 1;
  while (from > start && !plain.test(text.slice(from - 1, from + 1))) from -= 1;
  let to = at + 1;
  while (to < end && !plain.test(text.slice(to - 1, to + 1))) to += 1;
  from = Math.max(start, from);
  to = Math.min(end, to);
  const borders = graphemesOf(text.slice(from, to)).map((grapheme) => from + grapheme.offset);
  borders.push(to);
  return borders;
}

const words = new Intl.Segmenter(undefined, { granularity: 'word' });
/** No word is longer; a line beyond that is looked at around the offset only. */
const wordWindow = 1000;

/** The start of the word at or before an offset; 0 if there is none. Words as UAX #29 and dictionaries have them. */
export function wordStart(text: string, at: number): number {
  let end = at;
  for (;;) {
    const from = lineStart(text, end);
    const to = Math.min(lineEnd(text, end), end + wordWindow);
    const found = wordsOf(text, Math.max(from, end - wordWindow), to).findLast(({ start }) => start < end);
    if (found !== undefined) return found.start;
    if (from === 0) return 0;
    // On to the line above, from its end.
    end = from - 1;
  }
}

/** The end of the word at or behind an offset; the length if there is none. */
export function wordEnd(text: string, at: number): number {
  let start = at;
  for (;;) {
    const to = lineEnd(text, start);
    const from = Math.max(lineStart(text, start), start - wordWindow);
    const found = wordsOf(text, from, Math.min(to, start + wordWindow)).find(({ end }) => end > start);
    if (found !== undefined) return found.end;
    if (to >= text.length) return text.length;
    start = to + 1;
  }
}

function wordsOf(text: string, from: number, to: number): Readonly<{ start: number; end: number }>[] {
  const out: { start: number; end: number }[] = [];
  for (const { segment, index, isWordLike } of words.segment(text.slice(from, to)))
    if (isWordLike === true) out.push({ start: from + index, end: from + index + segment.length });
  return out;
}
