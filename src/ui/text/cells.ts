/** Widths in terminal cells and cuts at grapheme borders: the one place that measures text for the screen. */

import type { SafeText } from '../../text/sanitize.ts';
import { Lru } from '../../util/lru.ts';
import stringWidth from './string-width.ts';

/** One user-perceived character: its text, its UTF-16 offset, and the cells it takes (0, 1, 2, rarely more). */
export type Grapheme = Readonly<{ text: string; offset: number; width: number }>;

const printableAscii = /^[\x20-\x7e]*$/;
const invisible = /^\p{Default_Ignorable_Code_Point}+$/u;
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const widths = new Lru<string, number>(4096);

/** Cells of one grapheme. Agrees with Ink's output grid: what is visible at all takes at least one cell. */
export function graphemeWidth(grapheme: string): number {
  if (grapheme.length === 1 && printableAscii.test(grapheme)) return 1;
  let width = widths.get(grapheme);
  if (width === undefined) {
    width = invisible.test(grapheme) ? 0 : Math.max(1, stringWidth(grapheme));
    widths.set(grapheme, width);
  }
  return width;
}

/** The graphemes of one line of text (no `\n`), in order. */
export function graphemesOf(text: string): Grapheme[] {
  const out: Grapheme[] = [];
  if (printableAscii.test(text)) {
    for (let i = 0; i < text.length; i++) out.push({ text: text.charAt(i), offset: i, width: 1 });
    return out;
  }
  for (const { segment, index } of segmenter.segment(text))
    out.push({ text: segment, offset: index, width: graphemeWidth(segment) });
  return out;
}

/** Cells that one line of text takes. */
export function cellWidth(text: string): number {
  if (printableAscii.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** At most `width` cells of the text, with `…` as the last cell where something was cut. */
export function truncateCells(text: SafeText, width: number): SafeText {
  if (width <= 0) return part('');
  if (cellWidth(text) <= width) return text;
  let used = 0;
  let end = 0;
  for (const grapheme of graphemesOf(text)) {
    if (used + grapheme.width > width - 1) break;
    used += grapheme.width;
    end = grapheme.offset + grapheme.text.length;
  }
  return part(`${text.slice(0, end)}…`);
}

/** Exactly `width` cells: cut with `…` or filled with spaces. */
export function fitCells(text: SafeText, width: number): SafeText {
  if (width <= 0) return part('');
  const cut = truncateCells(text, width);
  return part(cut + ' '.repeat(Math.max(0, width - cellWidth(cut))));
}

/** A piece of safe text cut at grapheme borders; callers pass nothing else. */
export function part(text: string): SafeText {
  // Slices of safe text, spaces and `…` hold no control character, so the brand stays true.
  return text as SafeText;
}
