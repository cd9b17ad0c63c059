/** The words about the other one of the open conversation: names, requests, blocking, muting, timers. */
import { mutedForGood } from '../../../core/index.ts';
import { expiryWords } from '../../../text/notice-words.ts';
import { sanitizeName } from '../../../text/sanitize.ts';
import { parseTimer } from '../../chat/disappearing.ts';
import { conversationHeading } from '../../panes/names.ts';
import { isolated } from '../words.ts';
import type { Common, VerbsOptions } from './common.ts';

const unitsMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

export class PeopleVerbs {
  readonly #options: VerbsOptions;
  readonly #common: Common;

  constructor(options: VerbsOptions, common: Common) {
    this.#options = options;
    this.#common = common;
  }

  contact(): void {
    const conversation = this.#options.reader.conversation();
    if (this.#common.isOpen() && conversation !== undefined)
      this.#options.paper.say([isolated(conversationHeading(conversation)), sanitizeName(conversation.id)]);
  }

  async blocked(): Promise<void> {
    const { session, paper } = this.#options;
    const blocked = (await session.contacts()).filter((contact) => contact.blocked);
    if (blocked.length === 0) this.#common.say('You have blocked nobody.');
    for (const { id, name, nickname } of blocked)
      paper.say([isolated(sanitizeName(nickname ?? name)), sanitizeName(id)].filter((part) => part !== ''));
  }

  copyContactId(): void {
    const { open } = this.#options.reader;
    if (this.#common.isOpen() && open !== null) this.#common.copy(open, 'The Account ID');
  }

  async nickname(name: string): Promise<void> {
    const { session, reader } = this.#options;
    if (!this.#common.isOpen() || reader.open === null) return;
    await session.changeContact(reader.open, { nickname: name === '' ? null : name });
    this.#common.say(
      name === '' ? 'Called as they call themselves.' : 'The nickname is kept, for this account only.',
    );
  }

  async mute(time: string | null): Promise<void> {
    const { session, reader, clock } = this.#options;
    if (!this.#common.isOpen() || reader.open === null) return;
    const [, amount, unit = ''] = /^(\d{1,4})([mhd])$/.exec(time ?? '') ?? [];
    const isTime = amount !== undefined;
    if (time !== null && time !== 'for good' && !isTime) {
      this.#common.say('A time is a number and m, h or d, such as 30m, 8h or 7d.');
      return;
    }
    const until = isTime ? clock.now() + Number(amount) * (unitsMs[unit] ?? 0) : mutedForGood;
    await session.changeContact(reader.open, { mutedUntil: time === null ? null : until });
    this.#common.say(
      time === null
        ? 'Not muted any more.'
        : `Muted ${isTime ? `for ${time}` : 'for good'}. /unmute undoes it.`,
    );
  }

  async pin(pinned: boolean): Promise<void> {
    const { session, reader } = this.#options;
    if (!this.#common.isOpen() || reader.open === null) return;
    await session.changeContact(reader.open, { pinned });
    this.#common.say(pinned ? 'Pinned to the top of the list.' : 'Not pinned any more.');
  }

  async change(what: 'accept' | 'decline' | 'block' | 'unblock' | 'hide' | 'remove'): Promise<void> {
    const { session, reader, confirm, onOpened } = this.#options;
    const id = reader.open;
    if (!this.#common.isOpen() || id === null) return;
    const leave = () => {
      reader.close();
      onOpened();
    };
    switch (what) {
      case 'accept':
        await session.acceptContact(id);
        this.#common.say('Accepted.');
        break;
      case 'decline':
        if (!(await confirm('Delete this request and its messages?'))) return;
        await session.declineRequest(id);
        leave();
        this.#common.say('Declined. No conversation is open now.');
        break;
      case 'block':
        if (!(await confirm('Block this person?'))) return;
        await session.setBlocked(id, true);
        leave();
        this.#common.say('Blocked. No conversation is open now.');
        break;
      case 'unblock':
        await session.setBlocked(id, false);
        this.#common.say('Not blocked any more.');
        break;
      case 'hide':
        await session.changeContact(id, { hidden: true });
        leave();
        this.#common.say('Off the list until the next message. No conversation is open now.');
        break;
      case 'remove':
        if (!(await confirm('Delete this contact and all messages, on all devices?'))) return;
        await session.removeContact(id);
        leave();
        this.#common.say('Deleted. No conversation is open now.');
        break;
    }
  }

  async timer(time: string): Promise<void> {
    const { session, reader } = this.#options;
    const conversation = reader.conversation();
    if (!this.#common.isOpen() || conversation === undefined) return;
    const expiry = time === '' ? conversation.expiry : parseTimer(time, conversation.kind === 'self');
    if (time !== '' && expiry === undefined) {
      this.#common.say('That is no time: type /timer 12h, /timer 1d send, or /timer off.');
      return;
    }
    if (time !== '') await session.setExpiry(conversation.id, expiry ?? null);
    if (expiry === undefined || expiry === null) this.#common.say('What you write here stays.');
    else this.#common.say(`What you write here disappears: messages go ${expiryWords(expiry)}.`);
  }
}
