/**
 * A text field as a pure reducer: text, a cursor that moves by grapheme, words, kill and yank, undo and redo.
 * It holds what will be sent; how it looks is the composer layout's business.
 */
import { graphemesOf } from '../text/cells.ts';

type Snapshot = Readonly<{ text: string; cursor: number }>;

export type TextBuffer = Readonly<{
  text: string;
  /** UTF-16 offset, always at a grapheme border */
  cursor: number;
  undo: readonly Snapshot[];
  redo: readonly Snapshot[];
  /** what the last kill took */
  killed: string;
  /** whether the next typed characters belong to the same undo step */
  typing: boolean;
}>;

export type EditCommand =
  | 'left'
  | 'right'
  | 'word-left'
  | 'word-right'
  | 'line-start'
  | 'line-end'
  | 'text-start'
  | 'text-end'
  | 'backspace'
  | 'delete'
  | 'kill-word-left'
  | 'kill-word-right'
  | 'kill-line-start'
  | 'kill-line-end'
  | 'yank'
  | 'undo'
  | 'redo'
  | 'clear';

const maxUndo = 200;

export function textBuffer(text = ''): TextBuffer {
  return { text, cursor: text.length, undo: [], redo: [], killed: '', typing: false };
}

/** Inserts typed or pasted text at the cursor. Line ends become `\n`; other control characters are dropped. */
export function insertText(buffer: TextBuffer, text: string): TextBuffer {
  const clean = text.replace(/\r\n?/g, '\n').replace(/(?![\t\n])\p{Cc}/gu, '');
  if (clean === '') return buffer;
  const { cursor } = buffer;
  const next = buffer.text.slice(0, cursor) + clean + buffer.text.slice(cursor);
  // One undo step takes back about a word: a new step begins after white space and with a paste.
  const isWordPart = !/\s/.test(clean) && clean.length < 16;
  const joins = buffer.typing && isWordPart;
  return {
    ...buffer,
    text: next,
    cursor: borderAtOrAfter(next, cursor + clean.length),
    undo: joins ? buffer.undo : pushed(buffer),
    redo: [],
    typing: isWordPart,
  };
}

/** The text as it was edited elsewhere, cleaned as `insertText` does; one step of undo takes it back. */
export function replaceText(buffer: TextBuffer, text: string): TextBuffer {
  const next = insertText({ ...textBuffer(), killed: buffer.killed }, text);
  return next.text === buffer.text ? buffer : { ...next, undo: pushed(buffer), typing: false };
}

/** As `insertText` for a field of one line: line ends become spaces. */
export function insertLine(buffer: TextBuffer, text: string): TextBuffer {
  return insertText(buffer, text.replace(/\s*[\r\n]+\s*/g, ' '));
}

export function edit(buffer: TextBuffer, command: EditCommand): TextBuffer {
  const { text, cursor } = buffer;
  switch (command) {
    case 'left':
      return moveTo(buffer, previousBorder(text, cursor));
    case 'right':
      return moveTo(buffer, nextBorder(text, cursor));
    case 'word-left':
      return moveTo(buffer, wordStart(text, cursor));
    case 'word-right':
      return moveTo(buffer, wordEnd(text, cursor));
    case 'line-start':
      return moveTo(buffer, lineStart(text, cursor));
    case 'line-end':
      return moveTo(buffer, lineEnd(text, cursor));
    case 'text-start':
      return moveTo(buffer, 0);
    case 'text-end':
      return moveTo(buffer, text.length);
    case 'backspace':
      return remove(buffer, previousBorder(text, cursor), cursor);
    case 'delete':
      return remove(buffer, cursor, nextBorder(text, cursor));
    case 'kill-word-left':
      return kill(buffer, wordStart(text, cursor), cursor);
    case 'kill-word-right':
      return kill(buffer, cursor, wordEnd(text, cursor));
    case 'kill-line-start':
      return kill(buffer, lineStart(text, cursor), cursor);
    case 'kill-line-end': {
      const end = lineEnd(text, cursor);
      // At the end of a line the line end itself goes.
      return kill(buffer, cursor, end === cursor ? Math.min(text.length, end + 1) : end);
    }
    case 'yank':
      return { ...insertText({ ...buffer, typing: false }, buffer.killed), typing: false };
    case 'undo':
      return travel(buffer, 'undo');
    case 'redo':
      return travel(buffer, 'redo');
    case 'clear':
      return remove(buffer, 0, text.length);
  }
}

