/** The words that list, open and leave conversations. */
import type { Conversation } from '../../../core/types.ts';
import { parseAccountId } from '../../../protocol/ids.ts';
import { joinSafe, type SafeText, safe } from '../../../text/sanitize.ts';
import { conversationHeading } from '../../panes/names.ts';
import { slowMs } from '../asking.ts';
import { conversationWords, isolated, joined, nameOf } from '../words.ts';
import type { Common, VerbsOptions } from './common.ts';

const nothingListed = {
  all: 'There are no conversations yet. Start one: /open and an Account ID. /account says yours.',
  unread: 'Nothing is unread.',
  requests: 'There are no message requests.',
} as const;

export class ConversationVerbs {
  readonly #options: VerbsOptions;
  readonly #common: Common;
  /** ids in the order of the last list */
  #listed: readonly string[] = [];

  constructor(options: VerbsOptions, common: Common) {
    this.#options = options;
    this.#common = common;
  }

  list(which: 'all' | 'unread' | 'requests'): void {
    const { session, clock, paper } = this.#options;
    const { conversations } = session.getState();
    const shown = conversations.filter(
      ({ unread, request }) => which === 'all' || (which === 'unread' ? unread > 0 : request),
    );
    this.#listed = shown.map(({ id }) => id);
    if (shown.length === 0) {
      this.#common.say(nothingListed[which]);
      return;
    }
    const now = clock.now();
    paper.say([
      ...shown.map((one, index) => joined(safe(`${index + 1}. `), conversationWords(one, now))),
      safe('/open and a number or name opens one.'),
    ]);
  }

  async open(name: string): Promise<void> {
    const found = this.#candidates(name);
    if (found.length > 1) {
      this.#listed = found.map(({ id }) => id);
      this.#options.paper.say([
        safe('That fits several:'),
        ...found.map((one, index) => joined(safe(`${index + 1}. `), isolated(conversationHeading(one)))),
        safe('/open and one of these numbers.'),
      ]);
      return;
    }
    const id = found[0]?.id ?? (await this.#resolve(name));
    await this.openById(id, null);
  }

  /** Opens a conversation, new or not, at its end or at a message. */
  async openById(id: string, message: string | null): Promise<void> {
    const { session, reader, paper, onOpened } = this.#options;
    const accountId = parseAccountId(id);
    if (reader.conversation(id) === undefined && accountId !== null)
      await session.startConversation(accountId);
    const conversation = reader.conversation(id);
    if (conversation !== undefined) paper.say(heading(conversation));
    if (await reader.openAt(id, message)) onOpened();
  }

  /** By number in the last list, by whole name, or by its beginning. */
  #candidates(name: string): readonly Conversation[] {
    const { conversations } = this.#options.session.getState();
    const number = /^\d{1,5}$/.test(name) ? this.#listed[Number(name) - 1] : undefined;
    if (number !== undefined) return conversations.filter(({ id }) => id === number);
    const wanted = name.toLocaleLowerCase();
    const named = (fits: (title: string) => boolean) =>
      conversations.filter((one) =>
        fits(
          nameOf(one)
            .replace(/[\u2068\u2069]/g, '')
            .toLocaleLowerCase(),
        ),
      );
    const exact = named((title) => title === wanted);
    return exact.length > 0 ? exact : named((title) => title.startsWith(wanted));
  }

  async #resolve(name: string): Promise<string> {
    const { session, clock, signal } = this.#options;
    const cancel = clock.after(slowMs, () => this.#common.say('Looking that name up… Ctrl-C ends it.'));
    try {
      const given = signal();
      const givenUp = new Promise<never>((_, reject) => {
        given.addEventListener('abort', () => reject(given.reason), { once: true });
      });
      return await Promise.race([session.resolveRecipient(name, given), givenUp]);
    } finally {
      cancel();
    }
  }

  close(): void {
    const { reader, onOpened } = this.#options;
    if (this.#common.isOpen()) {
      reader.close();
      onOpened();
      this.#common.say('No conversation is open now.');
    }
  }

  /** The first in the order of the list; the one that is open has been read. */
  async next(): Promise<void> {
    const { conversations } = this.#options.session.getState();
    const { open } = this.#options.reader;
    const next = conversations.find(({ id, unread, request }) => unread > 0 && !request && id !== open);
    if (next === undefined) this.#common.say('Nothing else is unread. /requests lists message requests.');
    else await this.openById(next.id, null);
  }
}

function heading(conversation: Conversation): SafeText {
  const { unread, request } = conversation;
  const parts = [
    joined(safe('Conversation: '), isolated(conversationHeading(conversation))),
    ...(request ? [safe('message request')] : []),
    ...(unread > 0 ? [safe(`${unread} unread`)] : []),
  ];
  return joined(joinSafe(parts, safe(', ')), safe('.'));
}
