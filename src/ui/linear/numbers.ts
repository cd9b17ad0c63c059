/** The numbers by which a person refers to messages: given when a message is said, never to another one. */
import type { Message } from '../../core/types.ts';

/** So many messages keep their number; older ones have to be looked up again. */
const maxKept = 10_000;

export class MessageNumbers {
  readonly #byNumber = new Map<number, Message>();
  readonly #byId = new Map<string, number>();
  #last = 0;

  /** The number of a message, a new one if it has none. What is known of the message is what it is now. */
  give(message: Message): number {
    const known = this.#byId.get(message.id);
    const number = known ?? this.#last + 1;
    if (known === undefined) {
      this.#last = number;
      this.#byId.set(message.id, number);
      this.#forgetOldest();
    }
    this.#byNumber.set(number, message);
    return number;
  }

  /** Null: it was not said yet. */
  of(id: string): number | null {
    return this.#byId.get(id) ?? null;
  }

  /** What a person means by `7` or `#7`; null: nothing. */
  find(text: string): Message | null {
    const digits = /^#?(\d{1,9})$/.exec(text)?.[1];
    return digits === undefined ? null : (this.#byNumber.get(Number(digits)) ?? null);
  }

  get(id: string): Message | null {
    const number = this.#byId.get(id);
    return number === undefined ? null : (this.#byNumber.get(number) ?? null);
  }

  /** A message is gone: its number means nothing any more, and nothing of it is kept. Null: it had none. */
  remove(id: string): number | null {
    const number = this.#byId.get(id) ?? null;
    this.#byId.delete(id);
    if (number !== null) this.#byNumber.delete(number);
    return number;
  }

  #forgetOldest(): void {
    const number = this.#last - maxKept;
    const message = this.#byNumber.get(number);
    if (message === undefined) return;
    this.#byNumber.delete(number);
    this.#byId.delete(message.id);
  }
}
