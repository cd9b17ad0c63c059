/** Writing a message in the person's own editor, on a lent terminal. */
import { safe } from '../../text/sanitize.ts';
import type { TextEditor } from '../terminal/text-editor.ts';
import type { Composing } from './composing.ts';
import type { Environment } from './environment.ts';

export type OutsideEditorOptions = Readonly<{
  /** null: there is none */
  editor: TextEditor | null;
  lend: (work: (signal: AbortSignal) => Promise<void>) => Promise<unknown>;
  /** the editor has ended, and the terminal is not given back yet */
  ended: () => void;
}>;

export class OutsideEditor {
  readonly #env: Environment;
  readonly #composing: Pick<Composing, 'replace' | 'saveDrafts'>;
  readonly #options: OutsideEditorOptions;
  #isEditing = false;

  constructor(
    env: Environment,
    composing: Pick<Composing, 'replace' | 'saveDrafts'>,
    options: OutsideEditorOptions,
  ) {
    this.#env = env;
    this.#composing = composing;
    this.#options = options;
  }

  /** the terminal is lent to the editor */
  get isEditing(): boolean {
    return this.#isEditing;
  }

  /**
   * Lends the terminal to the editor. It does not lock meanwhile, which would lose the text; if the time is up
   * when the editor ends, the text is kept as a draft and the lock comes at once, before the chat is seen again.
   */
  async edit(): Promise<void> {
    const { ui } = this.#env;
    const { editor } = this.#options;
    if (ui.open === null || this.#isEditing) return;
    if (editor === null) {
      this.#env.notify(safe('No editor can be started from here.'));
      return;
    }
    this.#isEditing = true;
    try {
      await this.#options.lend(async (signal) => {
        const result = await editor(ui.composer.text, signal);
        if (result.kind === 'edited') this.#composing.replace(result.text);
        else this.#env.notify(safe(result.reason), 'error');
        await this.#composing.saveDrafts();
        this.#isEditing = false;
        this.#options.ended();
      });
    } catch (error) {
      this.#env.report(error);
    } finally {
      this.#isEditing = false;
    }
  }
}
