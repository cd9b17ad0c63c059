/**
 * Which action a key press means: by the keymap that the settings and the person's own file make, with sequences of
 * keys, and vi's modes in the composer.
 */

import { safe } from '../../text/sanitize.ts';
import { type Action, actions, type Where } from '../actions.ts';
import type { TextBuffer } from '../input/text-buffer.ts';
import { leaveInsert, onCharacter, viPress } from '../input/vi.ts';
import { actionNamed, createKeymap, placesOf } from '../keymap.ts';
import { chordsLabel } from '../keys/chord.ts';
import { keyOf, ownKeysProblem } from '../keys/hints.ts';
import type { OwnKeyFile } from '../keys/key-file.ts';
import { keymapNotes } from '../keys/notes.ts';
import { keymapNames } from '../keys/types.ts';
import { settingOf } from '../setting-of.ts';
import type { Dialog } from '../state/ui-state.ts';
import type { Chord } from '../terminal/keys.ts';
import type { Environment } from './environment.ts';

/** What vi's keys do to the composer. */
export type ModalComposer = Readonly<{
  set(buffer: TextBuffer): void;
  moveRow(direction: -1 | 1): void;
}>;

/** In a dialog the keys of the list are those that choose and scroll. */
const inDialogs: Readonly<Record<string, Chord>> = {
  'list.up': 'up',
  'list.down': 'down',
  'list.first': 'home',
  'list.last': 'end',
  'scroll.up': 'pageup',
  'scroll.down': 'pagedown',
  back: 'escape',
};

const maxRows = 200;

export class KeyPresses {
  readonly #env: Environment;
  readonly #own: OwnKeyFile;
  readonly #composer: ModalComposer;
  #made: Readonly<{ name: string; bindings: unknown }> | null = null;
  #sequence: readonly Chord[] = [];
  #viKeys = '';
  #unsubscribe: () => void = () => {};

  constructor(env: Environment, own: OwnKeyFile, composer: ModalComposer) {
    this.#env = env;
    this.#own = own;
    this.#composer = composer;
  }

  /** The keymap is what setting and file say, now and whenever they change. */
  start(): void {
    this.#unsubscribe = this.#env.session.subscribe(() => this.refresh());
    this.refresh();
    const problem = ownKeysProblem(
      this.#own.path,
      this.#own.own.problems,
      keyOf(this.#env.ui.keymap, 'keys.open'),
    );
    if (problem !== null) this.#env.notify(problem, 'error');
  }

  stop(): void {
    this.#unsubscribe();
  }

  /** Takes up what changed of setting and file. */
  refresh(): void {
    const { session, store } = this.#env;
    const value = settingOf(session, 'keymap');
    const name = keymapNames.find((one) => one === value) ?? 'default';
    const { bindings } = this.#own.own;
    const before = this.#made;
    if (before?.name === name && before.bindings === bindings) return;
    this.#made = { name, bindings };
    this.#forget();
    const keymap = createKeymap(actions, name, bindings);
    store.dispatch({ kind: 'keymap', keymap });
    const isChosen = before !== null && before.name !== name;
    if (isChosen) this.#env.notify(keymapNotes(keymap));
  }

  /** Keys of a sequence or of a command were pressed, and wait for the next one. */
  get isWaiting(): boolean {
    return this.#sequence.length > 0 || this.#viKeys !== '';
  }

  /** The action of a key pressed now, without doing anything. */
  meaning(chord: Chord): string | null {
    const { ui } = this.#env;
    return ui.keymap.find(placesOf(ui), [...this.#sequence, chord].join(' '));
  }

  /** A key press: the action it means; null if it means none, or did what it does already. */
  press(chord: Chord, canEdit: boolean): Action | null {
    if (canEdit && this.#sequence.length === 0 && this.#modal(chord)) return null;
    const { ui } = this.#env;
    const places = placesOf(ui);
    const keys = [...this.#sequence, chord];
    const sequence = keys.join(' ');
    if (ui.keymap.begins(places, sequence)) {
      this.#sequence = keys;
      this.#show(chordsLabel(sequence));
      return null;
    }
    const isFirst = this.#sequence.length === 0;
    this.#forget();
    const action = actionNamed(ui.keymap.find(places, sequence));
    if (action === null && !isFirst && chord !== 'escape')
      this.#env.notify(safe(`${chordsLabel(sequence)} is no key here.`));
    return action;
  }

  /** What a key means to a dialog that knows arrows and page keys only. */
  inDialog(dialog: Dialog, chord: Chord): Chord {
    const { keymap } = this.#env.ui;
    const isTyping = 'field' in dialog;
    if (isTyping && keymap.find(['text'], chord) !== null) return chord;
    const places: readonly Where[] = isTyping ? ['list', 'anywhere'] : ['list', 'not-typing', 'anywhere'];
    return inDialogs[keymap.find(places, chord) ?? ''] ?? chord;
  }

  /** vi's modes; false: the key is none of theirs. */
  #modal(chord: Chord): boolean {
    const { keymap, focus, dialog, open, mode, composer } = this.#env.ui;
    if (!keymap.modal || focus !== 'composer' || dialog !== null || open === null) return false;
    if (mode === 'insert') {
      if (chord !== 'escape') return false;
      this.#composer.set(leaveInsert(composer));
      this.#enter('normal');
      return true;
    }
    const step = viPress(composer, this.#viKeys, chord);
    const wasWaiting = this.#viKeys !== '';
    this.#viKeys = step.kind === 'pending' ? step.keys : '';
    if (step.kind === 'pending') this.#show(step.keys);
    else if (step.kind === 'done') {
      this.#composer.set(step.buffer);
      this.#enter(step.mode);
    } else {
      this.#show('');
      if (step.kind === 'rows') this.#moveRows(step.by);
    }
    // A key that fits no command begun ends that command, and does nothing else.
    return step.kind !== 'unknown' || wasWaiting;
  }

  #moveRows(by: number): void {
    for (let i = 0; i < Math.min(maxRows, Math.abs(by)); i++) this.#composer.moveRow(by < 0 ? -1 : 1);
    this.#composer.set(onCharacter(this.#env.ui.composer));
  }

  #enter(mode: 'insert' | 'normal'): void {
    this.#env.store.dispatch({ kind: 'keys', mode, pendingKeys: '' });
  }

  #show(pendingKeys: string): void {
    this.#env.store.dispatch({ kind: 'keys', mode: this.#env.ui.mode, pendingKeys });
  }

  #forget(): void {
    this.#sequence = [];
    this.#viKeys = '';
    this.#show('');
  }
}
