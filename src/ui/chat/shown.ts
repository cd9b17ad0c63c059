/**
 * Tells the session which messages were on the screen, so that `receive` does not print them again. Only messages
 * that no front end has shown yet are of interest: those stored before, and those that come in.
 */
import type { Session } from '../../core/types.ts';

export class ShownMessages {
  readonly #session: Session;
  readonly #onError: (error: unknown) => void;
  readonly #fresh = new Set<string>();
  #onScreen: readonly string[] = [];

  constructor(session: Session, onError: (error: unknown) => void) {
    this.#session = session;
    this.#onError = onError;
  }

  /** Learns what was stored before and not shown yet. */
  async start(): Promise<void> {
    try {
      for (const { id } of await this.#session.freshMessages()) this.#fresh.add(id);
    } catch (error) {
      this.#onError(error);
    }
    this.#acknowledge();
  }

  arrived(id: string): void {
    this.#fresh.add(id);
    this.#acknowledge();
  }

  /** These are on the screen now. */
  onScreen(ids: readonly string[]): void {
    this.#onScreen = ids;
    this.#acknowledge();
  }

  #acknowledge(): void {
    const seen = this.#onScreen.filter((id) => this.#fresh.delete(id));
    if (seen.length > 0) this.#session.acknowledge(seen).catch(this.#onError);
  }
}
