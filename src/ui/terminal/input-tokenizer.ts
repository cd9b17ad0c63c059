/**
 * Standard input of a terminal, cut into key presses, typed text and pastes. What a terminal answers by itself
 * (OSC, DCS, APC, PM and SOS strings, device and cursor reports, mouse and focus reports) can never become typed text:
 * what it says of its private modes, its focus and its background, and that it answered at all, is passed on beside the
 * tokens, the mouse as a token of its own, and the rest is swallowed. Pure: no stream, no timer.
 */
import type { Rgb } from '../theme/detect.ts';
import { type Key, key, keyOfControl, keyOfCsi, keyOfSs3, textOfCsi } from './keys.ts';
import { type MouseInput, parseMouse } from './mouse.ts';

export type InputToken =
  | Readonly<{ kind: 'key'; key: Key }>
  /** printable characters typed one after the other; may be more than one */
  | Readonly<{ kind: 'text'; text: string }>
  /** the payload of a bracketed paste, as it came */
  | Readonly<{ kind: 'paste'; text: string }>;

/** Everything that comes from a terminal in its order. */
export type TerminalToken = InputToken | Readonly<{ kind: 'mouse'; mouse: MouseInput }>;

/** What the rest of the input means: nothing, an escape that may be a key by itself, or a string under way. */
export type Pending = 'none' | 'escape' | 'string' | 'paste';

