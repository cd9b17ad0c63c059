/** The words about the program itself: help, account, network, settings, leaving. */
import { type SafeText, safe, sanitizeText } from '../../../text/sanitize.ts';
import { commandsNamed, type LinearCommand, type LinearGroup, linearCommands } from '../commands.ts';
import { accountLines, networkLines, settingLine, settingLines } from '../facts.ts';
import type { Common, VerbsOptions } from './common.ts';

const groups: readonly LinearGroup[] = ['Conversations', 'Reading', 'Messages', 'Program'];

export class ProgramVerbs {
  readonly #options: VerbsOptions;
  readonly #common: Common;

  constructor(options: VerbsOptions, common: Common) {
    this.#options = options;
    this.#common = common;
  }

  help(word: string): void {
    const wanted = word.replace(/^\//, '');
    if (wanted !== '') {
      const found = commandsNamed(wanted);
      if (found.length === 0) this.#common.say('There is no such word. /help lists all of them.');
      else this.#options.paper.say(found.map(helpLine));
      return;
    }
    const lines: SafeText[] = [
      safe(
        'Type a message and press Enter to send it to the open conversation. What begins with a slash is a word:',
      ),
    ];
    for (const group of groups) {
      lines.push(safe(`${group}:`));
      lines.push(...linearCommands.filter((command) => command.group === group).map(helpLine));
    }
    lines.push(
      safe('A word can be shortened: /op Ana. A message that begins with a slash is typed with two of them.'),
      safe(
        'Ctrl-J starts a new line in a message, Tab completes words and names, Up brings back what was typed.',
      ),
      safe('Ctrl-C clears the line and, twice on an empty one, quits; so does Ctrl-D on an empty one.'),
    );
    this.#options.paper.say(lines);
  }

  network(): void {
    this.#options.paper.say(networkLines(this.#options.session.getState()));
  }

  account(): void {
    this.#options.paper.say(accountLines(this.#options.session.getState()));
  }

  copyAccountId(): void {
    this.#common.copy(this.#options.session.getState().account.accountId, 'Your Account ID');
  }

  async qr(): Promise<void> {
    const { renderUnicodeCompact } = await import('uqr');
    const { accountId } = this.#options.session.getState().account;
    this.#options.paper.say(sanitizeText(renderUnicodeCompact(accountId, { ecc: 'L', border: 2 })));
  }

  async settings(argument: string): Promise<void> {
    const { session, paper } = this.#options;
    const [, key = '', value = ''] = /^(\S+)\s*([\s\S]*)$/.exec(argument) ?? [];
    if (key === '') {
      paper.say([
        ...session.settings().map(settingLine),
        safe('/settings KEY VALUE changes one; /settings KEY says what it can be.'),
      ]);
      return;
    }
    if (value !== '') await session.setSetting(key, value);
    const setting = session.settings().find((one) => one.key === key);
    const words = key.toLowerCase();
    const about = session
      .settings()
      .filter((one) => `${one.key} ${one.description}`.toLowerCase().includes(words));
    if (setting === undefined && about.length > 0) paper.say(about.map(settingLine));
    else if (setting === undefined)
      this.#common.say('There is no setting of that name. /settings lists them.');
    else paper.say(value === '' ? settingLines(setting) : settingLine(setting));
  }

  lock(): void {
    const { session, lock } = this.#options;
    if (!session.getState().unprotected) lock();
    else
      this.#common.say(
        'Without a password there is nothing to lock with. Quit, then: session-tui lock-password set',
      );
  }

  async suspend(): Promise<void> {
    if (!(await this.#options.suspend()))
      this.#common.say('There is no shell to bring it back (fg), so it was not suspended.');
  }

  async quit(): Promise<void> {
    const { session, confirm, exit } = this.#options;
    const { queued } = session.getState();
    const [are, stay] = queued === 1 ? ['message is', 'It stays'] : ['messages are', 'They stay'];
    if (queued > 0) {
      this.#common.say(
        `${queued} ${are} still waiting to go out. ${stay} queued and will be sent the next time.`,
      );
      if (!(await confirm('Quit now?'))) return;
    }
    exit(0);
  }
}

function helpLine({ word, argument, title }: LinearCommand): SafeText {
  return safe(`/${word}${argument === '' ? '' : ` ${argument}`}: ${title}.`);
}
