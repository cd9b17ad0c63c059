/** Keys as the program names them, and the escape sequences that stand for them. Pure. */

/** One key press. `name` is a key name (`enter`, `up`, `f1`) or the character itself (`k`, `?`). */
export type Key = Readonly<{ name: string; ctrl: boolean; alt: boolean; shift: boolean }>;

/** A key with its modifiers in one word: `ctrl-k`, `alt-enter`, `shift-tab`, `?`. The order is ctrl, alt, shift. */
export type Chord = string;

export function key(
  name: string,
  modifiers: Partial<Readonly<{ ctrl: boolean; alt: boolean; shift: boolean }>> = {},
): Key {
  return {
    name,
    ctrl: modifiers.ctrl ?? false,
    alt: modifiers.alt ?? false,
    shift: modifiers.shift ?? false,
  };
}

export function chordOf({ name, ctrl, alt, shift }: Key): Chord {
  return `${ctrl ? 'ctrl-' : ''}${alt ? 'alt-' : ''}${shift ? 'shift-' : ''}${name}`;
}

const chordWords: Readonly<Record<string, string>> = {
  ctrl: 'Ctrl',
  alt: 'Alt',
  shift: 'Shift',
  enter: 'Enter',
  tab: 'Tab',
  escape: 'Esc',
  space: 'Space',
  backspace: 'Backspace',
  delete: 'Delete',
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
  home: 'Home',
  end: 'End',
  pageup: 'PgUp',
  pagedown: 'PgDn',
};

/** A chord as a person reads it: `Ctrl-K`, `Alt-Enter`, `F1`, `?`, `r`. */
export function chordLabel(chord: Chord): string {
  const parts = chord === '-' ? ['-'] : chord.split('-');
  const modified = parts.length > 1;
  return parts
    .map((part) => chordWords[part] ?? (modified || /^f\d+$/.test(part) ? part.toUpperCase() : part))
    .join('-');
}

const finals: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  E: 'begin',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
};

const numbered: Readonly<Record<string, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
};

/**
 * The key of a complete CSI sequence, given what stands between `ESC [` and its final character, or null for
 * everything that is no key press: terminal replies, mouse and focus reports, key releases.
 */
export function keyOfCsi(parameters: string, final: string): Key | null {
  // Linux console: ESC [ [ A … E are F1 … F5.
  if (parameters === '[') {
    const index = 'ABCDE'.indexOf(final);
    return index < 0 ? null : key(`f${index + 1}`);
  }
  if (!/^[\d;:]*$/.test(parameters)) return null;
  const fields = parameters.split(';');
  const [first = '', second = ''] = fields;
  if (final === 'Z') return key('tab', { shift: true });
  if (final === 'u') return keyOfCode(Number(first.split(':')[0]), second);
  if (final === '~') {
    if (first === '27') return keyOfCode(Number(fields[2]), second);
    return withModifiers(numbered[first], second);
  }
  if (final === '^' || final === '$' || final === '@') {
    // rxvt writes the modifier as the final character.
    const name = numbered[first];
    return name === undefined ? null : key(name, { ctrl: final !== '$', shift: final !== '^' });
  }
  // `CSI row ; column R` is a cursor report, never asked for by us; as F3 it comes as `1 ; modifier` only.
  if (final === 'R' && parameters !== '' && !/^1;\d{1,2}$/.test(parameters)) return null;
  if (fields.length > 2) return null;
  return withModifiers(finals[final], second);
}

/** Keys of the number block as the kitty protocol counts them, with what they write. */
const blockFirst = 57399;
const blockText = '0123456789./*-+';
const blockNames: Readonly<Record<number, string>> = {
  57414: 'enter',
  57417: 'left',
  57418: 'right',
  57419: 'up',
  57420: 'down',
  57421: 'pageup',
  57422: 'pagedown',
  57423: 'home',
  57424: 'end',
  57425: 'insert',
  57426: 'delete',
};

/**
 * What a key writes whose CSI sequence names it by code point (kitty, modifyOtherKeys), or null: it is no key press,
 * or writes nothing. Some programs leave a terminal in a mode in which every letter comes like this.
 */
