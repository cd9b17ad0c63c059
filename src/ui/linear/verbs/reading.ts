/** The words that move through a conversation and find messages. */
import { parseTime } from '../../text/parse-time.ts';
import type { Common, VerbsOptions } from './common.ts';
import type { ConversationVerbs } from './conversations.ts';

export class ReadingVerbs {
  readonly #options: VerbsOptions;
  readonly #common: Common;
  readonly #openById: ConversationVerbs['openById'];

  constructor(options: VerbsOptions, common: Common, openById: ConversationVerbs['openById']) {
    this.#options = options;
    this.#common = common;
    this.#openById = openById;
  }

  async search(words: string, where: 'here' | 'everywhere'): Promise<void> {
    const { finder, reader } = this.#options;
    // Not waited for: what is typed meanwhile goes on.
    void finder.find(words, where === 'here' ? reader.open : null);
  }

  async read(what: 'older' | 'newer' | 'newest' | 'oldest' | 'first-unread'): Promise<void> {
    const { reader } = this.#options;
    if (!this.#common.isOpen()) return;
    if (what === 'first-unread') await reader.firstUnread();
    else await reader[what]();
  }

  async goTo(number: string): Promise<void> {
    const message = this.#common.message(number);
    if (message === null) return;
    if (message.conversation === this.#options.reader.open) await this.#options.reader.goTo(message.id);
    else await this.#openById(message.conversation, message.id);
  }

  async quoted(number: string): Promise<void> {
    const message = this.#common.messageHere(number);
    if (message !== null) await this.#options.reader.quotedBy(message);
  }

  async goToDate(date: string): Promise<void> {
    const { reader, clock } = this.#options;
    const at = parseTime(date, clock.now());
    if (at === null) this.#common.say('That is no date. Try yesterday, last tuesday or 2026-11-24.');
    else if (this.#common.isOpen()) await reader.goToTime(at);
  }
}
