/** Leaving the chat: quitting, locking, going back to the shell for a while. */
import { joinSafe, safe } from '../../text/sanitize.ts';
import { keyWords } from '../keys/hints.ts';
import type { Dialog } from '../state/ui-state.ts';
import type { Environment } from './environment.ts';

export type LeavingCommands = Readonly<{
  /** empties what is being typed; on nothing, and twice, it quits */
  clearOrQuit(): void;
  /** asks first while something is queued */
  quit(): void;
  suspend(): void;
  lock(): void;
}>;

export type LeavingOptions = Readonly<{
  clearDialog: (dialog: Dialog) => void;
  clearText: () => void;
  /** false: no shell waits for the terminal */
  suspend: () => Promise<boolean>;
  lock: () => void;
  exit: (code: number) => void;
}>;

export class Leaving implements LeavingCommands {
  readonly #env: Environment;
  readonly #options: LeavingOptions;

  constructor(env: Environment, options: LeavingOptions) {
    this.#env = env;
    this.#options = options;
  }

  clearOrQuit(): void {
    const { dialog, composer, open, quitArmed } = this.#env.ui;
    if (dialog !== null) this.#options.clearDialog(dialog);
    else if (open !== null && composer.text !== '') this.#options.clearText();
    else if (quitArmed) this.#options.exit(0);
    else {
      const { queued } = this.#env.session.getState();
      const waiting = queued === 0 ? '' : ` ${queued} still queued: kept, and sent the next time.`;
      const again = keyWords(this.#env.ui.keymap, 'Press {composer.clear} again to quit.');
      this.#env.notify(joinSafe([again, safe(waiting)], safe('')));
      this.#env.store.dispatch({ kind: 'quit-armed', armed: true });
    }
  }

  quit(): void {
    if (this.#env.session.getState().queued > 0) this.#env.dialog({ kind: 'quit' });
    else this.#options.exit(0);
  }

  async suspend(): Promise<void> {
    if (await this.#options.suspend()) return;
    this.#env.notify(safe('There is no shell to bring it back (fg), so it was not suspended.'));
  }

  lock(): void {
    if (!this.#env.session.getState().unprotected) this.#options.lock();
    else {
      this.#env.dialog(null);
      this.#env.notify(
        safe('Without a password there is nothing to lock with. Quit, then: session-tui lock-password set'),
      );
    }
  }
}
