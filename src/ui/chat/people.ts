/** What one does with people in the chat: message requests, and the contact menu with its dialogs. */

import { mutedForGood } from '../../core/index.ts';
import type { Conversation } from '../../core/types.ts';
import { joinSafe, type SafeText, safe, sanitizeName } from '../../text/sanitize.ts';
import type { ActionState } from '../actions/types.ts';
import { menuEntries, muteChoices } from '../dialogs/people.ts';
import { textBuffer } from '../input/text-buffer.ts';
import { keyWords } from '../keys/hints.ts';
import { conversationTitle, shortId } from '../panes/names.ts';
import type { BlockedDialog, ContactDialog } from '../state/ui-state.ts';
import type { Chord } from '../terminal/keys.ts';
import type { Environment } from './environment.ts';
import { listCursorOf, openConversationOf } from './model.ts';
import { errorWords } from './words.ts';

/** What actions ask of it. All are about `contactOf`. */
export type PeopleCommands = Readonly<{
  toRequests(): void;
  openBlocked(): void;
  openMenu(): void;
  accept(): void;
  decline(): void;
  toggleBlock(): void;
  openNickname(): void;
  rename(nickname: string): void;
  togglePin(): void;
  openMute(): void;
  /** `30m`, `8h`, `7d`, `2w`, `good` or `off` */
  muteFor(time: string): void;
  /** asks first: its letter is typed by mistake where the list has the focus */
  openHide(): void;
  hide(): void;
  openRemove(): void;
  openCard(): void;
  copyId(): void;
}>;

/** The person an action is about: that of the open contact dialog, else of the list's cursor or the open conversation. */
export function contactOf({ ui, session }: ActionState): Conversation | undefined {
  const dialogs = ui.dialog !== null && 'contact' in ui.dialog ? ui.dialog.contact : null;
  const id = dialogs ?? (ui.focus === 'list' ? listCursorOf(session, ui) : ui.open);
  const conversation = openConversationOf(session, id);
  return conversation?.kind === 'contact' ? conversation : undefined;
}

export type PeopleOutcomes = Readonly<{
  copy(text: string): void;
  /** puts the list's cursor on a conversation, and the focus on the list */
  showInList(conversation: string): void;
  /** lets go of the open conversation */
  close(): void;
}>;

export class People implements PeopleCommands {
  readonly #env: Environment;
  readonly #outcomes: PeopleOutcomes;
  #unsubscribe: () => void = () => {};

  constructor(env: Environment, outcomes: PeopleOutcomes) {
    this.#env = env;
    this.#outcomes = outcomes;
  }

  start(): void {
    this.#unsubscribe = this.#env.session.subscribe(this.#closeWhatIsGone);
  }

  stop(): void {
    this.#unsubscribe();
  }

