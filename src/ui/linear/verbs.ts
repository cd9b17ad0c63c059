/** What the slash words of linear output do: asks the session, and says the answer. */
import { mutedForGood } from '../../core/index.ts';
import type { Conversation, Message, Session } from '../../core/types.ts';
import { parseAccountId } from '../../protocol/ids.ts';
import { expiryWords } from '../../text/notice-words.ts';
import { joinSafe, type SafeText, safe, sanitizeName, sanitizeText } from '../../text/sanitize.ts';
import type { Clock } from '../../util/clock.ts';
import { defaultFileName } from '../chat/acting.ts';
import { parseTimer } from '../chat/disappearing.ts';
import { peopleOf } from '../chat/model.ts';
import { shellLine } from '../dialogs/command.ts';
import { hasEmoji, loadEmoji } from '../input/emoji.ts';
import { conversationHeading } from '../panes/names.ts';
import type { CommandRunner } from '../terminal/command-runner.ts';
import type { FileSaver } from '../terminal/file-saver.ts';
import { parseTime } from '../text/parse-time.ts';
import { slowMs } from './asking.ts';
import {
  commandsNamed,
  type LinearCommand,
  type LinearGroup,
  type LinearVerbs,
  linearCommands,
} from './commands.ts';
import {
  accountLines,
  hiddenLines,
  infoLines,
  linkLines,
  networkLines,
  outputOf,
  settingLine,
  settingLines,
} from './facts.ts';
import type { Finder } from './finding.ts';
import type { MessageNumbers } from './numbers.ts';
import type { Paper } from './paper.ts';
import type { Reader } from './reader.ts';
import { conversationWords, isolated, joined, messageLines, nameOf } from './words.ts';

export type VerbsOptions = Readonly<{
  session: Session;
  paper: Paper;
  clock: Clock;
  numbers: MessageNumbers;
  reader: Reader;
  finder: Finder;
  runner: CommandRunner | null;
  saver: FileSaver | null;
  /** aborted by Ctrl-C */
  signal: () => AbortSignal;
  /** the conversation that was open is another one now: drafts, answers */
  onOpened: () => void;
  /** answers a message with a text, or (null) with the next line */
  answer: (message: Message, text: string | null) => void;
  /** puts a text on the clipboard; false: this terminal has none */
  copy: (text: string) => boolean;
  edit: () => Promise<void>;
  lock: () => void;
  suspend: () => Promise<boolean>;
  /** asks a question; false also where no answer came */
  confirm: (words: string) => Promise<boolean>;
  exit: (code: number) => void;
}>;

const groups: readonly LinearGroup[] = ['Conversations', 'Reading', 'Messages', 'Program'];
const nothingListed = {
  all: 'There are no conversations yet. Start one: /open and an Account ID. /account says yours.',
  unread: 'Nothing is unread.',
  requests: 'There are no message requests.',
} as const;
const unitsMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

export class Verbs implements LinearVerbs {
  readonly #options: VerbsOptions;
  /** ids in the order of the last list */
  #listed: readonly string[] = [];

  constructor(options: VerbsOptions) {
    this.#options = options;
  }