export function textOfCsi(parameters: string, final: string): string | null {
  if (!/^[\d;:]*$/.test(parameters)) return null;
  const fields = parameters.split(';');
  const isOther = final === '~' && fields[0] === '27' && fields.length === 3;
  if (final !== 'u' && !isOther) return null;
  const [codes = '', modifier = '', written = ''] = isOther ? [fields[2], fields[1]] : fields;
  const modifiers = parseModifier(modifier);
  if (modifiers === null || modifiers.ctrl || modifiers.alt) return null;
  const [plain = '', shifted = ''] = codes.split(':');
  if (written !== '') return printable(written.split(':').map(Number));
  const code = Number(plain);
  const block = blockText[code - blockFirst];
  if (block !== undefined) return block;
  if (isPrivate(code)) return null;
  if (modifiers.shift && shifted !== '') return printable([Number(shifted)]);
  const text = printable([code]);
  return modifiers.shift || hasCapsLock(modifier) ? (text?.toUpperCase() ?? null) : text;
}

function printable(codes: readonly number[]): string | null {
  const isText = (code: number): boolean =>
    code >= 0x20 && code <= 0x10ffff && !(code >= 0x7f && code < 0xa0);
  if (codes.length > 8 || !codes.every(isText)) return null;
  return String.fromCodePoint(...codes).toWellFormed();
}

/** The key of `ESC O final`, or null. */
export function keyOfSs3(parameters: string, final: string): Key | null {
  if (final === 'M') return key('enter');
  return withModifiers(finals[final], parameters);
}

/** The key of a C0 control character or DEL as a terminal sends it in raw mode. */
export function keyOfControl(character: string): Key {
  const code = character.charCodeAt(0);
  switch (code) {
    case 0x00:
      return key('space', { ctrl: true });
    case 0x08:
    case 0x7f:
      return key('backspace');
    case 0x09:
      return key('tab');
    case 0x0d:
      return key('enter');
    case 0x1b:
      return key('escape');
    default:
      return key(String.fromCharCode(code + 0x40).toLowerCase(), { ctrl: true });
  }
}

function withModifiers(name: string | undefined, modifier: string): Key | null {
  if (name === undefined) return null;
  const parsed = parseModifier(modifier);
  return parsed === null ? null : key(name, parsed);
}

/** Kitty and modifyOtherKeys name keys by code point. */
function keyOfCode(code: number, modifier: string): Key | null {
  const parsed = parseModifier(modifier);
  if (parsed === null || !Number.isInteger(code) || code < 0 || code > 0x10ffff) return null;
  if (code < 0x20 || code === 0x7f) {
    const plain = keyOfControl(String.fromCharCode(code));
    return key(plain.name, { ...parsed, ctrl: parsed.ctrl || plain.ctrl });
  }
  const block = blockNames[code];
  if (block !== undefined) return key(block, parsed);
  // Private use numbers are keys without text (media keys, bare modifiers).
  if (isPrivate(code) || (code >= 0x80 && code < 0xa0)) return null;
  const character = String.fromCodePoint(code);
  // The character of a shifted letter already tells of the shift.
  return key(code === 0x20 ? 'space' : character, { ...parsed, shift: false });
}

function isPrivate(code: number): boolean {
  return code >= 0xe000 && code <= 0xf8ff;
}

/** Super, Hyper and Meta: no key of this program has them. */
const foreignModifiers = 8 | 16 | 32;

function hasCapsLock(modifier: string): boolean {
  return ((Number.parseInt(modifier, 10) - 1) & 64) !== 0;
}

/** xterm's modifier parameter (1 + bits, then `:event`), or null for a key release and for what belongs to the desktop. */
function parseModifier(text: string): Readonly<{ ctrl: boolean; alt: boolean; shift: boolean }> | null {
  const [bitsText = '', event = '1'] = text.split(':');
  if (event === '3') return null;
  const bits = bitsText === '' ? 0 : Number(bitsText) - 1;
  if (!Number.isInteger(bits) || bits < 0 || (bits & foreignModifiers) !== 0) return null;
  return { shift: (bits & 1) !== 0, alt: (bits & 2) !== 0, ctrl: (bits & 4) !== 0 };
}
