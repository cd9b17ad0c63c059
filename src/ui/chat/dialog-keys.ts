/** What keys and typed text do while a dialog is open. */
import type { Message } from '../../core/types.ts';
import { parseAccountId } from '../../protocol/ids.ts';
import type { Action, ActionState } from '../actions.ts';
import { dialogRoom } from '../dialogs/dialog-view.ts';
import { networkLines } from '../dialogs/facts.ts';
import { lastHelpTop } from '../dialogs/help.ts';
import { messageInfoLines } from '../dialogs/message-info.ts';
import { accountIdProblem, meansAccountId } from '../dialogs/new-conversation.ts';
import { paletteEntries } from '../dialogs/palette.ts';
import { scrolledTop } from '../dialogs/scroll-keys.ts';
import { searchPage } from '../dialogs/search.ts';
import { type EditCommand, edit, insertLine, type TextBuffer } from '../input/text-buffer.ts';
import { actionNamed } from '../keymap.ts';
import type { CommandDialog } from '../state/command-dialogs.ts';
import type { ReadingDialog } from '../state/reading-dialogs.ts';
import {
  type BlockedDialog,
  type ContactDialog,
  type Dialog,
  type SearchDialog,
  searchFor,
} from '../state/ui-state.ts';
import type { Chord } from '../terminal/keys.ts';
import type { MessageActions } from './acting.ts';
import type { Environment } from './environment.ts';
import type { SettingsKeys } from './settings-keys.ts';
import { errorWords } from './words.ts';

/** What a dialog can lead to. */
export type DialogOutcomes = Readonly<{
  open(conversation: string): void;
  openById(id: string): void;
  openAt(message: Message): void;
  /** `words`: what its slash command would be given */
  run(action: Action, words?: string): void;
  settings: Pick<SettingsKeys, 'press' | 'change'>;
  /** a key in a dialog about a contact; false if it knows none such */
  aboutContact(dialog: ContactDialog | BlockedDialog, chord: Chord): boolean;
  quit(): void;
  /** keys of the dialogs around commands; false for those they don't know */
  command(dialog: CommandDialog, chord: Chord): boolean;
  /** what is done with one message */
  onMessage: Pick<MessageActions, 'press' | 'change' | 'typed'>;
  /** false: not a key of that dialog */
  inReading(dialog: ReadingDialog, chord: Chord): boolean;
}>;

type PaletteDialog = Dialog & Readonly<{ kind: 'palette' }>;
type MessageDialog = Dialog & Readonly<{ kind: 'message' }>;
type NewDialog = Dialog & Readonly<{ kind: 'new-conversation' }>;

/** A field takes no more than this; IDs, names and searches are short. */
const maxFieldLength = 1000;
const palettePage = 10;

export class DialogKeys {
  readonly #env: Environment;
  readonly #outcomes: DialogOutcomes;

  constructor(env: Environment, outcomes: DialogOutcomes) {
    this.#env = env;
    this.#outcomes = outcomes;
  }

  /** Keys that only this dialog knows; false for all others. */
  press(dialog: Dialog, chord: Chord): boolean {
    switch (dialog.kind) {
      case 'palette':
        return this.#palette(dialog, chord);
      case 'search':
        return this.#search(dialog, chord);
      case 'new-conversation':
        if (chord !== 'enter') return false;
        void this.#startConversation(dialog);
        return true;
      case 'pipe':
      case 'run':
      case 'output':
        return this.#outcomes.command(dialog, chord);
      case 'settings':
      case 'setting-choice':
      case 'setting-text':
      case 'keys':
      case 'key-press':
        return this.#outcomes.settings.press(dialog, chord);
      case 'react':
      case 'delete':
      case 'save':
        return this.#outcomes.onMessage.press(dialog, chord);
      case 'help':
        return this.#toPalette(chord) || this.#help(dialog.top, chord);
      case 'message':
        return this.#message(dialog, chord);
      case 'quit':
        if (chord === 'enter' || chord === 'y' || chord === 'ctrl-q') this.#outcomes.quit();
        else if (chord === 'n') this.#env.dialog(null);
        else return false;
        return true;
      case 'links':
      case 'lens':
      case 'whole':
      case 'date':
        return this.#outcomes.inReading(dialog, chord);
      case 'network':
        if (chord !== 'enter') return this.#network(dialog.top, chord);
        this.#env.dialog(null);
        return true;
      case 'account':
        if (chord !== 'enter') return false;
        this.#env.dialog(null);
        return true;
      case 'contact-menu':
      case 'contact-mute':
      case 'contact-name':
      case 'contact-confirm':
      case 'contact-card':
      case 'blocked':
        return this.#outcomes.aboutContact(dialog, chord);
    }
  }

