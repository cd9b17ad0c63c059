/** Runs the search that the open dialog asks for, and ends it when it asks for another one or is gone. */
import type { Message } from '../../core/types.ts';
import type { SearchDialog } from '../state/ui-state.ts';
import type { Environment } from './environment.ts';
import { errorWords } from './words.ts';

/** So many results are listed; more words find less. */
const maxFound = 100;
/** A search begins when nothing was typed for this long. */
const pauseMs = 120;
const pageMessages = 20;

export class Searching {
  readonly #env: Environment;
  /** conversation and words of the search that was begun last; empty: none */
  #asked = '';
  #stop: AbortController = new AbortController();
  #unsubscribe: () => void = () => {};

  constructor(env: Environment) {
    this.#env = env;
  }

  start(): void {
    this.#unsubscribe = this.#env.store.subscribe(this.#follow);
  }

  stop(): void {
    this.#unsubscribe();
    this.#stop.abort();
  }

  readonly #follow = (): void => {
    const { dialog } = this.#env.ui;
    const isSearch = dialog?.kind === 'search';
    const asked = isSearch ? JSON.stringify([dialog.scope, dialog.field.text]) : '';
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#stop.abort();
    if (!isSearch || dialog.phase !== 'searching') return;
    this.#stop = new AbortController();
    void this.#search(dialog, this.#stop.signal);
  };

  async #search({ scope, field }: SearchDialog, signal: AbortSignal): Promise<void> {
    let found: readonly Message[] = [];
    let more = false;
    try {
      await this.#env.clock.sleep(pauseMs, signal);
      const hits =
        scope === null
          ? this.#env.session.search(field.text, signal)
          : this.#inOne(scope, field.text, signal);
      for await (const message of hits) {
        if (signal.aborted) return;
        more = found.length === maxFound;
        if (more) break;
        found = [...found, message];
        this.#update({ found });
      }
      if (!signal.aborted) this.#update({ phase: 'done', more });
    } catch (error) {
      if (!signal.aborted) this.#update({ phase: 'done', error: errorWords(error) });
    }
  }

  /** From the newest to the oldest. */
  async *#inOne(conversation: string, search: string, signal: AbortSignal): AsyncGenerator<Message> {
    let before: string | null = null;
    while (!signal.aborted) {
      const place: Readonly<{ before?: string }> = before === null ? {} : { before };
      const page = await this.#env.session.messages(conversation, { limit: pageMessages, search, ...place });
      yield* page.toReversed();
      const oldest = page[0];
      if (oldest === undefined || page.length < pageMessages) return;
      before = oldest.id;
    }
  }

  #update(change: Partial<Pick<SearchDialog, 'found' | 'phase' | 'more' | 'error'>>): void {
    const { dialog } = this.#env.ui;
    if (dialog?.kind === 'search') this.#env.dialog({ ...dialog, ...change });
  }
}
