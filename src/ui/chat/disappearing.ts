/** Setting when the messages of the open conversation vanish. */
import type { CoreEvent, Expiry } from '../../core/types.ts';
import { expiryWords } from '../../text/notice-words.ts';
import { safe } from '../../text/sanitize.ts';
import type { Environment } from './environment.ts';
import { openConversationOf } from './model.ts';

/** What actions ask of it. */
export type DisappearingCommands = Readonly<{
  /** says how it is, and how it is changed */
  tell(): void;
  /** `12h`, `1d send`, `30m read` or `off` */
  set(text: string): void;
}>;

const unitsSec: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** What a person typed; undefined where it means nothing. `read` is the default where both can be. */
export function parseTimer(text: string, isOwn: boolean): Expiry | null | undefined {
  const words = text.trim().toLowerCase();
  if (words === 'off') return null;
  const [, amount = '', unit = '', after] =
    /^(\d{1,7})\s*([smhdw])(?:\s+(?:after\s+)?(send|read))?$/.exec(words) ?? [];
  const seconds = Number(amount) * (unitsSec[unit] ?? Number.NaN);
  if (!(seconds > 0)) return undefined;
  const mode = (after ?? (isOwn ? 'send' : 'read')) === 'send' ? 'after-send' : 'after-read';
  return { mode, seconds };
}

export class Disappearing implements DisappearingCommands {
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  tell(): void {
    const open = openConversationOf(this.#env.session.getState(), this.#env.ui.open);
    if (open === undefined) return;
    const now =
      open.expiry === undefined
        ? 'What you write here stays.'
        : `What you write here disappears: messages go ${expiryWords(open.expiry)}.`;
    this.#env.notify(safe(`${now} Type /timer 12h, /timer 1d send, or /timer off.`));
  }

  set(text: string): void {
    const { session, ui } = this.#env;
    const open = openConversationOf(session.getState(), ui.open);
    if (open === undefined) return;
    const expiry = parseTimer(text, open.kind === 'self');
    if (expiry === undefined) {
      this.#env.notify(safe('That is no time: type /timer 12h, /timer 1d send, or /timer off.'), 'error');
      return;
    }
    session.setExpiry(open.id, expiry).catch((error: unknown) => this.#env.report(error));
  }

  /** A message is gone: it is answered no longer, and no dialog goes on showing it. */
  onEvent(event: CoreEvent): void {
    if (event.event !== 'deleted') return;
    const { ui, store } = this.#env;
    const { id, conversation } = event;
    if (ui.answered.get(conversation)?.id === id)
      store.dispatch({ kind: 'answering', conversation, message: null });
    const { dialog } = ui;
    if (dialog !== null && 'message' in dialog && dialog.message?.id === id) this.#env.dialog(null);
  }
}
