/** Where vi's motions lead in a text: offsets in, offsets out. Pure. */
import { graphemesOf } from '../text/cells.ts';
import { lineEnd, lineStart, nextBorder, previousBorder } from './borders.ts';

export type Motion = Readonly<{
  to: number;
  /** with an operator the character at `to` is part of it */
  inclusive?: true;
  /** with an operator whole lines are meant */
  linewise?: true;
}>;

/** The motion of these keys (`w`, `gg`, `fx`) from an offset, or null. `count`: how often, null if not given. */
export function motionOf(text: string, at: number, keys: string, count: number | null): Motion | null {
  const times = count ?? 1;
  const [first = ''] = keys;
  if ('fFtT'.includes(first) && graphemesOf(keys.slice(1)).length === 1)
    return findInLine(text, at, first, keys.slice(1), times);
  switch (keys) {
    case 'h':
      return { to: repeat(times, at, (here) => Math.max(lineStart(text, here), previousBorder(text, here))) };
    case 'l':
      return { to: repeat(times, at, (here) => Math.min(lineEnd(text, here), nextBorder(text, here))) };
    case 'w':
    case 'W':
      return { to: repeat(times, at, (here) => nextWord(text, here, keys === 'W')) };
    case 'b':
    case 'B':
      return { to: repeat(times, at, (here) => wordBefore(text, here, keys === 'B')) };
    case 'e':
    case 'E':
      return { to: repeat(times, at, (here) => endOfWord(text, here, keys === 'E')), inclusive: true };
    case '0':
      return { to: lineStart(text, at) };
    case '^':
      return { to: firstNonBlank(text, at) };
    case '$': {
      const line = repeat(times - 1, at, (here) => Math.min(text.length, lineEnd(text, here) + 1));
      return { to: lineEnd(text, line) };
    }
    case 'gg':
    case 'G':
      return { to: firstNonBlank(text, lineNumbered(text, keys === 'G' ? count : times)), linewise: true };
    case 'j':
      return lines(text, at, times);
    case 'k':
      return lines(text, at, -times);
    default:
      return null;
  }
}

/** The first character of a line that is no white space, or its end. */
export function firstNonBlank(text: string, at: number): number {
  const start = lineStart(text, at);
  const blank = /^[^\S\n]*/.exec(text.slice(start, lineEnd(text, at)))?.[0] ?? '';
  return start + blank.length;
}

/** Start of the nth line; null: of the last one. */
function lineNumbered(text: string, number: number | null): number {
  if (number === null) return lineStart(text, text.length);
  return repeat(number - 1, 0, (here) => {
    const end = lineEnd(text, here);
    return end === text.length ? here : end + 1;
  });
}

/** The same column some lines on, or null where there is no such line. */
function lines(text: string, at: number, by: number): Motion | null {
  const start = lineStart(text, at);
  const column = graphemesOf(text.slice(start, at)).length;
  let target = start;
  for (let i = 0; i < Math.abs(by); i++) {
    if (by < 0 && target === 0) return null;
    const end = lineEnd(text, target);
    if (by > 0 && end === text.length) return null;
    target = by < 0 ? lineStart(text, target - 1) : end + 1;
  }
  const graphemes = graphemesOf(text.slice(target, lineEnd(text, target)));
  const to = graphemes[column];
  return { to: to === undefined ? lineEnd(text, target) : target + to.offset, linewise: true };
}

function findInLine(text: string, at: number, kind: string, wanted: string, times: number): Motion | null {
  const start = lineStart(text, at);
  const graphemes = graphemesOf(text.slice(start, lineEnd(text, at)));
  const isForward = kind === 'f' || kind === 't';
  const hits = graphemes.filter(
    ({ text: one, offset }) => one === wanted && (isForward ? start + offset > at : start + offset < at),
  );
  const hit = isForward ? hits[times - 1] : hits.at(-times);
  if (hit === undefined) return null;
  const to = start + hit.offset;
  if (kind === 'f') return { to, inclusive: true };
  if (kind === 't') return { to: previousBorder(text, to), inclusive: true };
  return { to: kind === 'F' ? to : nextBorder(text, to) };
}

type Kind = 'blank' | 'word' | 'sign';

function kindAt(text: string, at: number, big: boolean): Kind {
  const character = text.slice(at, nextBorder(text, at));
  if (/^\s/.test(character)) return 'blank';
  return big || /[\p{L}\p{N}\p{M}_]/u.test(character) ? 'word' : 'sign';
}

function nextWord(text: string, at: number, big: boolean): number {
  let here = at;
  if (here >= text.length) return here;
  const kind = kindAt(text, here, big);
  if (kind !== 'blank')
    while (here < text.length && kindAt(text, here, big) === kind) here = nextBorder(text, here);
  while (here < text.length && kindAt(text, here, big) === 'blank') {
    here = nextBorder(text, here);
    // An empty line is a word.
    if (text[here] === '\n' && text[here - 1] === '\n') return here;
  }
  return here;
}

function wordBefore(text: string, at: number, big: boolean): number {
  let here = at;
  while (here > 0 && kindAt(text, previousBorder(text, here), big) === 'blank')
    here = previousBorder(text, here);
  if (here === 0) return 0;
  const kind = kindAt(text, previousBorder(text, here), big);
  while (here > 0 && kindAt(text, previousBorder(text, here), big) === kind)
    here = previousBorder(text, here);
  return here;
}

/** The last character of the word that an offset is in, and of as many words more. */
export function endOfThisWord(text: string, at: number, big: boolean, times: number): number {
  const kind = kindAt(text, at, big);
  let here = at;
  for (;;) {
    const next = nextBorder(text, here);
    if (next >= text.length || kindAt(text, next, big) !== kind) break;
    here = next;
  }
  return repeat(times - 1, here, (from) => endOfWord(text, from, big));
}

function endOfWord(text: string, at: number, big: boolean): number {
  let here = nextBorder(text, at);
  while (here < text.length && kindAt(text, here, big) === 'blank') here = nextBorder(text, here);
  if (here >= text.length) return previousBorder(text, text.length);
  const kind = kindAt(text, here, big);
  for (;;) {
    const next = nextBorder(text, here);
    if (next >= text.length || kindAt(text, next, big) !== kind) return here;
    here = next;
  }
}

function repeat(times: number, from: number, step: (at: number) => number): number {
  let here = from;
  for (let i = 0; i < times; i++) {
    const next = step(here);
    if (next === here) return here;
    here = next;
  }
  return here;
}