  /** Declined, deleted or hidden, here or on another device: it stays open no longer. */
  readonly #closeWhatIsGone = (): void => {
    const { open } = this.#env.ui;
    if (open !== null && openConversationOf(this.#env.session.getState(), open) === undefined)
      this.#outcomes.close();
  };

  toRequests(): void {
    const first = this.#env.session.getState().conversations.find(({ request }) => request);
    if (first === undefined) this.#env.notify(safe('There are no message requests.'));
    else this.#outcomes.showInList(first.id);
  }

  openBlocked(): void {
    void this.#listBlocked();
  }

  async #listBlocked(): Promise<void> {
    const before = this.#env.ui.dialog;
    try {
      const blocked = (await this.#env.session.contacts()).filter((contact) => contact.blocked);
      if (this.#env.ui.dialog !== before) return;
      const people = blocked.map(({ id, name, nickname }) => ({ id, name: nickname ?? name }));
      if (people.length > 0) this.#env.dialog({ kind: 'blocked', people, index: 0 });
      else {
        this.#env.dialog(null);
        this.#env.notify(safe('You have blocked nobody.'));
      }
    } catch (error) {
      this.#env.report(error);
    }
  }

  #pressBlocked(dialog: BlockedDialog, chord: Chord): boolean {
    const chosen = dialog.people[dialog.index];
    if (chord !== 'enter' || chosen === undefined) return this.#move(dialog, dialog.people.length, chord);
    this.#env.dialog(null);
    const name = chosen.name === '' ? shortId(chosen.id) : sanitizeName(chosen.name);
    const words = safe('is blocked no longer. What they sent meanwhile stays lost.');
    this.#env.session
      .setBlocked(chosen.id, false)
      .then(() => this.#env.notify(joinSafe([name, words], safe(' '))), this.#env.report);
    return true;
  }

  openMenu(): void {
    this.#about(({ id }) => this.#env.dialog({ kind: 'contact-menu', ...this.#of(id), index: 0 }));
  }

  accept(): void {
    this.#change(
      ({ id }) => this.#env.session.acceptContact(id),
      (name) => joinSafe([name, safe('is accepted, and is told so.')], safe(' ')),
    );
  }

  decline(): void {
    this.#about(({ id }) => this.#env.dialog({ kind: 'contact-confirm', ...this.#of(id), what: 'decline' }));
  }

  toggleBlock(): void {
    this.#about(({ id, blocked }) => {
      if (blocked) this.#unblock();
      else this.#env.dialog({ kind: 'contact-confirm', ...this.#of(id), what: 'block' });
    });
  }

  openNickname(): void {
    this.#about(({ id }) => void this.#editNickname(id));
  }

  async #editNickname(id: string): Promise<void> {
    const before = this.#env.ui.dialog;
    try {
      const contacts = await this.#env.session.contacts();
      const nickname = contacts.find((contact) => contact.id === id)?.nickname ?? '';
      // Somebody may have opened something else meanwhile.
      if (this.#env.ui.dialog !== before) return;
      this.#env.dialog({ kind: 'contact-name', ...this.#of(id), field: textBuffer(nickname), error: null });
    } catch (error) {
      this.#env.report(error);
    }
  }

  togglePin(): void {
    const pinned = !this.#contact?.pinned;
    this.#change(
      ({ id }) => this.#env.session.changeContact(id, { pinned }),
      (name) => joinSafe([name, safe(pinned ? 'is pinned to the top.' : 'is pinned no longer.')], safe(' ')),
    );
  }

  openMute(): void {
    this.#about(({ id }) => this.#env.dialog({ kind: 'contact-mute', ...this.#of(id), index: 0 }));
  }

  rename(nickname: string): void {
    this.#change(
      ({ id }) => this.#env.session.changeContact(id, { nickname }),
      (name) => joinSafe([name, safe('is called'), sanitizeName(nickname), safe('here now.')], safe(' ')),
    );
  }

  muteFor(time: string): void {
    const forMs = muteTime(time);
    if (forMs === undefined)
      this.#env.notify(safe('A time is a number and m, h, d or w, such as 30m, 8h or 7d; or good, or off.'));
    else this.#mute(forMs);
  }

  openHide(): void {
    this.#about(({ id }) => this.#env.dialog({ kind: 'contact-confirm', ...this.#of(id), what: 'hide' }));
  }

  hide(): void {
    this.#change(
      ({ id }) => this.#env.session.changeContact(id, { hidden: true }),
      (name) =>
        joinSafe(
          [
            name,
            keyWords(
              this.#env.ui.keymap,
              'is hidden until the next message. {palette.open} and the name bring it back.',
            ),
          ],
          safe(' '),
        ),
    );
  }

  openRemove(): void {
    this.#about(({ id }) => this.#env.dialog({ kind: 'contact-confirm', ...this.#of(id), what: 'remove' }));
  }

  openCard(): void {
    this.#about(({ id }) => this.#env.dialog({ kind: 'contact-card', ...this.#of(id) }));
  }

  copyId(): void {
    this.#about(({ id }) => {
      this.#env.dialog(null);
      this.#outcomes.copy(id);
      this.#env.notify(safe('The Account ID is on the clipboard, if the terminal allows that.'));
    });
  }

  /** Keys that only the contact dialogs know; false for all others. */
  press(dialog: ContactDialog | BlockedDialog, chord: Chord): boolean {
    if (dialog.kind === 'blocked') return this.#pressBlocked(dialog, chord);
    const contact = this.#contact;
    if (contact === undefined) {
      this.#env.dialog(null);
      return true;
    }
    switch (dialog.kind) {
      case 'contact-menu': {
        const entries = menuEntries(contact, dialog.now);
        const entry =
          entries.find(({ key }) => key === chord) ?? (chord === 'enter' ? entries[dialog.index] : undefined);
        if (entry === undefined) return this.#move(dialog, entries.length, chord);
        this[entry.command]();
        return true;
      }
      case 'contact-mute': {
        const choices = muteChoices(contact, dialog.now);
        const choice =
          choices.find(({ key }) => key === chord) ?? (chord === 'enter' ? choices[dialog.index] : undefined);
        if (choice === undefined) return this.#move(dialog, choices.length, chord);
        this.#mute(choice.forMs);
        return true;
      }
      case 'contact-name':
        if (chord !== 'enter') return false;
        void this.#rename(dialog);
        return true;
      case 'contact-confirm':
        if (chord !== 'enter') return false;
        if (dialog.what === 'hide') this.hide();
        else this.#confirmed(dialog.what);
        return true;
      case 'contact-card':
        if (chord === 'c') this.copyId();
        else if (chord === 'enter') this.#env.dialog(null);
        else return false;
        return true;
    }
  }

  #move(
    dialog: Extract<ContactDialog, Readonly<{ index: number }>> | BlockedDialog,
    count: number,
    chord: Chord,
  ): boolean {
    const steps: Readonly<Record<Chord, number>> = { up: -1, down: 1, pageup: -count, pagedown: count };
    const step = steps[chord];
    if (step === undefined) return false;
    const index = Math.max(0, Math.min(count - 1, dialog.index + step));
    this.#env.dialog({ ...dialog, index });
    return true;
  }

  #mute(forMs: number | 'good' | null): void {
    const now = this.#env.clock.now();
    const mutedUntil = forMs === null ? null : forMs === 'good' ? mutedForGood : now + forMs;
    this.#change(
      ({ id }) => this.#env.session.changeContact(id, { mutedUntil }),
      (name) => joinSafe([name, safe(mutedUntil === null ? 'is muted no longer.' : 'is muted.')], safe(' ')),
    );
  }

  #confirmed(what: 'decline' | 'block' | 'remove'): void {
    const { session } = this.#env;
    const words = { decline: 'was declined.', block: 'is blocked.', remove: 'was deleted.' };
    this.#change(
      ({ id }) => {
        if (what === 'decline') return session.declineRequest(id);
        return what === 'block' ? session.setBlocked(id, true) : session.removeContact(id);
      },
      (name) => joinSafe([name, safe(words[what])], safe(' ')),
    );
  }

  #unblock(): void {
    this.#change(
      ({ id }) => this.#env.session.setBlocked(id, false),
      (name) => joinSafe([name, safe('is blocked no longer.')], safe(' ')),
    );
  }

  async #rename(dialog: ContactDialog & Readonly<{ kind: 'contact-name' }>): Promise<void> {
    try {
      await this.#env.session.changeContact(dialog.contact, { nickname: dialog.field.text });
      if (this.#env.ui.dialog === dialog) this.#env.dialog(null);
    } catch (error) {
      if (this.#env.ui.dialog === dialog) this.#env.dialog({ ...dialog, error: errorWords(error) });
    }
  }

  #of(contact: string) {
    return { contact, now: this.#env.clock.now() };
  }

  get #contact(): Conversation | undefined {
    return contactOf({ ui: this.#env.ui, session: this.#env.session.getState() });
  }

  #about(work: (contact: Conversation) => void): void {
    const contact = this.#contact;
    if (contact !== undefined) work(contact);
  }

  /** Does something to the contact, closes the dialog it came from, and says that it was done. */
  #change(work: (contact: Conversation) => Promise<unknown>, words: (name: SafeText) => SafeText): void {
    const contact = this.#contact;
    if (contact === undefined) return;
    this.#env.dialog(null);
    const name = conversationTitle(contact);
    work(contact).then(() => this.#env.notify(words(name)), this.#env.report);
  }
}

const unitsMs: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** What a person means by a time to be muted: ms, for good, null for not at all; undefined: nothing that is known. */
function muteTime(text: string): number | 'good' | null | undefined {
  if (text === 'good') return 'good';
  if (text === 'off') return null;
  const [, amount, unit = ''] = /^([1-9]\d{0,3})([mhdw])$/.exec(text) ?? [];
  const unitMs = unitsMs[unit];
  return amount === undefined || unitMs === undefined ? undefined : Number(amount) * unitMs;
}