  insert(dialog: Dialog, text: string): void {
    if (dialog.kind === 'react' && this.#outcomes.onMessage.typed(dialog, text)) return;
    this.#change(dialog, (field) =>
      insertLine(field, text.slice(0, Math.max(0, maxFieldLength - field.text.length))),
    );
  }

  edit(dialog: Dialog, command: EditCommand): void {
    this.#change(dialog, (field) => edit(field, command));
  }

  /** Empties the dialog's field; closes a dialog without one, or with nothing in it. */
  clear(dialog: Dialog): void {
    if ('field' in dialog && dialog.field.text !== '') this.edit(dialog, 'clear');
    else this.#env.dialog(null);
  }

  #change(dialog: Dialog, change: (field: TextBuffer) => TextBuffer): void {
    if (dialog.kind === 'palette') this.#env.dialog({ ...dialog, field: change(dialog.field), index: 0 });
    else if (dialog.kind === 'pipe') this.#env.dialog({ ...dialog, field: change(dialog.field) });
    else if (dialog.kind === 'search') {
      const field = change(dialog.field);
      // Moving the cursor asks for nothing new.
      if (field.text === dialog.field.text) this.#env.dialog({ ...dialog, field });
      else this.#env.dialog(searchFor(dialog.scope, field));
    } else if (dialog.kind === 'contact-name' || dialog.kind === 'date')
      this.#env.dialog({ ...dialog, field: change(dialog.field), error: null });
    else if (dialog.kind === 'new-conversation' && !dialog.busy)
      this.#env.dialog({ ...dialog, field: change(dialog.field), error: null });
    else if (dialog.kind === 'react' || dialog.kind === 'save')
      this.#outcomes.onMessage.change(dialog, change);
    else if (dialog.kind === 'settings' || dialog.kind === 'setting-text' || dialog.kind === 'keys')
      this.#outcomes.settings.change(dialog, change);
  }

  #palette(dialog: PaletteDialog, chord: Chord): boolean {
    const state: ActionState = { ui: this.#env.ui, session: this.#env.session.getState() };
    const entries = paletteEntries(state, dialog.field.text);
    const steps: Readonly<Record<Chord, number>> = {
      up: -1,
      down: 1,
      'shift-tab': -1,
      tab: 1,
      pageup: -palettePage,
      pagedown: palettePage,
    };
    const step = steps[chord];
    if (step !== undefined) {
      const index = Math.max(0, Math.min(entries.length - 1, dialog.index + step));
      this.#env.dialog({ ...dialog, index });
      return true;
    }
    if (chord !== 'enter') return false;
    const entry = entries[dialog.index];
    if (entry === undefined) return true;
    this.#env.dialog(null);
    if (entry.kind === 'conversation') this.#outcomes.open(entry.conversation.id);
    else if (entry.kind === 'new') this.#outcomes.openById(entry.accountId);
    else this.#outcomes.run(entry.action, entry.words);
    return true;
  }

  #search(dialog: SearchDialog, chord: Chord): boolean {
    const { size, open } = this.#env.ui;
    if (chord === 'tab' || chord === 'shift-tab') {
      const scope = dialog.scope === null ? open : null;
      if (scope !== dialog.scope) this.#env.dialog(searchFor(scope, dialog.field));
      return true;
    }
    const page = searchPage(dialogRoom(size.columns, size.rows));
    const steps: Readonly<Record<Chord, number>> = { up: -1, down: 1, pageup: -page, pagedown: page };
    const step = steps[chord];
    if (step !== undefined) {
      const index = Math.max(0, Math.min(dialog.found.length - 1, dialog.index + step));
      this.#env.dialog({ ...dialog, index });
      return true;
    }
    if (chord !== 'enter') return false;
    const message = dialog.found[dialog.index];
    if (message !== undefined) this.#outcomes.openAt(message);
    return true;
  }

  #help(top: number, chord: Chord): boolean {
    const { columns, rows } = this.#env.ui.size;
    const last = lastHelpTop(dialogRoom(columns, rows), this.#env.theme, this.#env.ui.keymap);
    return this.#scroll(top, last, chord, (to) => this.#env.dialog({ kind: 'help', top: to }));
  }

  /** Who reads the keys may look for one: the palette takes the place of the help. */
  #toPalette(chord: Chord): boolean {
    const action = actionNamed(this.#env.ui.keymap.find(['anywhere'], chord));
    if (action?.name !== 'palette.open') return false;
    this.#env.dialog(null);
    this.#outcomes.run(action);
    return true;
  }

  #network(top: number, chord: Chord): boolean {
    const { columns, rows } = this.#env.ui.size;
    const room = dialogRoom(columns, rows);
    const count = networkLines(this.#env.session.getState(), room, this.#env.theme).length;
    const last = Math.max(0, count - room.height);
    return this.#scroll(top, last, chord, (to) => this.#env.dialog({ kind: 'network', top: to }));
  }

  #message(dialog: MessageDialog, chord: Chord): boolean {
    const { size } = this.#env.ui;
    const room = dialogRoom(size.columns, size.rows);
    const { account, conversations } = this.#env.session.getState();
    const conversation = conversations.find(({ id }) => id === dialog.message.conversation);
    const count = messageInfoLines(dialog, conversation, account.accountId, room, this.#env.theme).length;
    const last = Math.max(0, count - room.height);
    return this.#scroll(dialog.top, last, chord, (top) => this.#env.dialog({ ...dialog, top }));
  }

  /** Scrolls a dialog with the keys for that; false for others. `last`: the highest first line. */
  #scroll(top: number, last: number, chord: Chord, to: (top: number) => void): boolean {
    const { columns, rows } = this.#env.ui.size;
    const room = dialogRoom(columns, rows);
    const scrolled = scrolledTop(top, last, room.height, chord);
    if (scrolled === null) return false;
    to(scrolled);
    return true;
  }

  async #startConversation(dialog: NewDialog): Promise<void> {
    if (dialog.busy) return;
    const { session } = this.#env;
    const text = dialog.field.text;
    const problem = meansAccountId(text) ? accountIdProblem(text) : null;
    if (problem !== null) {
      this.#env.dialog({ ...dialog, error: problem });
      return;
    }
    const waiting: NewDialog = { ...dialog, error: null, busy: true };
    this.#env.dialog(waiting);
    // somebody may have closed it meanwhile: nothing opens behind their back
    const isOpen = () => this.#env.ui.dialog === waiting;
    try {
      const id = parseAccountId(text) ?? (await session.resolveRecipient(text));
      if (!isOpen()) return;
      const accountId = parseAccountId(id);
      const conversation = accountId === null ? id : (await session.startConversation(accountId)).id;
      this.#outcomes.open(conversation);
    } catch (error) {
      if (isOpen()) this.#env.dialog({ ...dialog, error: errorWords(error), busy: false });
    }
  }
}
