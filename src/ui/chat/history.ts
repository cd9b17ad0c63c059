/** What one sent before in a conversation, walked through in the composer, the newest first. */
import type { Session } from '../../core/types.ts';

const pageMessages = 100;
/** Further back one searches. */
const maxTexts = 1000;

export class History {
  readonly #session: Session;
  #conversation = '';
  /** different ones in a row, the newest first */
  #texts: string[] = [];
  /** which of them stands in the composer; -1: none */
  #index = -1;
  /** what stood there before */
  #stash = '';
  /** id of the oldest message looked at; null: none yet */
  #before: string | null = null;
  #hasMore = true;

  constructor(session: Session) {
    this.#session = session;
  }

  /** True while a text stands in the composer as it was recalled. */
  isAt(conversation: string, text: string): boolean {
    return this.#index >= 0 && conversation === this.#conversation && this.#texts[this.#index] === text;
  }

  /** The text sent before the one that is shown, for a composer that shows `text`; null: there is none. */
  async older(conversation: string, text: string): Promise<string | null> {
    if (!this.isAt(conversation, text)) this.#begin(conversation, text);
    const next = this.#index + 1;
    while (next >= this.#texts.length && this.#hasMore) await this.#load();
    const older = this.#texts[next];
    if (older === undefined || conversation !== this.#conversation) return null;
    this.#index = next;
    return older;
  }

  /** The text sent after the one that is shown, at last what stood there before; null: none was recalled. */
  newer(conversation: string, text: string): string | null {
    if (!this.isAt(conversation, text)) return null;
    this.#index -= 1;
    return this.#texts[this.#index] ?? this.#stash;
  }

  #begin(conversation: string, text: string): void {
    this.#conversation = conversation;
    this.#texts = [];
    this.#index = -1;
    this.#stash = text;
    this.#before = null;
    this.#hasMore = true;
  }

  async #load(): Promise<void> {
    const conversation = this.#conversation;
    const place = this.#before === null ? {} : { before: this.#before };
    const page = await this.#session.messages(conversation, { limit: pageMessages, ...place });
    if (conversation !== this.#conversation) return;
    this.#before = page[0]?.id ?? null;
    this.#hasMore = page.length === pageMessages && this.#texts.length < maxTexts;
    for (const { direction, body } of page.toReversed())
      if (direction === 'out' && body !== '' && body !== this.#texts.at(-1)) this.#texts.push(body);
  }
}
