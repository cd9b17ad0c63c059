/** What the parts of the chat controller share: the states they read, and how they say that something went wrong. */
import type { Session } from '../../core/types.ts';
import type { SafeText } from '../../text/sanitize.ts';
import type { Clock } from '../../util/clock.ts';
import type { ChatLayout } from '../state/layout.ts';
import type { Store } from '../state/store.ts';
import type { Dialog, Focus, UiEvent, UiState } from '../state/ui-state.ts';
import type { Theme } from '../theme/theme.ts';
import { errorWords } from './words.ts';

export type ChatStore = Store<UiState, UiEvent>;

export type EnvironmentOptions = Readonly<{
  session: Session;
  store: ChatStore;
  layoutOf: (state: UiState) => ChatLayout;
  theme: Theme;
  clock: Clock;
}>;

export class Environment {
  readonly session: Session;
  readonly store: ChatStore;
  readonly theme: Theme;
  readonly clock: Clock;
  readonly #layoutOf: (state: UiState) => ChatLayout;

  constructor({ session, store, layoutOf, theme, clock }: EnvironmentOptions) {
    this.session = session;
    this.store = store;
    this.theme = theme;
    this.clock = clock;
    this.#layoutOf = layoutOf;
  }

  get ui(): UiState {
    return this.store.getState();
  }

  get layout(): ChatLayout {
    return this.#layoutOf(this.ui);
  }

  focus(focus: Focus): void {
    this.store.dispatch({ kind: 'focused', focus });
  }

  dialog(dialog: Dialog | null): void {
    this.store.dispatch({ kind: 'dialog', dialog });
  }

  notify(text: SafeText, tone: 'info' | 'error' = 'info'): void {
    this.store.dispatch({ kind: 'notice', notice: { text, tone } });
  }

  /** Says what went wrong; for promises that nobody awaits. */
  readonly report = (error: unknown): void => {
    this.notify(errorWords(error), 'error');
  };
}
