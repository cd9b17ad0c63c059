/**
 * The line being typed, on one row of a terminal that knows nothing but printable characters, backspace and carriage
 * return: which part of it is shown, and the bytes from what is shown to what is to be shown. Pure.
 */
import { type SafeText, safe, sanitizeText } from '../../text/sanitize.ts';
import type { TextBuffer } from '../input/text-buffer.ts';
import { cellWidth, type Grapheme, graphemesOf, part, truncateCells } from '../text/cells.ts';

/** What stands on the row, and at which of its graphemes the cursor is. */
export type ShownLine = Readonly<{ graphemes: readonly Grapheme[]; cursor: number }>;

/** Nothing, the cursor at the beginning of a row. */
export const blankLine: ShownLine = { graphemes: [], cursor: 0 };

/** What stands for a line end in the text. */
const lineEndMark = safe('↵');
/** In place of what does not fit on either side. */
const more = { before: safe('<'), after: safe('>') };

/** Prompt and text as far as they fit, the cursor in sight. The last column stays free: no terminal wraps then. */
export function shownLine(prompt: SafeText, { text, cursor }: TextBuffer, columns: number): ShownLine {
  const room = Math.max(8, columns - 1);
  const head = graphemesOf(truncateCells(prompt, Math.floor(room / 2)));
  const typed = shownGraphemes(text);
  const at = typed.findIndex(({ offset }) => offset >= cursor);
  const index = at < 0 ? typed.length : at;
  const width = widthOf(head);
  if (width + widthOf(typed) <= room) return { graphemes: [...head, ...typed], cursor: head.length + index };
  // Half a window at a time, so that most keys change nothing but the place of the cursor.
  const step = Math.max(2, Math.floor((room - width - 2) / 2));
  const startCell = Math.max(0, (Math.floor(widthOf(typed.slice(0, index)) / step) - 1) * step);
  const lead = startCell === 0 ? head : graphemesOf(more.before);
  const left = room - widthOf(lead) - 1;
  let first = 0;
  for (let cells = 0; cells < startCell; first++) cells += typed[first]?.width ?? 1;
  let end = first;
  for (let cells = 0; end < typed.length; end++) {
    cells += typed[end]?.width ?? 0;
    if (cells > left) break;
  }
  const tail = end < typed.length ? graphemesOf(more.after) : [];
  return { graphemes: [...lead, ...typed.slice(first, end), ...tail], cursor: lead.length + index - first };
}

/** A prompt behind which nothing shows of what is typed. */
export function hiddenLine(prompt: SafeText, columns: number): ShownLine {
  const graphemes = graphemesOf(truncateCells(prompt, Math.max(8, columns - 1)));
  return { graphemes, cursor: graphemes.length };
}

/** The whole text on one line, as it stays on the paper. */
export function wholeLine(prompt: SafeText, text: string): SafeText {
  return part(
    prompt +
      shownGraphemes(text)
        .map((grapheme) => grapheme.text)
        .join(''),
  );
}

/** Each grapheme made safe by itself; its offset is that in the text as it is. */
function shownGraphemes(text: string): Grapheme[] {
  const out: Grapheme[] = [];
  let start = 0;
  for (const [index, line] of text.split('\n').entries()) {
    if (index > 0) out.push({ text: lineEndMark, offset: start - 1, width: 1 });
    for (const { text: one, offset, width } of graphemesOf(line)) {
      const shown = sanitizeText(one);
      const cells = shown === one ? width : cellWidth(shown);
      // What takes no cell of its own (isolates) would only bring terminals out of step.
      if (cells > 0) out.push({ text: shown, offset: start + offset, width: cells });
    }
    start += line.length + 1;
  }
  return out;
}

/** The bytes that turn one row into the other. */
export function bytesTo(from: ShownLine, to: ShownLine): string {
  const shared = sharedLength(from.graphemes, to.graphemes);
  const same = shared === from.graphemes.length && shared === to.graphemes.length;
  if (same) return moved(to.graphemes, from.cursor, to.cursor);
  const gone = from.graphemes.slice(shared);
  const rest = Math.max(0, widthOf(gone) - widthOf(to.graphemes.slice(shared)));
  const bytes = moved(from.graphemes, from.cursor, shared) + textOf(to.graphemes.slice(shared));
  if (rest === 0) return bytes + moved(to.graphemes, to.graphemes.length, to.cursor);
  const back = `\r${textOf(to.graphemes.slice(0, to.cursor))}`;
  const steps = rest + widthOf(to.graphemes.slice(to.cursor));
  const isPlain = gone.every(isNarrow) && to.graphemes.slice(to.cursor).every(isNarrow);
  return bytes + ' '.repeat(rest) + (isPlain && steps < back.length ? '\b'.repeat(steps) : back);
}

/** From one grapheme of a row that stands to another: back by backspaces, on by writing again what is there. */
function moved(graphemes: readonly Grapheme[], at: number, target: number): string {
  if (target >= at) return textOf(graphemes.slice(at, target));
  const between = graphemes.slice(target, at);
  const anew = `\r${textOf(graphemes.slice(0, target))}`;
  // On the width of anything else terminals differ: from the beginning of the row it is sure to be right.
  const steps = widthOf(between);
  return between.every(isNarrow) && steps < anew.length ? '\b'.repeat(steps) : anew;
}

function sharedLength(a: readonly Grapheme[], b: readonly Grapheme[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length]?.text === b[length]?.text) length++;
  return length;
}

function isNarrow({ text }: Grapheme): boolean {
  return /^[\x20-\x7e]$/.test(text);
}

function textOf(graphemes: readonly Grapheme[]): string {
  return graphemes.map(({ text }) => text).join('');
}

export function widthOf(graphemes: readonly Grapheme[]): number {
  return graphemes.reduce((sum, { width }) => sum + width, 0);
}
