/**
 * vi's normal mode over a text field, as a pure reducer: counts, operators (`d` `c` `y`), motions, and the commands
 * that people know by heart. What it does not know is left to the keymap.
 */
import type { Chord } from '../terminal/keys.ts';
import { graphemesOf } from '../text/cells.ts';
import { lineEnd, lineStart, nextBorder, previousBorder } from './borders.ts';
import { edit, insertText, keep, kill, moveTo, remove, type TextBuffer } from './text-buffer.ts';
import { endOfThisWord, firstNonBlank, type Motion, motionOf } from './vi-motions.ts';

export type ViMode = 'insert' | 'normal';

export type ViStep =
  /** done; what comes next is a new command */
  | Readonly<{ kind: 'done'; buffer: TextBuffer; mode: ViMode }>
  /** the keys of a command that is not whole yet */
  | Readonly<{ kind: 'pending'; keys: string }>
  /** the cursor moves by rows of the screen, which the field's layout knows */
  | Readonly<{ kind: 'rows'; by: number }>
  /** no key of normal mode */
  | Readonly<{ kind: 'unknown' }>;

/** What help says of normal mode. */
export const viHelp: readonly (readonly [keys: string, what: string])[] = [
  ['Esc', 'From typing (insert) to commands (normal)'],
  ['i a I A o O', 'Type here, after, at either end of the line, in a new line'],
  ['h j k l', 'Left, down, up, right'],
  ['w b e W B E', 'By words'],
  ['0 ^ $ gg G', 'Ends of the line, of the text'],
  ['f F t T', 'To a character in the line'],
  ['x X s r ~', 'Delete, replace, change case'],
  ['d c y', 'Cut, change, copy: with a motion, or twice for lines'],
  ['D C S J', 'Cut or change to the end, the line; join lines'],
  ['p P', 'Put what was cut after, before'],
  ['u Ctrl-R', 'Undo, redo'],
];

const maxCount = 9999;

/** Keys that stand for others here. */
const aliases: Readonly<Record<Chord, string>> = {
  left: 'h',
  right: 'l',
  up: 'k',
  down: 'j',
  home: '0',
  end: '$',
  space: ' ',
  backspace: 'h',
  delete: 'x',
  'ctrl-left': 'b',
  'ctrl-right': 'w',
  'ctrl-r': '\x12',
};

/** Normal mode begins: the cursor stands on the character that was typed last. */
export function leaveInsert(buffer: TextBuffer): TextBuffer {
  const { text, cursor } = buffer;
  return cursor === lineStart(text, cursor)
    ? moveTo(buffer, cursor)
    : moveTo(buffer, previousBorder(text, cursor));
}

/** What a key does after `keys`, those of the command begun. */
export function viPress(buffer: TextBuffer, keys: string, chord: Chord): ViStep {
  const character = aliases[chord] ?? (graphemesOf(chord).length === 1 ? chord : null);
  if (character === null) return { kind: 'unknown' };
  // Each command cuts by itself.
  return parse({ ...buffer, last: null }, keys + character);
}

const grammar = /^([1-9]\d*)?([dcy])?([1-9]\d*)?(.*)$/s;
const unfinished = /^(?:[gfFtTr])?$/;

function parse(buffer: TextBuffer, keys: string): ViStep {
  const [, first, operator, second, rest = ''] = grammar.exec(keys) ?? [];
  if (rest === '' || (unfinished.test(rest) && !(operator !== undefined && rest === 'r')))
    return keys.length > 16 ? done(buffer) : { kind: 'pending', keys };
  const isCounted = first !== undefined || second !== undefined;
  const count = isCounted ? Math.min(maxCount, Number(first ?? 1) * Number(second ?? 1)) : null;
  if (operator !== undefined) return operate(buffer, operator, rest, count);
  if (rest === 'j' || rest === 'k') return { kind: 'rows', by: (rest === 'j' ? 1 : -1) * (count ?? 1) };
  const command = commandOf(buffer, rest, count);
  if (command !== null) return command;
  const isMotion = motionKeys.test(rest);
  const motion = isMotion ? motionOf(buffer.text, buffer.cursor, rest === ' ' ? 'l' : rest, count) : null;
  if (motion !== null) return done(moveTo(buffer, motion.to));
  // `dz`, `3z`, or a search that found nothing: the command is dropped.
  return isMotion || keys !== rest ? done(buffer) : { kind: 'unknown' };
}