/** Puts the cursor at an offset (moved to the grapheme border at or before it). */
export function moveTo(buffer: TextBuffer, offset: number): TextBuffer {
  const cursor = borderAtOrBefore(buffer.text, Math.max(0, Math.min(offset, buffer.text.length)));
  return cursor === buffer.cursor && !buffer.typing ? buffer : { ...buffer, cursor, typing: false };
}

/** Number of code points, as the message limit counts. */
export function codePointCount(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    count += 1;
    if ((text.codePointAt(i) ?? 0) > 0xffff) i++;
  }
  return count;
}

function remove(buffer: TextBuffer, from: number, to: number): TextBuffer {
  if (from === to) return buffer;
  const text = buffer.text.slice(0, from) + buffer.text.slice(to);
  // Taking something out can join what stood around it into one grapheme.
  const cursor = borderAtOrBefore(text, from);
  return { ...buffer, text, cursor, undo: pushed(buffer), redo: [], typing: false };
}

function kill(buffer: TextBuffer, from: number, to: number): TextBuffer {
  if (from === to) return buffer;
  return { ...remove(buffer, from, to), killed: buffer.text.slice(from, to) };
}

function pushed(buffer: TextBuffer): readonly Snapshot[] {
  return [...buffer.undo.slice(-(maxUndo - 1)), { text: buffer.text, cursor: buffer.cursor }];
}

function travel(buffer: TextBuffer, direction: 'undo' | 'redo'): TextBuffer {
  const target = buffer[direction].at(-1);
  if (target === undefined) return buffer;
  const here = { text: buffer.text, cursor: buffer.cursor };
  const rest = buffer[direction].slice(0, -1);
  return {
    ...buffer,
    ...target,
    undo: direction === 'undo' ? rest : [...buffer.undo, here],
    redo: direction === 'redo' ? rest : [...buffer.redo, here],
    typing: false,
  };
}

function lineStart(text: string, at: number): number {
  // A negative position would be taken for 0, and a line end there be found.
  return at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** Borders are looked for within the line of the offset: a line end is a grapheme of its own here. */
function bordersOfLine(
  text: string,
  at: number,
): Readonly<{ start: number; end: number; borders: number[] }> {
  const start = lineStart(text, at);
  const end = lineEnd(text, at);
  const borders = graphemesOf(text.slice(start, end)).map((grapheme) => start + grapheme.offset);
  borders.push(end);
  return { start, end, borders };
}

function previousBorder(text: string, at: number): number {
  if (at === 0) return 0;
  const { start, borders } = bordersOfLine(text, at);
  if (at === start) return at - 1;
  return borders.findLast((border) => border < at) ?? start;
}

function nextBorder(text: string, at: number): number {
  if (at >= text.length) return text.length;
  const { end, borders } = bordersOfLine(text, at);
  if (at === end) return at + 1;
  return borders.find((border) => border > at) ?? end;
}

function borderAtOrBefore(text: string, at: number): number {
  return bordersOfLine(text, at).borders.findLast((border) => border <= at) ?? at;
}

function borderAtOrAfter(text: string, at: number): number {
  return bordersOfLine(text, at).borders.find((border) => border >= at) ?? at;
}

const wordCharacter = /[\p{L}\p{N}\p{M}_]/u;

function wordStart(text: string, at: number): number {
  let index = at;
  while (index > 0 && !wordCharacter.test(before(text, index))) index = previousBorder(text, index);
  while (index > 0 && wordCharacter.test(before(text, index))) index = previousBorder(text, index);
  return index;
}

function wordEnd(text: string, at: number): number {
  let index = at;
  while (index < text.length && !wordCharacter.test(after(text, index))) index = nextBorder(text, index);
  while (index < text.length && wordCharacter.test(after(text, index))) index = nextBorder(text, index);
  return index;
}

function before(text: string, at: number): string {
  return text.slice(previousBorder(text, at), at);
}

function after(text: string, at: number): string {
  return text.slice(at, nextBorder(text, at));
}
