/** The words about one message, named by its number. */

import type { Message } from '../../../core/types.ts';
import { safe, sanitizeText } from '../../../text/sanitize.ts';
import { defaultFileName } from '../../chat/acting.ts';
import { peopleOf } from '../../chat/model.ts';
import { shellLine } from '../../dialogs/command.ts';
import { hasEmoji, loadEmoji } from '../../input/emoji.ts';
import { settingOf } from '../../setting-of.ts';
import { hiddenLines, infoLines, linkLines, outputOf } from '../facts.ts';
import { joined, messageLines } from '../words.ts';
import type { Common, VerbsOptions } from './common.ts';

export class MessageVerbs {
  readonly #options: VerbsOptions;
  readonly #common: Common;

  constructor(options: VerbsOptions, common: Common) {
    this.#options = options;
    this.#common = common;
  }

  answer(argument: string): void {
    const [, number = '', text = ''] = /^(\S+)\s*([\s\S]*)$/.exec(argument) ?? [];
    const message = this.#common.messageHere(number);
    if (message !== null) this.#options.answer(message, text === '' ? null : text);
  }

  /** As it is shown: what a paste would do somewhere else is seen before. */
  copy(number: string): void {
    const message = this.#common.message(number);
    if (message === null) return;
    if (message.body === '') this.#common.say('That message has no text.');
    else this.#common.copy(sanitizeText(message.body), 'The text');
  }

  async info(number: string): Promise<void> {
    const { paper, reader, numbers, session, clock } = this.#options;
    const message = this.#common.message(number);
    if (message === null) return;
    const trace = await session.messageTrace(message.id);
    const own = session.getState().account.accountId;
    const conversation = reader.conversation(message.conversation);
    const known = { trace, own, now: clock.now() };
    paper.say(infoLines(message, numbers.give(message), conversation, known));
  }

  /** On, or off if it is one's own and there already. */
  async react(argument: string): Promise<void> {
    const [, number = '', text = ''] = /^(\S+)\s+(\S+)$/.exec(argument) ?? [];
    if (text === '') {
      this.#common.say('Say also what: /react N EMOJI, or /react N :joy:');
      return;
    }
    const message = this.#common.message(number);
    if (message === null) return;
    const name = text.replace(/^:|:$/g, '').toLowerCase();
    const emoji = hasEmoji(text) ? text : (await loadEmoji()).named(name);
    if (emoji === null) {
      this.#common.say('No emoji is called that. Type one, or its name, such as :joy: or :thumbsup:');
      return;
    }
    const { session } = this.#options;
    const { accountId } = session.getState().account;
    const isThere =
      message.reactions?.some((one) => one.emoji === emoji && one.from.includes(accountId)) === true;
    await session.react(message.id, emoji, !isThere);
  }

  async remove(argument: string): Promise<void> {
    const { session, confirm, numbers } = this.#options;
    const [, number = '', who = ''] = /^(\S+)\s*(\S*)$/.exec(argument) ?? [];
    if (who !== '' && who !== 'everyone') {
      this.#common.say('Say /delete N, or /delete N everyone.');
      return;
    }
    const message = this.#common.message(number);
    if (message === null) return;
    const everyone = who === 'everyone';
    const question = `Delete #${numbers.give(message)} ${everyone ? 'for everyone' : 'here'}?`;
    if (await confirm(question)) await session.deleteMessage(message.id, { everyone });
  }

  async save(argument: string): Promise<void> {
    const { session, saver, paper, reader } = this.#options;
    const [, number = '', file = ''] = /^(\S+)\s*([\s\S]*)$/.exec(argument) ?? [];
    const message = this.#common.message(number);
    if (message === null) return;
    if (saver === null) this.#common.say('No file can be written from here.');
    else if (message.body === '')
      this.#common.say(
        message.attachments.length > 0
          ? 'That message has no text, only attachments; those can’t be saved yet.'
          : 'That message has no text.',
      );
    else {
      const name =
        message.direction === 'out'
          ? session.getState().account.name
          : (reader.conversation(message.conversation)?.name ?? '');
      const { body } = message;
      const path = await saver.save(
        file === '' ? defaultFileName(message.sentAt, name) : file,
        body.endsWith('\n') ? body : `${body}\n`,
      );
      paper.say(joined(safe('Saved as '), sanitizeText(path)));
    }
  }

  links(number: string): void {
    const message = this.#common.message(number);
    if (message !== null) this.#options.paper.say(linkLines(message));
  }

  hidden(number: string): void {
    const message = this.#common.message(number);
    if (message !== null) this.#options.paper.say(hiddenLines(message));
  }

  whole(number: string): void {
    const { paper, reader, numbers, session } = this.#options;
    const message = this.#common.message(number);
    if (message === null) return;
    const conversation = reader.conversation(message.conversation);
    const people = peopleOf(session.getState());
    const context = { people, number: numbers.give(message), conversation, quoted: null, quotedNumber: null };
    paper.say(messageLines(message, context, Number.POSITIVE_INFINITY));
  }

  /** Asks before it runs: what stands in a message is somebody else's. */
  async pipe(argument: string): Promise<void> {
    const { session, runner, paper, confirm, signal } = this.#options;
    const [, number = '', command = ''] = /^(\S+)\s+([\s\S]+)$/.exec(argument) ?? [];
    const message = command === '' ? null : this.#common.message(number);
    const isOff = settingOf(session, 'pipes') === 'off';
    if (command === '') this.#common.say('Say also what: /pipe N COMMAND');
    else if (isOff) this.#common.say('The setting pipes is off.');
    else if (runner === null) this.#common.say('No command can be started from here.');
    else if (message?.body === '') this.#common.say('That message has no text.');
    else if (message !== null) {
      paper.say(joined(safe('This runs: '), shellLine([...runner.shell, command])));
      if (!(await confirm('Run it?'))) return;
      const result = await runner.run(command, message.body, signal());
      if (result.kind === 'failed') paper.say(sanitizeText(result.reason));
      else paper.say(outputOf(result));
    }
  }

  async retry(number: string): Promise<void> {
    const { session, reader } = this.#options;
    let message: Message | null | undefined;
    if (number !== '') message = this.#common.message(number);
    else if (this.#common.isOpen() && reader.open !== null) {
      const recent = await session.messages(reader.open, { limit: 200 });
      message = recent.findLast(({ status }) => status === 'failed');
      if (message === undefined)
        this.#common.say('Nothing here has failed. Queued messages go out by themselves.');
    }
    if (message === null || message === undefined) return;
    if (message.status === 'failed') await session.retryMessage(message.id);
    else this.#common.say('Only a message that failed can be sent again. Queued ones go out by themselves.');
  }

  edit(): Promise<void> {
    return this.#common.isOpen() ? this.#options.edit() : Promise.resolve();
  }
}