const motionKeys = /^(?:[hlwbeWBE0^$G ]|gg|[fFtT].+)$/s;

function done(buffer: TextBuffer): ViStep {
  return { kind: 'done', buffer: onCharacter(buffer), mode: 'normal' };
}

const inserting = (buffer: TextBuffer): ViStep => ({ kind: 'done', buffer, mode: 'insert' });

/** In normal mode the cursor is on a character, never behind the last one of a line. */
export function onCharacter(buffer: TextBuffer): TextBuffer {
  const { text, cursor } = buffer;
  const isBehind = cursor === lineEnd(text, cursor) && cursor > lineStart(text, cursor);
  return isBehind ? moveTo(buffer, previousBorder(text, cursor)) : moveTo(buffer, cursor);
}

function commandOf(buffer: TextBuffer, keys: string, count: number | null): ViStep | null {
  const { text, cursor } = buffer;
  const start = lineStart(text, cursor);
  const end = lineEnd(text, cursor);
  const times = count ?? 1;
  const onRight = motionOf(text, cursor, 'l', count)?.to ?? cursor;
  const onLeft = motionOf(text, cursor, 'h', count)?.to ?? cursor;
  switch (keys) {
    case 'i':
      return inserting(buffer);
    case 'a':
      return inserting(moveTo(buffer, Math.min(end, nextBorder(text, cursor))));
    case 'I':
      return inserting(moveTo(buffer, firstNonBlank(text, cursor)));
    case 'A':
      return inserting(moveTo(buffer, end));
    case 'o':
      return inserting(insertText(moveTo(buffer, end), '\n'));
    case 'O':
      return inserting(moveTo(insertText(moveTo(buffer, start), '\n'), start));
    case 'x':
      return done(kill(buffer, cursor, onRight));
    case 'X':
      return done(kill(buffer, onLeft, cursor));
    case 's':
      return inserting(kill(buffer, cursor, onRight));
    case 'D':
    case 'C':
    case 'S':
    case 'Y':
      return operate(
        buffer,
        { D: 'd', C: 'c', S: 'c', Y: 'y' }[keys],
        { D: '$', C: '$', S: 'c', Y: 'y' }[keys],
        count,
      );
    case 'p':
    case 'P':
      return done(put(buffer, keys === 'p', times));
    case 'u':
      return done(repeated(buffer, times, (one) => edit(one, 'undo')));
    case '\x12':
      return done(repeated(buffer, times, (one) => edit(one, 'redo')));
    case '~':
      return done(replaced(buffer, cursor, onRight, changeCase(text.slice(cursor, onRight)), true));
    case 'J':
      return done(repeated(buffer, Math.max(1, times - 1), join));
    default:
      break;
  }
  if (keys[0] === 'r' && graphemesOf(keys.slice(1)).length === 1) {
    const length = graphemesOf(text.slice(cursor, onRight)).length;
    // Where fewer characters are left than are to be replaced, none is.
    if (length < times || length === 0) return done(buffer);
    return done(replaced(buffer, cursor, onRight, keys.slice(1).repeat(length), false));
  }
  return null;
}

function operate(buffer: TextBuffer, operator: string, keys: string, count: number | null): ViStep {
  const { text, cursor } = buffer;
  if (keys === operator) return operateLines(buffer, operator, cursor, linesOn(text, cursor, count ?? 1));
  // `cw` on a word leaves the white space behind it.
  const isOnWord = /\S/.test(text.slice(cursor, nextBorder(text, cursor)));
  const isThisWord = operator === 'c' && isOnWord && (keys === 'w' || keys === 'W');
  const motion: Motion | null = isThisWord
    ? { to: endOfThisWord(text, cursor, keys === 'W', count ?? 1), inclusive: true }
    : motionOf(text, cursor, keys, count);
  if (motion === null) return done(buffer);
  if (motion.linewise === true)
    return operateLines(buffer, operator, Math.min(cursor, motion.to), Math.max(cursor, motion.to));
  let to = motion.inclusive === true ? nextBorder(text, motion.to) : motion.to;
  // The last word of a line ends with it.
  if (!isThisWord && (keys === 'w' || keys === 'W') && text.slice(cursor, to).includes('\n')) {
    const end = lineEnd(text, lastWordLine(text, cursor, to));
    to = Math.max(end, cursor);
  }
  return operateRange(buffer, operator, Math.min(cursor, to), Math.max(cursor, to));
}

