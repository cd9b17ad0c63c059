/** Where the store's password comes from (contracts.md section 1, `--password-file`). Never from an argument or variable. */
import { readFile } from 'node:fs/promises';
import { messageOf, StoreError, UsageError } from '../errors.ts';
import { utf8Decode } from '../util/bytes.ts';
import type { CliIo } from './io.ts';
import { ask } from './prompt.ts';
import { firstLineOf, type StdinReader } from './stdin.ts';

const attempts = 3;

/** What is said while a new password is chosen. */
type ChoiceWords = Readonly<{
  /** nobody can be asked */
  missing: string;
  prompt: string;
  empty: string;
  /** all attempts went wrong */
  none: string;
}>;

export class PasswordSource {
  readonly #io: CliIo;
  readonly #signal: AbortSignal;
  readonly #given: () => Promise<string | null>;

  private constructor(io: CliIo, signal: AbortSignal, given: () => Promise<string | null>) {
    this.#io = io;
    this.#signal = signal;
    this.#given = given;
  }

  /** A file is read at once, so that a wrong name is wrong usage; standard input only when the password is needed. */
  static async open(
    io: CliIo,
    passwordFile: string | null,
    stdin: StdinReader,
    signal: AbortSignal,
  ): Promise<PasswordSource> {
    // `-` at a terminal is somebody typing: that is asked for, without showing it.
    const nothingGiven = passwordFile === null || (passwordFile === '-' && io.stdinIsTerminal);
    if (nothingGiven) return new PasswordSource(io, signal, async () => null);
    if (passwordFile === '-')
      return new PasswordSource(io, signal, async () => notEmpty(await stdin.firstLine()));
    const fromFile = await readPasswordFile(passwordFile);
    return new PasswordSource(io, signal, async () => notEmpty(fromFile));
  }

  /** The password given by file or standard input; null if neither was asked for. StoreError `password-needed` if empty. */
  given(): Promise<string | null> {
    return this.#given();
  }

  /**
   * Opens with the given password, or asks for it. `open` is first called with null, so that whatever comes before
   * the password (no account, locked) is told first.
   */
  async unlock<T>(
    open: (password: string | null, typed?: Readonly<{ signal: AbortSignal }>) => Promise<T>,
  ): Promise<T> {
    const given = await this.given();
    if (given !== null) return open(given);
    try {
      return await open(null);
    } catch (error) {
      const needed =
        error instanceof StoreError && error.code === 'password-needed' && error.fields.heldLocked !== true;
      if (!needed || !this.#io.stdinIsTerminal) throw error;
    }
    for (let attempt = 1; ; attempt++) {
      const password = await ask(this.#io, 'Password: ', { typed: 'hidden', signal: this.#signal });
      try {
        return await open(password, { signal: this.#signal });
      } catch (error) {
        const wrong =
          error instanceof StoreError &&
          error.fields.heldLocked !== true &&
          (error.code === 'wrong-password' || error.code === 'password-needed');
        if (!wrong || attempt >= attempts) throw error;
        this.#io.stderr.write('That is not the password. Try again.\n');
      }
    }
  }

  /** The password for a new account; null when none is wanted. StoreError `password-needed` where nobody can be asked. */
  async forNewAccount(noPassword: boolean): Promise<string | null> {
    if (noPassword) return null;
    return this.#choose(await this.given(), {
      missing: 'A new account needs a password. Give one with --password-file FILE, or say --no-password.',
      prompt: 'New password (for the messages on this machine): ',
      empty: 'An empty password is none. To go without one, say --no-password.',
      none: 'No password was chosen. Nothing was created.',
    });
  }

  /** Another password for a profile; `given` comes from `--new-password-file`. StoreError `password-needed`. */
  forChange(given: string | null): Promise<string> {
    return this.#choose(given === null ? null : notEmpty(given), {
      missing: 'A new password is needed. Give one with --new-password-file FILE.',
      prompt: 'New password: ',
      empty: 'An empty password is none. To go without one, use "lock-password remove".',
      none: 'No password was chosen. Nothing was changed.',
    });
  }

  /** A password for a backup; `given` comes from `--backup-password-file`. StoreError `password-needed`. */
  forNewBackup(given: string | null): Promise<string> {
    return this.#choose(given === null ? null : notEmpty(given), {
      missing:
        'This profile has no password that the backup could have too. Give it one with --backup-password-file FILE.',
      prompt: 'New password (for the backup): ',
      empty: 'An empty password is none, and a backup needs one.',
      none: 'No password was chosen. Nothing was written.',
    });
  }

  /** Opens a backup with the given password, or asks for it. StoreError `password-needed`, `wrong-password`. */
  async openBackup<T>(given: string | null, open: (password: string) => Promise<T>): Promise<T> {
    if (given !== null) return open(notEmpty(given));
    if (!this.#io.stdinIsTerminal) {
      throw new StoreError(
        'password-needed',
        'The backup has a password. Give it with --backup-password-file FILE.',
      );
    }
    for (let attempt = 1; ; attempt++) {
      const typed = await ask(this.#io, 'Password of the backup: ', {
        typed: 'hidden',
        signal: this.#signal,
      });
      try {
        return await open(typed);
      } catch (error) {
        const wrong = error instanceof StoreError && error.code === 'wrong-password';
        if (!wrong || attempt >= attempts) throw error;
        this.#io.stderr.write('That is not its password. Try again.\n');
      }
    }
  }

  async #choose(given: string | null, words: ChoiceWords): Promise<string> {
    if (given !== null) {
      this.#remark(given);
      return given;
    }
    if (!this.#io.stdinIsTerminal) throw new StoreError('password-needed', words.missing);
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const asking = { typed: 'hidden', signal: this.#signal } as const;
      const password = await ask(this.#io, words.prompt, asking);
      if (password === '') {
        this.#io.stderr.write(`${words.empty}\n`);
        continue;
      }
      if ((await ask(this.#io, 'The same again: ', asking)) === password) {
        this.#remark(password);
        return password;
      }
      this.#io.stderr.write('The two differ. Try again.\n');
    }
    throw new StoreError('password-needed', words.none);
  }

  #remark(password: string): void {
    if (this.#io.stdinIsTerminal && this.#io.stderrIsTerminal && isWeak(password)) {
      this.#io.stderr.write(
        'Note: that password is easy to guess. Longer is better: several words, for instance.\n',
      );
    }
  }
}

/** Short, or of few different characters: enough for a remark, not for a refusal. */
export function isWeak(password: string): boolean {
  const points = [...password];
  return points.length < 10 || new Set(points).size < 5;
}

/** The first line of a password file. UsageError `password-file` or `bad-utf8`. */
export async function readPasswordFile(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new UsageError('password-file', `The password file can't be read: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  const text = utf8Decode(firstLineOf(bytes).line);
  if (text === null) throw new UsageError('bad-utf8', 'The password file is not valid UTF-8.');
  return text;
}

function notEmpty(password: string): string {
  if (password === '') {
    throw new StoreError('password-needed', 'The password given is empty. Any other password will do.');
  }
  return password;
}
