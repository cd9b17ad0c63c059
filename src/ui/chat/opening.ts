/** Opens conversations, with the text that was left in each. */
import type { Message } from '../../core/types.ts';
import { parseAccountId } from '../../protocol/ids.ts';
import type { Composing } from './composing.ts';
import type { Environment } from './environment.ts';
import type { Reading } from './reading.ts';

export class Opening {
  readonly #env: Environment;
  readonly #composing: Composing;
  readonly #reading: Reading;

  constructor(env: Environment, composing: Composing, reading: Reading) {
    this.#env = env;
    this.#composing = composing;
    this.#reading = reading;
  }

  /** Opens a conversation where its unread messages begin. */
  openUnread(conversation: string): void {
    const { open, composer } = this.#env.ui;
    const draft = open === conversation ? composer : this.#composing.draftOf(conversation);
    void this.#composing.saveDrafts();
    this.#reading.openUnread(conversation, draft);
    void this.#composing.restoreAnswer(conversation);
  }

  /** Opens a conversation at its end, or at one of its messages. */
  open(conversation: string, message: Message | null = null): void {
    const { open, composer } = this.#env.ui;
    const draft = open === conversation ? composer : this.#composing.draftOf(conversation);
    void this.#composing.saveDrafts();
    if (message === null) this.#reading.open(conversation, draft);
    else this.#reading.openAt(message, draft);
    void this.#composing.restoreAnswer(conversation);
  }

  /** As `open`; somebody one has no conversation with gets one. */
  async openById(id: string, message: Message | null = null): Promise<void> {
    try {
      const { conversations } = this.#env.session.getState();
      const accountId = parseAccountId(id);
      const isKnown = conversations.some((conversation) => conversation.id === id);
      if (!isKnown && accountId !== null) await this.#env.session.startConversation(accountId);
      this.open(id, message);
    } catch (error) {
      this.#env.report(error);
    }
  }
}
