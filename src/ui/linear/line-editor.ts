/** What key presses do to the line being typed, with the editing keys of the chat UI. Knows no terminal. */
import type { Action } from '../actions.ts';
import {
  codePointCount,
  edit,
  insertLine,
  insertText,
  replaceText,
  type TextBuffer,
  textBuffer,
} from '../input/text-buffer.ts';
import { actionNamed } from '../keymap.ts';
import type { Keymap } from '../keys/types.ts';
import type { InputToken } from '../terminal/input-tokenizer.ts';
import { chordOf } from '../terminal/keys.ts';

/** Far above what can be sent. */
const maxLength = 20_000;
const maxHistory = 100;

/** What a token asks of whoever reads the line. */
export type LineEvent =
  | Readonly<{ kind: 'changed' }>
  /** Enter; the line is empty now */
  | Readonly<{ kind: 'line'; text: string }>
  /** a key that edits nothing, and what the chat UI does with it, if anything */
  | Readonly<{ kind: 'key'; chord: string; action: Action | null }>;

const places = ['composer', 'text', 'anywhere'] as const;
const older: readonly string[] = ['composer.up', 'history.older'];
const newer: readonly string[] = ['composer.down', 'history.newer'];

const changed = { kind: 'changed' } as const;

export class LineEditor {
  buffer: TextBuffer = textBuffer();
  readonly #lines: 'one' | 'many';
  readonly #keymap: () => Keymap;
  /** keys of a sequence that is not complete */
  #sequence: readonly string[] = [];
  readonly #history: string[] = [];
  /** place in the history, counted from its end; 0: what is being typed */
  #back = 0;
  #typed = '';

  /** `many`: line ends are part of the text; `one`: they become spaces. */
  constructor(lines: 'one' | 'many', keymap: () => Keymap) {
    this.#lines = lines;
    this.#keymap = keymap;
  }

  get isEmpty(): boolean {
    return this.buffer.text === '';
  }

  get length(): number {
    return codePointCount(this.buffer.text);
  }

  set(text: string): void {
    this.buffer = { ...textBuffer(text), kills: this.buffer.kills };
    this.#back = 0;
  }

  /** Another text in place of this one; undo brings it back. */
  replace(text: string): void {
    this.buffer = replaceText(this.buffer, text.slice(0, maxLength));
  }

  /** Up brings it back. */
  remember(text: string): void {
    if (text.trim() === '' || this.#history.at(-1) === text) return;
    this.#history.push(text);
    if (this.#history.length > maxHistory) this.#history.shift();
  }

  handle(token: InputToken): LineEvent {
    if (token.kind !== 'key') {
      const text = token.text.slice(0, Math.max(0, maxLength - this.buffer.text.length));
      this.buffer = this.#lines === 'many' ? insertText(this.buffer, text) : insertLine(this.buffer, text);
      return changed;
    }
    const pressed = chordOf(token.key);
    const chord = [...this.#sequence, pressed].join(' ');
    const keymap = this.#keymap();
    if (keymap.begins(places, chord)) {
      this.#sequence = [...this.#sequence, pressed];
      return changed;
    }
    this.#sequence = [];
    const action = actionNamed(keymap.find(places, chord));
    if (isEnd(this.#lines, chord, action)) {
      const { text } = this.buffer;
      this.set('');
      return { kind: 'line', text };
    }
    if (action !== null && older.includes(action.name)) return this.#travel(1);
    if (action !== null && newer.includes(action.name)) return this.#travel(-1);
    if (action?.name === 'composer.newline') {
      this.buffer = insertText(this.buffer, '\n');
      return changed;
    }
    // Ctrl-D ends the input where there is nothing to delete, as everywhere in a terminal.
    if (action?.edit === undefined || (chord === 'ctrl-d' && this.isEmpty))
      return { kind: 'key', chord, action };
    this.buffer = edit(this.buffer, action.edit);
    return changed;
  }

  #travel(by: 1 | -1): LineEvent {
    const next = this.#back + by;
    if (next < 0 || next > this.#history.length) return changed;
    if (this.#back === 0) this.#typed = this.buffer.text;
    const text = next === 0 ? this.#typed : (this.#history.at(-next) ?? '');
    this.set(text);
    this.#back = next;
    return changed;
  }
}

/** Enter, or what a person put in its place; a field of one line ends with each of the keys for a new one too. */
function isEnd(lines: 'one' | 'many', chord: string, action: Action | null): boolean {
  if (action?.name === 'composer.send') return true;
  if (lines === 'one') return chord === 'enter' || action?.name === 'composer.newline';
  return chord === 'enter' && action === null;
}
