import { inspect } from 'node:util';

/** Holds secret bytes so that printing, logging or serialising it shows nothing. */
export class Secret {
  #bytes: Uint8Array | null;

  /** Takes ownership of `bytes`: `wipe` overwrites them. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Lends the bytes for the time of `use`; they must not be kept. Throws once wiped. */
  withBytes<T>(use: (bytes: Uint8Array) => T): T {
    if (this.#bytes === null) throw new Error('a wiped secret was used');
    return use(this.#bytes);
  }

  wipe(): void {
    this.#bytes?.fill(0);
    this.#bytes = null;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
