/** A closer look at a message: its links, its hidden characters, all of its lines; and the way to a date. */

import type { Message } from '../../core/types.ts';
import { findLinks } from '../../text/links.ts';
import { safe, sanitizeName, sanitizeText } from '../../text/sanitize.ts';
import { splitCommand } from '../../util/command-line.ts';
import { dialogRoom } from '../dialogs/dialog-view.ts';
import { lastLinkTop } from '../dialogs/links.ts';
import { scrollingLines } from '../dialogs/reading-dialogs.ts';
import { scrolledTop } from '../dialogs/scroll-keys.ts';
import { textBuffer } from '../input/text-buffer.ts';
import { settingOf } from '../setting-of.ts';
import type { LinksDialog, ReadingDialog } from '../state/reading-dialogs.ts';
import type { Chord } from '../terminal/keys.ts';
import type { LinkOpener } from '../terminal/link-opener.ts';
import { parseTime } from '../text/parse-time.ts';
import type { Environment } from './environment.ts';

export type LookingCommands = Readonly<{
  /** asks for a date, or goes to the one that was typed */
  toDate(text?: string): void;
  showLinks(): void;
  showHidden(): void;
  showWhole(): void;
}>;

export type LookingOptions = Readonly<{
  /** the selected message; null, and a word to the person, while none is */
  chosen(): Message | null;
  toTime(from: number): void;
  copy(text: string): void;
  opener: LinkOpener | null;
}>;

export class Looking implements LookingCommands {
  readonly #env: Environment;
  readonly #options: LookingOptions;

  constructor(env: Environment, options: LookingOptions) {
    this.#env = env;
    this.#options = options;
  }

  toDate(text = ''): void {
    const now = this.#env.clock.now();
    if (text === '') this.#env.dialog({ kind: 'date', field: textBuffer(), now, error: null });
    else this.#goTo(text, now);
  }

  showHidden(): void {
    const message = this.#options.chosen();
    if (message !== null) this.#env.dialog({ kind: 'lens', message, top: 0 });
  }

  showWhole(): void {
    const message = this.#options.chosen();
    if (message !== null) this.#env.dialog({ kind: 'whole', message, top: 0 });
  }

  showLinks(): void {
    const message = this.#options.chosen();
    if (message === null) return;
    const links = [...new Set(findLinks(sanitizeText(message.body)).map(({ url }) => url))];
    if (links.length === 0) {
      this.#env.notify(safe('That message has no link (http, https or mailto).'));
      return;
    }
    const program = this.#command()?.[0];
    const opener = program === undefined ? null : sanitizeName(program);
    this.#env.dialog({ kind: 'links', links, index: 0, top: 0, code: null, opener });
  }

  /** Keys that only these dialogs know; false for all others. */
  press(dialog: ReadingDialog, chord: Chord): boolean {
    if (dialog.kind === 'date') {
      if (chord !== 'enter') return false;
      const at = parseTime(dialog.field.text, dialog.now);
      const error = safe('That is no date. Try yesterday, last tuesday, 3 days ago, 24 Nov or 2026-11-24.');
      if (at === null) this.#env.dialog({ ...dialog, error });
      else this.#leaveFor(at);
      return true;
    }
    return dialog.kind === 'links' ? this.#inLinks(dialog, chord) : this.#scroll(dialog, chord);
  }

  #goTo(text: string, now: number): void {
    const at = parseTime(text, now);
    if (at === null)
      this.#env.notify(safe('That is no date. Try yesterday, last tuesday or 2026-11-24.'), 'error');
    else this.#leaveFor(at);
  }

  #leaveFor(at: number): void {
    this.#env.dialog(null);
    this.#options.toTime(at);
  }

  #scroll(dialog: ReadingDialog & Readonly<{ kind: 'lens' | 'whole' }>, chord: Chord): boolean {
    const { columns, rows } = this.#env.ui.size;
    const room = dialogRoom(columns, rows);
    const count = scrollingLines(dialog, this.#env.session.getState(), room, this.#env.theme).length;
    const top = scrolledTop(dialog.top, Math.max(0, count - room.height), room.height, chord);
    if (top === null) return false;
    this.#env.dialog({ ...dialog, top });
    return true;
  }

  #inLinks(dialog: LinksDialog, chord: Chord): boolean {
    const { links, index, code } = dialog;
    const link = links[index] ?? '';
    if (code !== null) {
      if (chord !== 'q' && chord !== 'escape' && chord !== 'enter') return false;
      this.#env.dialog({ ...dialog, code: null });
      return true;
    }
    if (chord === 'c' || (chord === 'enter' && dialog.opener === null)) {
      this.#env.dialog(null);
      this.#options.copy(link);
      this.#env.notify(safe('The link is on the clipboard, if the terminal allows that.'));
    } else if (chord === 'o' || chord === 'enter') void this.#open(link);
    else if (chord === 'q') void this.#showCode(dialog, link);
    else return this.#moveInLinks(dialog, chord);
    return true;
  }

  #moveInLinks(dialog: LinksDialog, chord: Chord): boolean {
    const { columns, rows } = this.#env.ui.size;
    const room = dialogRoom(columns, rows);
    const { links, index, top } = dialog;
    const digit = /^[1-9]$/.test(chord) ? Number(chord) - 1 : -1;
    const step = chord === 'up' ? -1 : chord === 'down' ? 1 : 0;
    const next = digit >= 0 ? digit : index + step;
    if ((digit >= 0 || step !== 0) && links.length > 1) {
      if (next >= 0 && next < links.length) this.#env.dialog({ ...dialog, index: next, top: 0 });
      return true;
    }
    const to = scrolledTop(top, lastLinkTop(dialog, room, this.#env.theme), room.height, chord);
    if (to === null) return false;
    this.#env.dialog({ ...dialog, top: to });
    return true;
  }

  async #showCode(dialog: LinksDialog, link: string): Promise<void> {
    const { renderUnicodeCompact } = await import('uqr');
    if (this.#env.ui.dialog !== dialog) return;
    try {
      const code = renderUnicodeCompact(link, { ecc: 'L', border: 2 });
      this.#env.dialog({ ...dialog, code: code.split('\n').map((line) => sanitizeText(line)) });
    } catch {
      this.#env.notify(safe('The link is too long for a QR code. Copy it instead.'));
    }
  }

  async #open(link: string): Promise<void> {
    const command = this.#command();
    const { opener } = this.#options;
    if (command === null || opener === null) {
      this.#env.notify(
        safe('Nothing here opens links. Set what does: session-tui settings set open-links COMMAND'),
      );
      return;
    }
    this.#env.dialog(null);
    const [program, ...args] = command;
    const filled = args.map((argument) => argument.replaceAll('{url}', link));
    const hasPlace = args.some((argument) => argument.includes('{url}'));
    const trouble = await opener.run([program, ...filled, ...(hasPlace ? [] : [link])]);
    if (trouble === null) this.#env.notify(sanitizeText(`Given to ${program}.`));
    else this.#env.notify(sanitizeText(trouble), 'error');
  }

  /** The program that opens links, as the setting or the surroundings name it. */
  #command(): readonly [string, ...string[]] | null {
    const { opener } = this.#options;
    const value = settingOf(this.#env.session, 'open-links') ?? 'auto';
    if (opener === null || value === 'off') return null;
    if (value === 'auto') return opener.automatic === null ? null : [opener.automatic];
    return splitCommand(String(value));
  }
}
