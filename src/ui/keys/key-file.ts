/** The file with a person's own keys, for as long as the UI runs: what it said, and changes of it. */
import { type SafeText, sanitizeText } from '../../text/sanitize.ts';
import { actions } from '../actions.ts';
import { takes } from '../keymap.ts';
import { maxOwnFileLength, noOwnFile, type OwnKeys, parseOwnKeys, withEntries } from './own-file.ts';
import type { Binding } from './types.ts';

/** Where the file is, for a person, and how it is read and written. */
export type KeyFile = Readonly<{
  path: string;
  /** its text, at most `maxLength` characters and one more; null: there is none. Throws where it can't be read. */
  read(maxLength: number): Promise<string | null>;
  /** replaces it as a whole, or throws and leaves it as it was */
  write(text: string): Promise<void>;
}>;

export class OwnKeyFile {
  readonly #file: KeyFile | null;
  #own: OwnKeys = noOwnFile;

  /** null: a UI without such a file, in which changes last until its end */
  constructor(file: KeyFile | null) {
    this.#file = file;
  }

  get own(): OwnKeys {
    return this.#own;
  }

  get path(): SafeText {
    return sanitizeText((this.#file?.path ?? 'no file').replaceAll('\n', ' '));
  }

  /** Reads the file. Never throws: what is wrong with it is among the problems. */
  async load(): Promise<void> {
    if (this.#file === null) return;
    try {
      const text = await this.#file.read(maxOwnFileLength);
      this.#own = text === null ? noOwnFile : parseOwnKeys(text, actions);
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown reason';
      this.#own = { ...noOwnFile, problems: [`It can't be read: ${reason}`], entries: null };
    }
  }

  /**
   * Stores other keys for one action, or with null those of the keymap again. False: the file is no JSON, and nothing
   * was changed. Throws where it can't be written.
   */
  async set(action: string, keys: readonly Binding[] | null): Promise<boolean> {
    const { entries, bindings } = this.#own;
    if (entries === null) return false;
    const changes = new Map<string, readonly Binding[] | null>();
    // What it takes from another action that has keys of its own is gone from there.
    for (const [name, held] of [...bindings].filter(([other]) => other !== action)) {
      const left = held.filter((one) => !(keys ?? []).some((claim) => takes(claim, one)));
      if (left.length < held.length) changes.set(name, left);
    }
    changes.set(action, keys);
    const text = withEntries(entries, changes);
    await this.#file?.write(text);
    this.#own = parseOwnKeys(text, actions);
    return true;
  }
}
