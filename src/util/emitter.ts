/** A typed emitter of one event union. Listeners are called in order; one that throws does not stop the rest. */
export class Emitter<E> {
  readonly #listeners = new Set<(event: E) => void>();

  /** Adds a listener; the returned function removes it. */
  on(listener: (event: E) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  emit(event: E): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
