/** What is put on the clipboard by an action of its own. */
import type { Message } from '../../core/types.ts';
import { safe, sanitizeText } from '../../text/sanitize.ts';
import type { Environment } from './environment.ts';

export type CopyCommands = Readonly<{
  /** one's own */
  accountId(): void;
  /** the text of the selected message */
  message(): void;
}>;

export type CopyingOptions = Readonly<{
  /** the selected message; null, and a word to the person, while none is */
  chosen: () => Message | null;
  copy: (text: string) => void;
}>;

export class Copying implements CopyCommands {
  readonly #env: Environment;
  readonly #options: CopyingOptions;

  constructor(env: Environment, options: CopyingOptions) {
    this.#env = env;
    this.#options = options;
  }

  accountId(): void {
    this.#options.copy(this.#env.session.getState().account.accountId);
    this.#env.notify(safe('Your Account ID is on the clipboard, if the terminal allows that.'));
  }

  /** As it is shown: what a paste would do somewhere else is seen before. */
  message(): void {
    const message = this.#options.chosen();
    if (message === null) return;
    if (message.body === '') this.#env.notify(safe('That message has no text.'));
    else {
      this.#options.copy(sanitizeText(message.body));
      this.#env.notify(safe('The text is on the clipboard, if the terminal allows that.'));
    }
  }
}
