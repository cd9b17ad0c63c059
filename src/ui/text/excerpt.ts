/** The part of a message around what a search found, on one line. */
import { foldText } from '../../core/index.ts';
import { type SafeText, safe, sanitizeText } from '../../text/sanitize.ts';
import { cellWidth, graphemesOf, part, truncateCells } from './cells.ts';

/** Three pieces that follow each other; `hit` is empty where none of the words is seen. */
export type Excerpt = Readonly<{ before: SafeText; hit: SafeText; after: SafeText }>;

/** No more than this of a text is looked at. */
const maxLength = 20_000;

/** At most `width` cells of a foreign text, so that the first of the words of `query` is in it. */
export function excerptOf(foreign: string, query: string, width: number): Excerpt {
  const graphemes = graphemesOf(foreign.slice(0, maxLength)).map(({ text }) => text);
  const { start, end } = firstHit(graphemes, query);
  // Each piece is made safe by itself: a cut can't take away the end of what a character of another piece began.
  const piece = (from: number, to: number) => oneLine(graphemes.slice(Math.max(0, from), to).join(''));
  const hit = truncateCells(piece(start, end), width);
  const rest = width - cellWidth(hit);
  const whole = piece(start - 2 * width, start);
  const isCut = start > 2 * width;
  const before = lastCells(whole, Math.max(0, Math.floor(rest * 0.4)), isCut);
  const after = truncateCells(piece(end, end + 2 * width), Math.max(0, rest - cellWidth(before)));
  return { before, hit, after };
}

function oneLine(foreign: string): SafeText {
  return part(sanitizeText(foreign).replace(/\s+/gu, ' '));
}

/** Where the first of the words begins a word of the text, else where it occurs; counted in graphemes. */
function firstHit(graphemes: readonly string[], query: string): Readonly<{ start: number; end: number }> {
  const offsets: number[] = [];
  let folded = '';
  for (const grapheme of graphemes) {
    offsets.push(folded.length);
    folded += foldText(grapheme);
  }
  const asked = foldText(query);
  const words = asked.match(/[\p{L}\p{N}]+/gu) ?? asked.split(/\s+/u).filter(Boolean);
  let best: Readonly<{ rank: number; at: number; length: number }> | null = null;
  for (const word of words) {
    let at = folded.indexOf(word);
    let rank = 1;
    for (let next = at; next >= 0; next = folded.indexOf(word, next + 1)) {
      if (next > 0 && /[\p{L}\p{N}]$/u.test(folded.slice(Math.max(0, next - 2), next))) continue;
      at = next;
      rank = 0;
      break;
    }
    if (at < 0) continue;
    if (best === null || rank < best.rank || (rank === best.rank && at < best.at))
      best = { rank, at, length: word.length };
  }
  if (best === null) return { start: 0, end: 0 };
  const { at, length } = best;
  const start = offsets.findLastIndex((offset) => offset <= at);
  const after = offsets.findIndex((offset) => offset >= at + length);
  return { start, end: after < 0 ? graphemes.length : after };
}

/** The end of a text, at most `width` cells, with `…` in front where something is missing. */
function lastCells(text: SafeText, width: number, isCut: boolean): SafeText {
  if (!isCut && cellWidth(text) <= width) return text;
  if (width < 1) return safe('');
  let used = 1;
  let start = text.length;
  for (const { offset, width: cells } of graphemesOf(text).reverse()) {
    if (used + cells > width) break;
    used += cells;
    start = offset;
  }
  return part(`…${text.slice(start)}`);
}
