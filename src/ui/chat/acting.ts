/** What is done with one message: a reaction, deleting it, a file of it. */
import type { Message } from '../../core/types.ts';
import { sanitizeFileName } from '../../text/file-name.ts';
import { joinSafe, safe, sanitizeName, sanitizeText } from '../../text/sanitize.ts';
import { deleteChoices, type ReactChoice, reactChoices } from '../dialogs/message-actions.ts';
import { loadEmoji } from '../input/emoji.ts';
import { insertLine, type TextBuffer, textBuffer } from '../input/text-buffer.ts';
import type { DeleteDialog, MessageActionDialog, ReactDialog, SaveDialog } from '../state/message-dialogs.ts';
import type { FileSaver } from '../terminal/file-saver.ts';
import type { Chord } from '../terminal/keys.ts';
import { dayKey } from '../text/dates.ts';
import type { Environment } from './environment.ts';
import { errorWords } from './words.ts';

/** What actions ask of it. Typed with what it takes, where nothing can be selected, a word means the newest message. */
export type MessageCommands = Readonly<{
  /** asks for an emoji, or takes the one that was typed, by itself or by name */
  react(emoji?: string): void;
  remove(): void;
  /** what happened with it, and all else about it */
  show(): void;
  /** asks for a file, or takes the one that was typed */
  save(path?: string): void;
}>;

export type MessageActionOptions = Readonly<{
  /** the selected message; null, and a word to the person, while none is */
  chosen(): Message | null;
  saver: FileSaver | null;
}>;

export class MessageActions implements MessageCommands {
  readonly #env: Environment;
  readonly #options: MessageActionOptions;

  constructor(env: Environment, options: MessageActionOptions) {
    this.#env = env;
    this.#options = options;
  }

  react(emoji = ''): void {
    const message =
      emoji === ''
        ? this.#options.chosen()
        : this.#target(({ direction, notice }) => direction === 'in' && notice === undefined);
    if (message === null) return;
    if (message.notice !== undefined) {
      this.#env.notify(safe('Only messages can be reacted to.'));
      return;
    }
    const dialog: ReactDialog = {
      kind: 'react',
      message,
      field: insertLine(textBuffer(), emoji),
      index: 0,
      list: null,
      error: null,
    };
    this.#env.dialog(dialog);
    void this.#load(emoji !== '');
  }

  remove(): void {
    const message = this.#options.chosen();
    if (message !== null)
      this.#env.dialog({ kind: 'delete', message, index: 0, read: 0, busy: false, error: null });
  }

  show(): void {
    const message = this.#options.chosen();
    if (message !== null) this.#xray(message);
  }

  save(path = ''): void {
    const message = path === '' ? this.#options.chosen() : this.#target(({ notice }) => notice === undefined);
    if (message === null) return;
    if (this.#options.saver === null) this.#env.notify(safe('No file can be written from here.'), 'error');
    else if (message.body === '')
      this.#env.notify(
        safe(
          message.attachments.length > 0
            ? 'That message has no text, only attachments; those can’t be saved yet.'
            : 'That message has no text.',
        ),
      );
    else {
      const field = insertLine(textBuffer(), path === '' ? this.#defaultName(message) : path);
      const dialog: SaveDialog = { kind: 'save', message, field, busy: false, error: null };
      this.#env.dialog(dialog);
      if (path !== '') void this.#write(dialog);
    }
  }

  /** Keys that these dialogs know; false for all others. */
  press(dialog: MessageActionDialog, chord: Chord): boolean {
    switch (dialog.kind) {
      case 'react':
        return this.#inReact(dialog, chord);
      case 'delete':
        return this.#inDelete(dialog, chord);
      case 'save':
        if (chord !== 'enter') return false;
        void this.#write(dialog);
        return true;
    }
  }

  /** Typed text that means something else than text: a digit while nothing is typed yet. */
  typed(dialog: ReactDialog, text: string): boolean {
    if (dialog.field.text !== '') return false;
    const choice = reactChoices(dialog, this.#own).find(({ digit }) => digit === text);
    if (choice === undefined) return false;
    void this.#toggle(dialog, choice);
    return true;
  }

  change(dialog: ReactDialog | SaveDialog, change: (field: TextBuffer) => TextBuffer): void {
    const field = change(dialog.field);
    if (dialog.kind === 'react') this.#env.dialog({ ...dialog, field, index: 0, error: null });
    else if (!dialog.busy) this.#env.dialog({ ...dialog, field, error: null });
  }

  get #own(): string {
    return this.#env.session.getState().account.accountId;
  }

  /** The selected message; for a word typed in the composer, where none can be, the newest that fits. */
  #target(fits: (message: Message) => boolean): Message | null {
    const { view, selected, focus } = this.#env.ui;
    const window = view?.getSnapshot();
    if (focus === 'composer' && selected === null && window?.atEnd === true) {
      const newest = window.messages.findLast(fits);
      if (newest !== undefined) return newest;
    }
    return this.#options.chosen();
  }