const pasteStart = '200';
const pasteEnd = /\x1b\[201~|\x9b201~/;
/** A reply longer than this is not one; a paste may be long, and is bounded by what the composer takes. */
const maxStringLength = 64 * 1024;
const maxPasteLength = 1024 * 1024;
const endMarkLength = 6;

/** After so long a silence, Ctrl-C ends a paste (`stopsPaste`); before, it is one of its characters. */
export const stalledPasteMs = 1000;

/** Sequence introducers in their 7-bit form after ESC, and as C1 characters. */
const c1Forms: Readonly<Record<string, string>> = {
  '\x8f': 'O',
  '\x90': 'P',
  '\x98': 'X',
  '\x9b': '[',
  '\x9d': ']',
  '\x9e': '^',
  '\x9f': '_',
};
const stringIntroducers = 'P]X^_';

/** A terminal's answer to the question after one of its private modes (DECRPM). */
export type ModeReport = Readonly<{
  mode: number;
  state: 'unknown' | 'on' | 'off' | 'always-on' | 'always-off';
}>;

const modeReport = /^\?(\d{1,5});([0-4])\$$/;
const modeStates = ['unknown', 'on', 'off', 'always-on', 'always-off'] as const;

/** Who wants to know what the terminal says by itself. */
export type ReportHandlers = Readonly<{
  onMode?(report: ModeReport): void;
  /** the terminal's window got the keyboard, or lost it (mode 1004) */
  onFocus?(hasFocus: boolean): void;
  /** an answer to the question whether it is there (DSR 5) */
  onStatus?(): void;
  /** the answer to the question after its background (OSC 11) */
  onBackground?(color: Rgb): void;
}>;

type Parsed = Readonly<{
  tokens: readonly TerminalToken[];
  next: number;
  report?: ModeReport;
  hasFocus?: boolean;
  isStatus?: true;
  background?: Rgb;
}>;

export class InputTokenizer {
  readonly #handlers: ReportHandlers;
  #rest = '';

  constructor(handlers: ReportHandlers = {}) {
    this.#handlers = handlers;
  }

  /** Takes the next characters and gives what is complete; the rest waits for more. */
  push(chunk: string): TerminalToken[] {
    const input = this.#rest + chunk;
    const tokens: TerminalToken[] = [];
    let at = 0;
    while (at < input.length) {
      const parsed = parseOne(input, at);
      if (parsed === null) break;
      tokens.push(...parsed.tokens);
      if (parsed.report !== undefined) this.#handlers.onMode?.(parsed.report);
      if (parsed.hasFocus !== undefined) this.#handlers.onFocus?.(parsed.hasFocus);
      if (parsed.isStatus === true) this.#handlers.onStatus?.();
      if (parsed.background !== undefined) this.#handlers.onBackground?.(parsed.background);
      at = parsed.next;
    }
    this.#rest = bounded(input.slice(at));
    return tokens;
  }

  /** What waits for its end. After `escape`, some 30 ms of silence mean that Esc was pressed: call `flush`. */
  get pending(): Pending {
    if (this.#rest === '') return 'none';
    const introducer = introducerAt(this.#rest, 0);
    if (introducer === null) return 'escape';
    if (isPasteStart(this.#rest)) return 'paste';
    // Of two keys pressed one after the other, the second would have come alone.
    return this.#rest.length > introducer.length ? 'string' : 'escape';
  }

  /**
   * Whether this input, coming after a silence, ends a paste whose end mark was lost: Ctrl-C by itself. Then `flush`
   * gives what there was. Nothing else does: whatever came behind a cut would be read as key presses.
   */
  stopsPaste(chunk: string): boolean {
    return this.pending === 'paste' && (chunk === '\x03' || chunk === '\x1b[99;5u');
  }

  /** Gives up waiting: a lone ESC is the Esc key, ESC and one character an Alt key, anything longer is dropped. */
  flush(): InputToken[] {
    const rest = this.#rest;
    this.#rest = '';
    if (rest === '\x1b') return [{ kind: 'key', key: key('escape') }];
    const [first, second, ...more] = rest;
    if (first === '\x1b' && second !== undefined && more.length === 0) return [altKey(second)];
    if (isPasteStart(rest)) return [{ kind: 'paste', text: rest.replace(/^(?:\x1b\[|\x9b)200~/, '') }];
    return [];
  }
}

/** One token's worth of input from `at`, or null if its end has not come yet. */
function parseOne(input: string, at: number): Parsed | null {
  const introducer = introducerAt(input, at);
  if (introducer !== null) {
    const body = at + introducer.length;
    if (introducer.form === '[') return parseCsi(input, body);
    if (introducer.form === 'O') return parseSs3(input, body);
    return parseString(input, body, introducer.form === ']');
  }
  const character = input.charAt(at);
  if (character === '\x1b') return parseEscaped(input, at);
  if (isControl(character)) {
    // C1 characters that introduce nothing are no key of any terminal.
    if (character >= '\x80') return { tokens: [], next: at + 1 };
    return { tokens: [{ kind: 'key', key: keyOfControl(character) }], next: at + 1 };
  }
  let end = at + 1;
  while (end < input.length && !isControl(input.charAt(end))) end++;
  return { tokens: [{ kind: 'text', text: input.slice(at, end) }], next: end };
}

/** ESC followed by something that introduces no sequence: an Alt key, or Esc itself. */
function parseEscaped(input: string, at: number): Parsed | null {
  const next = input.codePointAt(at + 1);
  if (next === undefined) return null;
  // ESC ESC: Esc was pressed, and the next key follows at once. (Old terminals mean Alt and an arrow by
  // ESC ESC [ A; an Esc that is missed would be worse.)
  if (next === 0x1b) return { tokens: [{ kind: 'key', key: key('escape') }], next: at + 1 };
  const character = String.fromCodePoint(next);
  return { tokens: [altKey(character)], next: at + 1 + character.length };
}

function altKey(character: string): InputToken {
  const plain = isControl(character) ? keyOfControl(character) : key(character === ' ' ? 'space' : character);
  return { kind: 'key', key: { ...plain, alt: true } };
}

function parseCsi(input: string, body: number): Parsed | null {
  let end = body;
  // Linux console function keys have a second bracket.
  if (input.charAt(end) === '[') end++;
  while (end < input.length && /[\x20-\x3f]/.test(input.charAt(end))) {
    // `CSI digits $` is a shifted key of rxvt; in `CSI digits $ y` the dollar belongs to a mode report.
    if (input.charAt(end) === '$' && /^\d+$/.test(input.slice(body, end)) && input.charAt(end + 1) !== 'y')
      break;
    end++;
  }
  if (end >= input.length) return null;
  const final = input.charAt(end);
  const parameters = input.slice(body, end);
  if (!/[\x40-\x7e$]/.test(final)) {
    // Broken off by something else (Esc, then typing): what was there is dropped, the rest is read anew.
    return { tokens: [], next: end };
  }
  if (final === '~' && parameters === pasteStart) return parsePaste(input, end + 1);
  // X10 mouse reports carry three bytes behind the final character.
  if (final === 'M' && parameters === '')
    return input.length < end + 4 ? null : { tokens: [], next: end + 4 };
  if (parameters.startsWith('<')) {
    const mouse = parseMouse(parameters, final);
    return { tokens: mouse === null ? [] : [{ kind: 'mouse', mouse }], next: end + 1 };
  }
  const report = final === 'y' ? parseModeReport(parameters) : null;
  if (report !== null) return { tokens: [], next: end + 1, report };
  if (parameters === '' && (final === 'I' || final === 'O'))
    return { tokens: [], next: end + 1, hasFocus: final === 'I' };
  if (final === 'n' && (parameters === '0' || parameters === '3'))
    return { tokens: [], next: end + 1, isStatus: true };
  const text = textOfCsi(parameters, final);
  if (text !== null) return { tokens: [{ kind: 'text', text }], next: end + 1 };
  const found = keyOfCsi(parameters, final);
  if (found === null) return { tokens: [], next: end + 1 };
  return { tokens: [{ kind: 'key', key: found }], next: end + 1 };
}

function parseModeReport(parameters: string): ModeReport | null {
  const [, mode, state] = modeReport.exec(parameters) ?? [];
  const name = modeStates[Number(state)];
  return mode === undefined || name === undefined ? null : { mode: Number(mode), state: name };
}

function parseSs3(input: string, body: number): Parsed | null {
  let end = body;
  while (end < input.length && /\d/.test(input.charAt(end))) end++;
  if (end >= input.length) return null;
  const found = keyOfSs3(input.slice(body, end), input.charAt(end));
  if (found === null) {
    // Alt-O and then something else: two key presses.
    return { tokens: [altKey('O')], next: body };
  }
  return { tokens: [{ kind: 'key', key: found }], next: end + 1 };
}

function parsePaste(input: string, from: number): Parsed | null {
  const rest = input.slice(from);
  const match = pasteEnd.exec(rest);
  if (match === null) return null;
  const text = rest.slice(0, match.index);
  return {
    tokens: text === '' ? [] : [{ kind: 'paste', text }],
    next: from + match.index + match[0].length,
  };
}

/** An OSC, DCS, APC, PM or SOS string up to its end: ST, BEL (OSC), or CAN/SUB, which break it off. */
function parseString(input: string, body: number, isOsc: boolean): Parsed | null {
  const ended = (end: number, next: number): Parsed => {
    const background = isOsc ? parseBackground(input.slice(body, end)) : null;
    return background === null ? { tokens: [], next } : { tokens: [], next, background };
  };
  for (let i = body; i < input.length; i++) {
    const character = input.charAt(i);
    if (character === '\x18' || character === '\x1a') return { tokens: [], next: i + 1 };
    if (character === '\x9c' || (character === '\x07' && isOsc)) return ended(i, i + 1);
    if (character === '\x1b') {
      if (i + 1 >= input.length) return null;
      // ESC ends the string; with a backslash it was ST, else something new begins.
      return input.charAt(i + 1) === '\\' ? ended(i, i + 2) : { tokens: [], next: i };
    }
  }
  return null;
}

const backgroundReply =
  /^11;(?:rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})(?:\/[\da-f]{1,4})?|#([\da-f]{2})([\da-f]{2})([\da-f]{2}))$/i;

/** Each part has one to four hexadecimal digits, all of them `f` being the most (XParseColor). */
function parseBackground(text: string): Rgb | null {
  // Nothing longer is one, and a long string is not worth a look.
  const match = text.length > 64 ? null : backgroundReply.exec(text);
  if (match === null) return null;
  const part = (index: number): number => {
    const digits = match[index] ?? match[index + 3] ?? '0';
    return Number.parseInt(digits, 16) / (16 ** digits.length - 1);
  };
  return [part(1), part(2), part(3)];
}

type Introducer = Readonly<{ form: string; length: number }>;

function introducerAt(input: string, at: number): Introducer | null {
  const character = input.charAt(at);
  const c1 = c1Forms[character];
  if (c1 !== undefined) return { form: c1, length: 1 };
  if (character !== '\x1b') return null;
  const next = input.charAt(at + 1);
  if (next === '[' || next === 'O' || (next !== '' && stringIntroducers.includes(next)))
    return { form: next, length: 2 };
  return null;
}

function isControl(character: string): boolean {
  return character < ' ' || (character >= '\x7f' && character <= '\x9f');
}

function isPasteStart(rest: string): boolean {
  return rest.startsWith('\x1b[200~') || rest.startsWith('\x9b200~');
}

function bounded(rest: string): string {
  const limit = isPasteStart(rest) ? maxPasteLength : maxStringLength;
  if (rest.length <= limit) return rest;
  // The last characters may be the beginning of the end mark.
  return rest.slice(0, limit - endMarkLength) + rest.slice(-endMarkLength);
}
