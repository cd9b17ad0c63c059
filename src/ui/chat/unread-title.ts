/** The window's title while the chat has the terminal: the program's name and how much is unread, never whose or what. */
import { settingOf } from '../setting-of.ts';
import type { Environment } from './environment.ts';

export type UnreadTitleOptions = Readonly<{
  isSeen(conversation: string): boolean;
  /** null: the title is left alone */
  setTitle(title: string | null): void;
}>;

export const programTitle = 'session-tui';

export class UnreadTitle {
  readonly #env: Environment;
  readonly #options: UnreadTitleOptions;
  #shown: string | null = null;
  #unsubscribe: () => void = () => {};

  constructor(env: Environment, options: UnreadTitleOptions) {
    this.#env = env;
    this.#options = options;
  }

  start(): void {
    this.#unsubscribe = this.#env.session.subscribe(this.#update);
    this.#update();
  }

  /** The title stays, without a number. */
  stop(): void {
    this.#unsubscribe();
    if (this.#shown !== null) this.#options.setTitle(programTitle);
  }

  readonly #update = (): void => {
    const title = this.#title();
    if (title === this.#shown) return;
    this.#shown = title;
    this.#options.setTitle(title);
  };

  #title(): string | null {
    const { session } = this.#env;
    if (settingOf(session, 'title') === 'off') return null;
    const now = this.#env.clock.now();
    const unread = session
      .getState()
      // What comes in before one's eyes is read a moment later.
      .conversations.filter(({ id, mutedUntil }) => (mutedUntil ?? 0) <= now && !this.#options.isSeen(id))
      .reduce((sum, conversation) => sum + conversation.unread, 0);
    return unread === 0 ? programTitle : `${programTitle} (${Math.min(unread, 9999)})`;
  }
}