  // --- reactions

  /** The emoji by name. `atOnce`: a name was typed already, and the first one that it means is taken. */
  async #load(atOnce: boolean): Promise<void> {
    try {
      const list = await loadEmoji();
      const { dialog } = this.#env.ui;
      if (dialog?.kind !== 'react') return;
      const loaded: ReactDialog = { ...dialog, list };
      this.#env.dialog(loaded);
      const [first] = reactChoices(loaded, this.#own);
      if (atOnce && first !== undefined) await this.#toggle(loaded, first);
    } catch (error) {
      this.#env.report(error);
    }
  }

  #inReact(dialog: ReactDialog, chord: Chord): boolean {
    const choices = reactChoices(dialog, this.#own);
    if (chord === 'enter') {
      const choice = choices[dialog.index];
      if (choice !== undefined) void this.#toggle(dialog, choice);
      return true;
    }
    const index = moved(dialog.index, choices.length, chord);
    if (index === null) return false;
    this.#env.dialog({ ...dialog, index });
    return true;
  }

  async #toggle(dialog: ReactDialog, { emoji, isOwn }: ReactChoice): Promise<void> {
    try {
      await this.#env.session.react(dialog.message.id, emoji, !isOwn);
      if (this.#env.ui.dialog?.kind === 'react') this.#env.dialog(null);
      this.#env.notify(joinSafe([sanitizeName(emoji), safe(isOwn ? 'taken off.' : 'put on it.')], safe(' ')));
    } catch (error) {
      if (this.#env.ui.dialog === dialog) this.#env.dialog({ ...dialog, error: errorWords(error) });
      else this.#env.report(error);
    }
  }

  // --- deleting

  #inDelete(dialog: DeleteDialog, chord: Chord): boolean {
    const choices = deleteChoices(dialog.message, this.#own);
    if (chord === 'enter') {
      if (dialog.index !== dialog.read) this.#env.dialog({ ...dialog, read: dialog.index });
      else if (!dialog.busy) void this.#delete(dialog);
      return true;
    }
    const digit = /^[1-9]$/.test(chord) ? Number(chord) - 1 : -1;
    const index = digit >= 0 && digit < choices.length ? digit : moved(dialog.index, choices.length, chord);
    if (index === null || dialog.busy) return index !== null;
    this.#env.dialog({ ...dialog, index, read: index, error: null });
    return true;
  }

  async #delete(dialog: DeleteDialog): Promise<void> {
    const choice = deleteChoices(dialog.message, this.#own)[dialog.index];
    if (choice === undefined) return;
    const waiting: DeleteDialog = { ...dialog, busy: true, error: null };
    this.#env.dialog(waiting);
    try {
      await this.#env.session.deleteMessage(dialog.message.id, { everyone: choice.everyone });
      if (this.#env.ui.dialog === waiting) this.#env.dialog(null);
      this.#env.notify(safe(deletedWords(dialog.message, choice.everyone, this.#own)));
    } catch (error) {
      if (this.#env.ui.dialog === waiting) this.#env.dialog({ ...dialog, error: errorWords(error) });
      else this.#env.report(error);
    }
  }

  // --- the X-ray

  /** Shows what is known, and follows it until another dialog, or none, is open. */
  #xray(shown: Message): void {
    const { session, store, clock } = this.#env;
    const { id } = shown;
    this.#env.dialog({ kind: 'message', message: shown, trace: null, now: clock.now(), top: 0 });
    const current = () => {
      const { dialog } = this.#env.ui;
      return dialog?.kind === 'message' && dialog.message.id === id ? dialog : null;
    };
    let state: 'idle' | 'asking' | 'again' = 'idle';
    const refresh = async () => {
      if (state !== 'idle') {
        state = 'again';
        return;
      }
      do {
        state = 'asking';
        const [message, trace] = await Promise.all([session.message(id), session.messageTrace(id)]);
        const dialog = current();
        if (dialog !== null && message !== null)
          this.#env.dialog({ ...dialog, message, trace, now: clock.now() });
        // Another change may have come while this one was asked for.
      } while (isAgain(state) && current() !== null);
      state = 'idle';
    };
    // Deleted meanwhile: what was known stays on the screen.
    const follow = () => void refresh().catch(() => {});
    const stops = [
      session.onEvent((event) => {
        if ('message' in event && event.message.id === id) follow();
      }),
      // That a copy was stored, or an attempt failed, is a change of the state alone.
      session.subscribe(() => {
        const trace = current()?.trace;
        if (trace?.copy === 'waiting' || trace?.nextAttemptAt !== null) follow();
      }),
      store.subscribe(() => {
        if (current() === null) for (const stop of stops) stop();
      }),
    ];
    void refresh().catch(this.#env.report);
  }

  // --- saving

  /** `2026-11-24-1231-Ana.txt`: when it was sent, and by whom. */
  #defaultName({ sentAt, direction, conversation }: Message): string {
    const { account, conversations } = this.#env.session.getState();
    const name =
      direction === 'out' ? account.name : (conversations.find(({ id }) => id === conversation)?.name ?? '');
    return defaultFileName(sentAt, name);
  }

  async #write(dialog: SaveDialog): Promise<void> {
    const { saver } = this.#options;
    if (saver === null || dialog.busy) return;
    const waiting: SaveDialog = { ...dialog, busy: true, error: null };
    this.#env.dialog(waiting);
    const { body } = dialog.message;
    try {
      const path = await saver.save(dialog.field.text, body.endsWith('\n') ? body : `${body}\n`);
      if (this.#env.ui.dialog === waiting) this.#env.dialog(null);
      this.#env.notify(joinSafe([safe('Saved as'), sanitizeText(path)], safe(' ')));
    } catch (error) {
      if (this.#env.ui.dialog === waiting) this.#env.dialog({ ...dialog, error: errorWords(error) });
      else this.#env.report(error);
    }
  }
}

/** Apart, since the compiler does not see that it changes meanwhile. */
function isAgain(state: 'idle' | 'asking' | 'again'): boolean {
  return state === 'again';
}

/** A file name for a message that was sent at that time, ms, by somebody whose name is foreign. */
export function defaultFileName(sentAt: number, name: string): string {
  const date = new Date(sentAt);
  const day = String(dayKey(sentAt) + 100).padStart(8, '0');
  const time = [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join('');
  const when = Number.isNaN(date.getTime())
    ? 'message'
    : `${day.slice(0, -4)}-${day.slice(-4, -2)}-${day.slice(-2)}-${time}`;
  const shown = sanitizeName(name).replace(/\s+/g, '-');
  return sanitizeFileName(`${when}${shown === '' ? '' : `-${shown.replace(/[/\\]/g, '_')}`}.txt`);
}

function deletedWords(message: Message, everyone: boolean, own: string): string {
  if (message.status === 'queued' || message.status === 'failed')
    return everyone
      ? 'Taken out of the queue; if it got through unseen, it is asked back.'
      : 'Taken out of the queue. It is not sent.';
  if (!everyone) return 'Deleted here.';
  return message.conversation === own
    ? 'Deleted. Your other devices are told.'
    : 'Deleted here. Everyone else is asked to delete it.';
}

/** The index after a key that moves in a list; null for other keys. */
function moved(index: number, count: number, chord: Chord): number | null {
  const steps: Readonly<Record<Chord, number>> = {
    up: -1,
    down: 1,
    'shift-tab': -1,
    tab: 1,
    pageup: -5,
    pagedown: 5,
  };
  const step = steps[chord];
  return step === undefined ? null : Math.max(0, Math.min(count - 1, index + step));
}