  help(word: string): void {
    const wanted = word.replace(/^\//, '');
    if (wanted !== '') {
      const found = commandsNamed(wanted);
      if (found.length === 0) this.#say('There is no such word. /help lists all of them.');
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

  list(which: 'all' | 'unread' | 'requests'): void {
    const { session, clock, paper } = this.#options;
    const { conversations } = session.getState();
    const shown = conversations.filter(
      ({ unread, request }) => which === 'all' || (which === 'unread' ? unread > 0 : request),
    );
    this.#listed = shown.map(({ id }) => id);
    if (shown.length === 0) {
      this.#say(nothingListed[which]);
      return;
    }
    const now = clock.now();
    paper.say([
      ...shown.map((one, index) => joined(safe(`${index + 1}. `), conversationWords(one, now))),
      safe('/open and a number or name opens one.'),
    ]);
  }

  async open(name: string): Promise<void> {
    const found = this.#candidates(name);
    if (found.length > 1) {
      this.#listed = found.map(({ id }) => id);
      this.#options.paper.say([
        safe('That fits several:'),
        ...found.map((one, index) => joined(safe(`${index + 1}. `), isolated(conversationHeading(one)))),
        safe('/open and one of these numbers.'),
      ]);
      return;
    }
    const id = found[0]?.id ?? (await this.#resolve(name));
    await this.openById(id, null);
  }

  /** Opens a conversation, new or not, at its end or at a message. */
  async openById(id: string, message: string | null): Promise<void> {
    const { session, reader, paper, onOpened } = this.#options;
    const accountId = parseAccountId(id);
    if (reader.conversation(id) === undefined && accountId !== null)
      await session.startConversation(accountId);
    const conversation = reader.conversation(id);
    if (conversation !== undefined) paper.say(heading(conversation));
    if (await reader.openAt(id, message)) onOpened();
  }

  /** By number in the last list, by whole name, or by its beginning. */
  #candidates(name: string): readonly Conversation[] {
    const { conversations } = this.#options.session.getState();
    const number = /^\d{1,5}$/.test(name) ? this.#listed[Number(name) - 1] : undefined;
    if (number !== undefined) return conversations.filter(({ id }) => id === number);
    const wanted = name.toLocaleLowerCase();
    const named = (fits: (title: string) => boolean) =>
      conversations.filter((one) =>
        fits(
          nameOf(one)
            .replace(/[\u2068\u2069]/g, '')
            .toLocaleLowerCase(),
        ),
      );
    const exact = named((title) => title === wanted);
    return exact.length > 0 ? exact : named((title) => title.startsWith(wanted));
  }

  async #resolve(name: string): Promise<string> {
    const { session, clock, signal } = this.#options;
    const cancel = clock.after(slowMs, () => this.#say('Looking that name up… Ctrl-C ends it.'));
    try {
      const given = signal();
      const givenUp = new Promise<never>((_, reject) => {
        given.addEventListener('abort', () => reject(given.reason), { once: true });
      });
      return await Promise.race([session.resolveRecipient(name, given), givenUp]);
    } finally {
      cancel();
    }
  }

  close(): void {
    const { reader, onOpened } = this.#options;
    if (this.#isOpen()) {
      reader.close();
      onOpened();
      this.#say('No conversation is open now.');
    }
  }

  async search(words: string, where: 'here' | 'everywhere'): Promise<void> {
    const { finder, reader } = this.#options;
    // Not waited for: what is typed meanwhile goes on.
    void finder.find(words, where === 'here' ? reader.open : null);
  }

  async read(what: 'older' | 'newer' | 'newest' | 'oldest' | 'first-unread'): Promise<void> {
    const { reader } = this.#options;
    if (!this.#isOpen()) return;
    if (what === 'first-unread') await reader.firstUnread();
    else await reader[what]();
  }

  async goTo(number: string): Promise<void> {
    const message = this.#message(number);
    if (message === null) return;
    if (message.conversation === this.#options.reader.open) await this.#options.reader.goTo(message.id);
    else await this.openById(message.conversation, message.id);
  }

  async quoted(number: string): Promise<void> {
    const message = this.#messageHere(number);
    if (message !== null) await this.#options.reader.quotedBy(message);
  }

  answer(argument: string): void {
    const [, number = '', text = ''] = /^(\S+)\s*([\s\S]*)$/.exec(argument) ?? [];
    const message = this.#messageHere(number);
    if (message !== null) this.#options.answer(message, text === '' ? null : text);
  }

  /** As it is shown: what a paste would do somewhere else is seen before. */
  copy(number: string): void {
    const message = this.#message(number);
    if (message === null) return;
    if (message.body === '') this.#say('That message has no text.');
    else this.#copy(sanitizeText(message.body), 'The text');
  }

  copyAccountId(): void {
    this.#copy(this.#options.session.getState().account.accountId, 'Your Account ID');
  }

  #copy(text: string, what: string): void {
    if (this.#options.copy(text)) this.#say(`${what} is on the clipboard, if the terminal allows that.`);
    else this.#say('This terminal has no clipboard that can be reached.');
  }

  async info(number: string): Promise<void> {
    const { paper, reader, numbers, session, clock } = this.#options;
    const message = this.#message(number);
    if (message === null) return;
    const trace = await session.messageTrace(message.id);
    const own = session.getState().account.accountId;
    const conversation = reader.conversation(message.conversation);
    const known = { trace, own, now: clock.now() };
    paper.say(infoLines(message, numbers.give(message), conversation, known));
  }

  /** The first in the order of the list; the one that is open has been read. */
  async next(): Promise<void> {
    const { conversations } = this.#options.session.getState();
    const { open } = this.#options.reader;
    const next = conversations.find(({ id, unread, request }) => unread > 0 && !request && id !== open);
    if (next === undefined) this.#say('Nothing else is unread. /requests lists message requests.');
    else await this.openById(next.id, null);
  }

  async timer(time: string): Promise<void> {
    const { session, reader } = this.#options;
    const conversation = reader.conversation();
    if (!this.#isOpen() || conversation === undefined) return;
    const expiry = time === '' ? conversation.expiry : parseTimer(time, conversation.kind === 'self');
    if (time !== '' && expiry === undefined) {
      this.#say('That is no time: type /timer 12h, /timer 1d send, or /timer off.');
      return;
    }
    if (time !== '') await session.setExpiry(conversation.id, expiry ?? null);
    if (expiry === undefined || expiry === null) this.#say('What you write here stays.');
    else this.#say(`What you write here disappears: messages go ${expiryWords(expiry)}.`);
  }

  /** On, or off if it is one's own and there already. */
  async react(argument: string): Promise<void> {
    const [, number = '', text = ''] = /^(\S+)\s+(\S+)$/.exec(argument) ?? [];
    if (text === '') {
      this.#say('Say also what: /react N EMOJI, or /react N :joy:');
      return;
    }
    const message = this.#message(number);
    if (message === null) return;
    const name = text.replace(/^:|:$/g, '').toLowerCase();
    const emoji = hasEmoji(text) ? text : (await loadEmoji()).named(name);
    if (emoji === null) {
      this.#say('No emoji is called that. Type one, or its name, such as :joy: or :thumbsup:');
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
      this.#say('Say /delete N, or /delete N everyone.');
      return;
    }
    const message = this.#message(number);
    if (message === null) return;
    const everyone = who === 'everyone';
    const question = `Delete #${numbers.give(message)} ${everyone ? 'for everyone' : 'here'}?`;
    if (await confirm(question)) await session.deleteMessage(message.id, { everyone });
  }

  async save(argument: string): Promise<void> {
    const { session, saver, paper, reader } = this.#options;
    const [, number = '', file = ''] = /^(\S+)\s*([\s\S]*)$/.exec(argument) ?? [];
    const message = this.#message(number);
    if (message === null) return;
    if (saver === null) this.#say('No file can be written from here.');
    else if (message.body === '')
      this.#say(
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

  async goToDate(date: string): Promise<void> {
    const { reader, clock } = this.#options;
    const at = parseTime(date, clock.now());
    if (at === null) this.#say('That is no date. Try yesterday, last tuesday or 2026-11-24.');
    else if (this.#isOpen()) await reader.goToTime(at);
  }

  links(number: string): void {
    const message = this.#message(number);
    if (message !== null) this.#options.paper.say(linkLines(message));
  }

  hidden(number: string): void {
    const message = this.#message(number);
    if (message !== null) this.#options.paper.say(hiddenLines(message));
  }

  whole(number: string): void {
    const { paper, reader, numbers, session } = this.#options;
    const message = this.#message(number);
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
    const message = command === '' ? null : this.#message(number);
    const isOff = session.settings().find(({ key }) => key === 'pipes')?.value === 'off';
    if (command === '') this.#say('Say also what: /pipe N COMMAND');
    else if (isOff) this.#say('The setting pipes is off.');
    else if (runner === null) this.#say('No command can be started from here.');
    else if (message?.body === '') this.#say('That message has no text.');
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
    if (number !== '') message = this.#message(number);
    else if (this.#isOpen() && reader.open !== null) {
      const recent = await session.messages(reader.open, { limit: 200 });
      message = recent.findLast(({ status }) => status === 'failed');
      if (message === undefined) this.#say('Nothing here has failed. Queued messages go out by themselves.');
    }
    if (message === null || message === undefined) return;
    if (message.status === 'failed') await session.retryMessage(message.id);
    else this.#say('Only a message that failed can be sent again. Queued ones go out by themselves.');
  }

  edit(): Promise<void> {
    return this.#isOpen() ? this.#options.edit() : Promise.resolve();
  }

  network(): void {
    this.#options.paper.say(networkLines(this.#options.session.getState()));
  }

  account(): void {
    this.#options.paper.say(accountLines(this.#options.session.getState()));
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
    else if (setting === undefined) this.#say('There is no setting of that name. /settings lists them.');
    else paper.say(value === '' ? settingLines(setting) : settingLine(setting));
  }

  contact(): void {
    const conversation = this.#options.reader.conversation();
    if (this.#isOpen() && conversation !== undefined)
      this.#options.paper.say([isolated(conversationHeading(conversation)), sanitizeName(conversation.id)]);
  }

  async blocked(): Promise<void> {
    const { session, paper } = this.#options;
    const blocked = (await session.contacts()).filter((contact) => contact.blocked);
    if (blocked.length === 0) this.#say('You have blocked nobody.');
    for (const { id, name, nickname } of blocked)
      paper.say([isolated(sanitizeName(nickname ?? name)), sanitizeName(id)].filter((part) => part !== ''));
  }

  copyContactId(): void {
    const { open } = this.#options.reader;
    if (this.#isOpen() && open !== null) this.#copy(open, 'The Account ID');
  }

  async nickname(name: string): Promise<void> {
    const { session, reader } = this.#options;
    if (!this.#isOpen() || reader.open === null) return;
    await session.changeContact(reader.open, { nickname: name === '' ? null : name });
    this.#say(
      name === '' ? 'Called as they call themselves.' : 'The nickname is kept, for this account only.',
    );
  }

  async mute(time: string | null): Promise<void> {
    const { session, reader, clock } = this.#options;
    if (!this.#isOpen() || reader.open === null) return;
    const [, amount, unit = ''] = /^(\d{1,4})([mhd])$/.exec(time ?? '') ?? [];
    const isTime = amount !== undefined;
    if (time !== null && time !== 'for good' && !isTime) {
      this.#say('A time is a number and m, h or d, such as 30m, 8h or 7d.');
      return;
    }
    const until = isTime ? clock.now() + Number(amount) * (unitsMs[unit] ?? 0) : mutedForGood;
    await session.changeContact(reader.open, { mutedUntil: time === null ? null : until });
    this.#say(
      time === null
        ? 'Not muted any more.'
        : `Muted ${isTime ? `for ${time}` : 'for good'}. /unmute undoes it.`,
    );
  }

  async pin(pinned: boolean): Promise<void> {
    const { session, reader } = this.#options;
    if (!this.#isOpen() || reader.open === null) return;
    await session.changeContact(reader.open, { pinned });
    this.#say(pinned ? 'Pinned to the top of the list.' : 'Not pinned any more.');
  }

  async change(what: 'accept' | 'decline' | 'block' | 'unblock' | 'hide' | 'remove'): Promise<void> {
    const { session, reader, confirm, onOpened } = this.#options;
    const id = reader.open;
    if (!this.#isOpen() || id === null) return;
    const leave = () => {
      reader.close();
      onOpened();
    };
    switch (what) {
      case 'accept':
        await session.acceptContact(id);
        this.#say('Accepted.');
        break;
      case 'decline':
        if (!(await confirm('Delete this request and its messages?'))) return;
        await session.declineRequest(id);
        leave();
        this.#say('Declined. No conversation is open now.');
        break;
      case 'block':
        if (!(await confirm('Block this person?'))) return;
        await session.setBlocked(id, true);
        leave();
        this.#say('Blocked. No conversation is open now.');
        break;
      case 'unblock':
        await session.setBlocked(id, false);
        this.#say('Not blocked any more.');
        break;
      case 'hide':
        await session.changeContact(id, { hidden: true });
        leave();
        this.#say('Off the list until the next message. No conversation is open now.');
        break;
      case 'remove':
        if (!(await confirm('Delete this contact and all messages, on all devices?'))) return;
        await session.removeContact(id);
        leave();
        this.#say('Deleted. No conversation is open now.');
        break;
    }
  }

  lock(): void {
    const { session, lock } = this.#options;
    if (!session.getState().unprotected) lock();
    else
      this.#say(
        'Without a password there is nothing to lock with. Quit, then: session-tui lock-password set',
      );
  }

  async suspend(): Promise<void> {
    if (!(await this.#options.suspend()))
      this.#say('There is no shell to bring it back (fg), so it was not suspended.');
  }

  async quit(): Promise<void> {
    const { session, confirm, exit } = this.#options;
    const { queued } = session.getState();
    const [are, stay] = queued === 1 ? ['message is', 'It stays'] : ['messages are', 'They stay'];
    if (queued > 0) {
      this.#say(`${queued} ${are} still waiting to go out. ${stay} queued and will be sent the next time.`);
      if (!(await confirm('Quit now?'))) return;
    }
    exit(0);
  }

  #message(number: string): Message | null {
    const message = this.#options.numbers.find(number);
    if (message === null) this.#say('There is no message of that number. Each one is said with its number.');
    return message;
  }

  #messageHere(number: string): Message | null {
    const message = this.#message(number);
    if (message === null || message.conversation === this.#options.reader.open) return message;
    this.#say(`#${this.#options.numbers.give(message)} is in another conversation: /go to it first.`);
    return null;
  }

  #isOpen(): boolean {
    if (this.#options.reader.open !== null) return true;
    this.#say('No conversation is open. /list names them, /open NAME opens one.');
    return false;
  }

  #say(words: string): void {
    this.#options.paper.say(safe(words));
  }
}

function helpLine({ word, argument, title }: LinearCommand): SafeText {
  return safe(`/${word}${argument === '' ? '' : ` ${argument}`}: ${title}.`);
}

function heading(conversation: Conversation): SafeText {
  const { unread, request } = conversation;
  const parts = [
    joined(safe('Conversation: '), isolated(conversationHeading(conversation))),
    ...(request ? [safe('message request')] : []),
    ...(unread > 0 ? [safe(`${unread} unread`)] : []),
  ];
  return joined(joinSafe(parts, safe(', ')), safe('.'));
}
