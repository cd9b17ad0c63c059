/** Chords as a person writes and reads them: `Ctrl-K`, `alt+enter`, `ctrl-x ctrl-f`. Pure. */
import { type Chord, chordLabel, chordOf, key } from '../terminal/keys.ts';
import { graphemesOf } from '../text/cells.ts';

/** Keys with a name. What a terminal can't tell from another key is not among them. */
const named: Readonly<Record<string, string>> = {
  enter: 'enter',
  return: 'enter',
  tab: 'tab',
  esc: 'escape',
  escape: 'escape',
  space: 'space',
  backspace: 'backspace',
  delete: 'delete',
  del: 'delete',
  insert: 'insert',
  up: 'up',
  down: 'down',
  left: 'left',
  right: 'right',
  home: 'home',
  end: 'end',
  pageup: 'pageup',
  pgup: 'pageup',
  pagedown: 'pagedown',
  pgdn: 'pagedown',
  minus: '-',
  plus: '+',
};

const modifiers: Readonly<Record<string, 'ctrl' | 'alt' | 'shift'>> = {
  ctrl: 'ctrl',
  control: 'ctrl',
  alt: 'alt',
  meta: 'alt',
  shift: 'shift',
};

/** Ctrl with these is another key to a terminal; with what, for a person. */
const sameBytes: Readonly<Record<string, string>> = { i: 'Tab', m: 'Enter', '[': 'Esc', h: 'Backspace' };

/** keys one after the other that a binding may have */
const maxSequence = 3;
/** of one key, written out */
const maxLength = 32;

export type ParsedChord = Readonly<{ chord: Chord }> | Readonly<{ problem: string }>;

/** One key, or up to three one after the other. `problem` says what is wrong, for a person. */
export function parseChord(text: string): ParsedChord {
  const words = text.trim() === '' && text !== '' ? ['space'] : text.trim().split(/\s+/);
  if (words.length > maxSequence) return { problem: `"${text}" has more than ${maxSequence} keys` };
  const chords: Chord[] = [];
  for (const word of words) {
    const parsed = parseOne(word);
    if ('problem' in parsed) return parsed;
    chords.push(parsed.chord);
  }
  return { chord: chords.join(' ') };
}

function parseOne(word: string): ParsedChord {
  const problem = { problem: `"${word}" is no key` };
  if (word === '') return { problem: 'an empty text is no key' };
  const parts = /^[-+]$/.test(word) ? [word] : word.split(/[-+](?=.)/);
  const last = parts.at(-1) ?? '';
  const given = { ctrl: false, alt: false, shift: false };
  for (const part of parts.slice(0, -1)) {
    const modifier = modifiers[part.toLowerCase()];
    if (modifier === undefined) return problem;
    given[modifier] = true;
  }
  const special = named[last.toLowerCase()] ?? (/^f([1-9]|1[0-2])$/i.test(last) ? last.toLowerCase() : null);
  if (special !== null && [...special].length > 1) return { chord: chordOf(key(special, given)) };
  const character = special ?? last;
  if (word.length > maxLength || graphemesOf(character).length !== 1 || /[\p{C}\p{Z}]/u.test(character))
    return problem;
  if (given.ctrl) {
    const other = sameBytes[character.toLowerCase()];
    if (other !== undefined) return { problem: `"${word}" is ${other} to a terminal` };
    return { chord: chordOf(key(character.toLowerCase(), { ctrl: true, alt: given.alt })) };
  }
  // A terminal sends the shifted character itself; Alt-K as a person reads it has no shift.
  const sent = given.shift ? character.toUpperCase() : given.alt ? character.toLowerCase() : character;
  return { chord: chordOf(key(sent, { alt: given.alt })) };
}

/** A chord, or several one after the other, as a person reads them: `Ctrl-X Ctrl-F`. */
export function chordsLabel(chord: Chord): string {
  return chord.split(' ').map(oneLabel).join(' ');
}

/** `alt-K` is pressed with Shift; its label says so, since `alt-k` is read as Alt-K. */
function oneLabel(chord: Chord): string {
  const shifted = /^((?:ctrl-)?alt-)(\p{Lu})$/u.exec(chord);
  return chordLabel(shifted === null ? chord : `${shifted[1]}shift-${shifted[2]}`);
}