function lastWordLine(text: string, cursor: number, to: number): number {
  const blank = /\s*$/.exec(text.slice(cursor, to))?.[0] ?? '';
  return to - blank.length;
}

function operateRange(buffer: TextBuffer, operator: string, from: number, to: number): ViStep {
  if (operator === 'y') return done(moveTo(keep(buffer, buffer.text.slice(from, to)), from));
  const next = kill(buffer, from, to);
  return operator === 'c' ? inserting(moveTo(next, from)) : done(next);
}

/** Whole lines, from that of one offset to that of another. What is cut ends with a line end, which `put` goes by. */
function operateLines(buffer: TextBuffer, operator: string, from: number, to: number): ViStep {
  const { text } = buffer;
  const start = lineStart(text, from);
  const end = lineEnd(text, to);
  const killed = `${text.slice(start, end)}\n`;
  if (operator === 'y') return done(moveTo(keep(buffer, killed), from));
  if (operator === 'c') return inserting(moveTo(remove(keep(buffer, killed), start, end), start));
  // The last line takes the line end before it along.
  const isLast = end === text.length;
  const next = remove(keep(buffer, killed), isLast ? Math.max(0, start - 1) : start, isLast ? end : end + 1);
  return done(moveTo(next, firstNonBlank(next.text, Math.min(start, next.text.length))));
}

/** An offset in the last of so many lines. */
function linesOn(text: string, at: number, count: number): number {
  let here = at;
  for (let i = 1; i < count; i++) {
    const end = lineEnd(text, here);
    if (end === text.length) break;
    here = end + 1;
  }
  return here;
}

function put(buffer: TextBuffer, after: boolean, times: number): TextBuffer {
  const { text, cursor } = buffer;
  const killed = buffer.kills.at(-1) ?? '';
  if (killed === '') return buffer;
  // What one message can't hold need not be put often.
  const many = killed.repeat(Math.max(1, Math.min(times, Math.ceil(maxPut / killed.length))));
  if (killed.endsWith('\n')) {
    const at = after ? lineEnd(text, cursor) : lineStart(text, cursor);
    const piece = after ? `\n${many.slice(0, -1)}` : many;
    const next = insertText(moveTo(buffer, at), piece);
    return moveTo(next, firstNonBlank(next.text, after ? at + 1 : at));
  }
  const at = after ? Math.min(lineEnd(text, cursor), nextBorder(text, cursor)) : cursor;
  const next = insertText(moveTo(buffer, at), many);
  return moveTo(next, previousBorder(next.text, next.cursor));
}

const maxPut = 20_000;

/** The cursor stays, or stands behind what was replaced. One step of undo takes it back. */
function replaced(buffer: TextBuffer, from: number, to: number, by: string, behind: boolean): TextBuffer {
  if (from === to) return buffer;
  const without = remove(buffer, from, to);
  const next = insertText(moveTo(without, from), by);
  const undo = without.undo;
  return { ...moveTo(next, behind ? from + by.length : from), undo, last: null };
}

function changeCase(text: string): string {
  return graphemesOf(text)
    .map(({ text: one }) => (one === one.toUpperCase() ? one.toLowerCase() : one.toUpperCase()))
    .join('');
}

function join(buffer: TextBuffer): TextBuffer {
  const { text, cursor } = buffer;
  const end = lineEnd(text, cursor);
  if (end === text.length) return buffer;
  const blank = /^\s*/.exec(text.slice(end, lineEnd(text, end + 1)))?.[0] ?? '\n';
  return replaced(buffer, end, end + Math.max(1, blank.length), ' ', false);
}

function repeated(buffer: TextBuffer, times: number, step: (buffer: TextBuffer) => TextBuffer): TextBuffer {
  let here = buffer;
  for (let i = 0; i < times; i++) {
    const next = step(here);
    if (next === here) break;
    here = next;
  }
  return here;
}
