/** Opens the dialogs that have an action of their own. */
import { insertLine, textBuffer } from '../input/text-buffer.ts';
import { type Dialog, searchFor } from '../state/ui-state.ts';
import type { Environment } from './environment.ts';

/** What actions ask for by opening a dialog. */
export type DialogCommands = Readonly<{
  /** with these words in its field */
  palette(words?: string): void;
  /** with an account ID or a name, it goes on at once */
  newConversation(recipient?: string): void;
  help(): void;
  network(): void;
  account(): void;
  /** in the open conversation or in all of them */
  search(where: 'here' | 'everywhere', words?: string): void;
}>;

export class DialogOpeners implements DialogCommands {
  readonly #env: Environment;
  readonly #enter: (dialog: Dialog) => void;

  /** `enter`: what Enter does in a dialog */
  constructor(env: Environment, enter: (dialog: Dialog) => void) {
    this.#env = env;
    this.#enter = enter;
  }

  palette(words = ''): void {
    this.#env.dialog({ kind: 'palette', field: insertLine(textBuffer(), words), index: 0 });
  }

  newConversation(recipient = ''): void {
    const field = insertLine(textBuffer(), recipient);
    const dialog = { kind: 'new-conversation', field, error: null, busy: false } as const;
    this.#env.dialog(dialog);
    if (recipient !== '') this.#enter(dialog);
  }

  help(): void {
    this.#env.dialog({ kind: 'help', top: 0 });
  }

  network(): void {
    this.#env.dialog({ kind: 'network', top: 0 });
  }

  account(): void {
    this.#env.dialog({ kind: 'account' });
  }

  search(where: 'here' | 'everywhere', words = ''): void {
    const scope = where === 'here' ? this.#env.ui.open : null;
    this.#env.dialog(searchFor(scope, insertLine(textBuffer(), words)));
  }
}
