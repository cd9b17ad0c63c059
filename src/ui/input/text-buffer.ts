/**
 * A text field as a pure reducer: text, a cursor that moves by grapheme, words, a ring of kills, undo and redo.
 * It holds what will be sent; how it looks is the composer layout's business.
 */
import {
  borderAtOrAfter,
  borderAtOrBefore,
  lineEnd,
  lineStart,
  nextBorder,
  previousBorder,
  wordEnd,
  wordStart,
} from './borders.ts';

type Snapshot = Readonly<{ text: string; cursor: number }>;

export type TextBuffer = Readonly<{
  text: string;
  /** UTF-16 offset, always at a grapheme border */
  cursor: number;
  undo: readonly Snapshot[];
  redo: readonly Snapshot[];
  /** what was cut, the newest last */
  kills: readonly string[];
  /** what the last key did, where that matters for the next: typing goes on in one step of undo, cutting in one kill */
  last: 'typing' | 'cut' | Yanked | null;
}>;

/** What was just put back: where it stands, and which of the kills it is. */
type Yanked = Readonly<{ from: number; to: number; index: number }>;

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
  | 'yank-older'
  | 'undo'
  | 'redo'
  | 'clear';

const maxUndo = 200;
/** UTF-16 units in all steps of undo together: a pasted book is not kept two hundred times. */
const maxUndoLength = 4_000_000;
const maxKills = 30;

export function textBuffer(text = ''): TextBuffer {
  return { text, cursor: text.length, undo: [], redo: [], kills: [], last: null };
}

/** Inserts typed or pasted text at the cursor. Line ends become `\n`; other control characters are dropped. */
export function insertText(buffer: TextBuffer, text: string): TextBuffer {
  const clean = text.replace(/\r\n?/g, '\n').replace(/(?![\t\n])\p{Cc}/gu, '');
  if (clean === '') return buffer;
  const { cursor } = buffer;
  const next = buffer.text.slice(0, cursor) + clean + buffer.text.slice(cursor);
  // One undo step takes back about a word: a new step begins after white space and with a paste.
  const isWordPart = !/\s/.test(clean) && clean.length < 16;
  const joins = buffer.last === 'typing' && isWordPart;
  return {
    ...buffer,
    text: next,
    cursor: borderAtOrAfter(next, cursor + clean.length),
    undo: joins ? buffer.undo : pushed(buffer),
    redo: [],
    last: isWordPart ? 'typing' : null,
  };
}

/** The text as it was edited elsewhere, cleaned as `insertText` does; one step of undo takes it back. */
export function replaceText(buffer: TextBuffer, text: string): TextBuffer {
  const next = insertText({ ...textBuffer(), kills: buffer.kills }, text);
  return next.text === buffer.text ? buffer : { ...next, undo: pushed(buffer), last: null };
}

/** Puts a text in place of a stretch, cursor behind it; one step of undo takes it back. */
export function replaceRange(buffer: TextBuffer, from: number, to: number, text: string): TextBuffer {
  const without = { ...buffer, text: buffer.text.slice(0, from) + buffer.text.slice(to), cursor: from };
  return { ...insertText({ ...without, last: null }, text), undo: pushed(buffer), last: null };
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
      return kill(buffer, wordStart(text, cursor), cursor, 'before');
    case 'kill-word-right':
      return kill(buffer, cursor, wordEnd(text, cursor));
    case 'kill-line-start':
      return kill(buffer, lineStart(text, cursor), cursor, 'before');
    case 'kill-line-end': {
      const end = lineEnd(text, cursor);
      // At the end of a line the line end itself goes.
      return kill(buffer, cursor, end === cursor ? Math.min(text.length, end + 1) : end);
    }
    case 'yank':
      return yank(buffer, buffer.kills.length - 1);
    case 'yank-older':
      return yankOlder(buffer);
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
  return cursor === buffer.cursor && buffer.last === null ? buffer : { ...buffer, cursor, last: null };
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

/** Takes out what stands between two offsets (at grapheme borders). */
export function remove(buffer: TextBuffer, from: number, to: number): TextBuffer {
  if (from === to) return buffer;
  const text = buffer.text.slice(0, from) + buffer.text.slice(to);
  // Taking something out can join what stood around it into one grapheme.
  const cursor = borderAtOrBefore(text, from);
  return { ...buffer, text, cursor, undo: pushed(buffer), redo: [], last: null };
}

/** Cuts a stretch. What is cut in one go, key after key, is one kill, whichever side it was cut from. */
export function kill(
  buffer: TextBuffer,
  from: number,
  to: number,
  side: 'before' | 'behind' = 'behind',
): TextBuffer {
  if (from === to) return buffer;
  const cut = buffer.text.slice(from, to);
  const kills = [...buffer.kills];
  const before = buffer.last === 'cut' ? kills.pop() : undefined;
  kills.push(before === undefined ? cut : side === 'before' ? cut + before : before + cut);
  return { ...remove(buffer, from, to), kills: kills.slice(-maxKills), last: 'cut' };
}

/** A text to be put back by `yank`, as if it had been cut. */
export function keep(buffer: TextBuffer, text: string): TextBuffer {
  return text === '' ? buffer : { ...buffer, kills: [...buffer.kills, text].slice(-maxKills), last: null };
}

function yank(buffer: TextBuffer, index: number): TextBuffer {
  const text = buffer.kills[index];
  if (text === undefined) return buffer;
  const next = insertText({ ...buffer, last: null }, text);
  return { ...next, last: { from: buffer.cursor, to: buffer.cursor + text.length, index } };
}

/** Right after a yank: the kill before the one that was put back, in its place; round and round. */
function yankOlder(buffer: TextBuffer): TextBuffer {
  const { last, kills } = buffer;
  if (last === null || typeof last === 'string') return buffer;
  const without = buffer.text.slice(0, last.from) + buffer.text.slice(last.to);
  const index = (last.index + kills.length - 1) % kills.length;
  const next = yank({ ...buffer, text: without, cursor: last.from }, index);
  // One step of undo takes back what was put, whichever it was in the end.
  return { ...next, undo: buffer.undo };
}

function pushed(buffer: TextBuffer): readonly Snapshot[] {
  const kept = [...buffer.undo.slice(-(maxUndo - 1)), { text: buffer.text, cursor: buffer.cursor }];
  let length = kept.reduce((sum, { text }) => sum + text.length, 0);
  while (length > maxUndoLength && kept.length > 1) length -= kept.shift()?.text.length ?? 0;
  return kept;
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
    last: null,
  };
}
