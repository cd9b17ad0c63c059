/** Unsent text and what it answers, one buffer a conversation, saved through the session a moment after the last key press. */
import type { Session } from '../../core/types.ts';
import type { Clock } from '../../util/clock.ts';
import { type TextBuffer, textBuffer } from '../input/text-buffer.ts';

const saveAfterMs = 500;

export class Drafts {
  readonly #session: Session;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #buffers = new Map<string, TextBuffer>();
  /** id of the message that the text answers, as far as this run knows */
  readonly #answers = new Map<string, string | null>();
  /** conversations whose saved draft is behind */
  readonly #unsaved = new Set<string>();
  #cancel: () => void = () => {};

  constructor(session: Session, clock: Clock, onError: (error: unknown) => void) {
    this.#session = session;
    this.#clock = clock;
    this.#onError = onError;
  }

  /** The text left in a conversation, with its undo steps if it was left in this run. */
  get(conversation: string): TextBuffer {
    const kept = this.#buffers.get(conversation);
    if (kept !== undefined) return kept;
    const { conversations } = this.#session.getState();
    return textBuffer(conversations.find(({ id }) => id === conversation)?.draft ?? '');
  }

  set(conversation: string, buffer: TextBuffer): void {
    const changed = this.get(conversation).text !== buffer.text;
    this.#buffers.set(conversation, buffer);
    if (changed) this.#saveSoon(conversation);
  }

  /** Id of the message that the text left in a conversation answers. */
  answeredIn(conversation: string): string | null {
    const known = this.#answers.get(conversation);
    if (known !== undefined) return known;
    const { conversations } = this.#session.getState();
    return conversations.find(({ id }) => id === conversation)?.draftAnswers ?? null;
  }

  setAnswered(conversation: string, message: string | null): void {
    const changed = this.answeredIn(conversation) !== message;
    this.#answers.set(conversation, message);
    if (changed) this.#saveSoon(conversation);
  }

  #saveSoon(conversation: string): void {
    this.#unsaved.add(conversation);
    this.#cancel();
    this.#cancel = this.#clock.after(saveAfterMs, () => void this.save());
  }

  /** Saves what is behind; resolves when the session has it. */
  async save(): Promise<void> {
    this.#cancel();
    const behind = [...this.#unsaved];
    this.#unsaved.clear();
    await Promise.all(
      behind.map(async (conversation) => {
        try {
          await this.#session.setDraft(
            conversation,
            this.get(conversation).text,
            this.answeredIn(conversation),
          );
        } catch (error) {
          this.#onError(error);
        }
      }),
    );
  }
}
