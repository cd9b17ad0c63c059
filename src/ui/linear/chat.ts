/**
 * The chat in linear output: typed lines become messages or slash words, done one after the other; what happens is
 * said by the announcer and the reader.
 */
import { maxBodyCodePoints } from '../../core/index.ts';
import type { Message, Session } from '../../core/types.ts';
import type { OscPayload } from '../../text/osc-payload.ts';
import { type SafeText, safe, sanitizeName } from '../../text/sanitize.ts';
import type { Clock } from '../../util/clock.ts';
import { Drafts } from '../chat/drafts.ts';
import { autoLockMinutes, IdleLock } from '../chat/idle-lock.ts';
import { Notifier } from '../chat/notifier.ts';
import { errorWords } from '../chat/words.ts';
import { codePointCount, textBuffer } from '../input/text-buffer.ts';
import type { OwnKeyFile } from '../keys/key-file.ts';
import type { CommandRunner } from '../terminal/command-runner.ts';
import type { FileSaver } from '../terminal/file-saver.ts';
import type { InputToken } from '../terminal/input-tokenizer.ts';
import { chordOf } from '../terminal/keys.ts';
import type { NotificationCommand, NotificationWay } from '../terminal/notification.ts';
import type { TextEditor } from '../terminal/text-editor.ts';
import { Announcer } from './announcing.ts';
import { commandOf, commandsNamed, type LinearCommand, needsArgument } from './commands.ts';
import { completed } from './completion.ts';
import { Finder } from './finding.ts';
import { shownLine, wholeLine } from './input-line.ts';
import { KeysInForce } from './keys-in-force.ts';
import { LineEditor } from './line-editor.ts';
import { MessageNumbers } from './numbers.ts';
import type { Paper } from './paper.ts';
import { Reader } from './reader.ts';
import { Verbs } from './verbs.ts';

export type LinearChatOptions = Readonly<{
  session: Session;
  paper: Paper;
  clock: Clock;
  columns: () => number;
  suspend: () => Promise<boolean>;
  lend: (work: (signal: AbortSignal) => Promise<void>) => Promise<void>;
  editor: TextEditor | null;
  runner: CommandRunner | null;
  saver: FileSaver | null;
  /** a person's own keys */
  ownKeys: OwnKeyFile;
  copy: (text: string) => boolean;
  notifyAway: (way: NotificationWay, words: OscPayload) => void;
  /** runs the person's own program for it; null: none can be run */
  notificationCommand: NotificationCommand | null;
  /** puts the question for the password in place of the chat, for good */
  lock: () => void;
  exit: (code: number) => void;
}>;

const typing = safe('> ');
const atOnce: readonly string[] = ['quit', 'lock', 'suspend'];
/** As in the chat UI: a path and a lone slash are text. */
const slashText = /^\/[a-z][a-z0-9-]*(?:\s|$)/i;

export class LinearChat {
  readonly #options: LinearChatOptions;
  readonly #numbers = new MessageNumbers();
  readonly #editor: LineEditor;
  readonly #drafts: Drafts;
  readonly #reader: Reader;
  readonly #finder: Finder;
  readonly #announcer: Announcer;
  readonly #notifier: Notifier;
  readonly #idle: IdleLock;
  readonly #verbs: Verbs;
  /** what is done now, and what follows it */
  #work: Promise<void> = Promise.resolve();
  #waiting = 0;
  #breaking = new AbortController();
  #answering: Message | null = null;
  #question: Readonly<{ prompt: SafeText; answer: (yes: boolean) => void; kept: string }> | null = null;
  #quitArmed = false;
  #isEditingOutside = false;
  #isOver = false;
  #unsubscribe: () => void = () => {};

  constructor(options: LinearChatOptions) {
    const { session, paper, clock, copy, suspend, lock, exit } = options;
    const numbers = this.#numbers;
    this.#options = options;
    const keys = new KeysInForce(session, options.ownKeys);
    this.#editor = new LineEditor('many', () => keys.keymap);
    this.#drafts = new Drafts(session, clock, this.#report);
    this.#reader = new Reader({ session, paper, numbers, report: this.#report });
    const reader = this.#reader;
    this.#finder = new Finder({ session, paper, clock, numbers, reader });
    this.#announcer = new Announcer({ session, paper, clock, numbers, reader });
    this.#notifier = new Notifier({
      session,
      clock,
      isSeen: (conversation) => conversation === reader.open && !paper.isTyping,
      notify: options.notifyAway,
      run: options.notificationCommand,
      complain: (words) => paper.say(words),
    });
    this.#idle = new IdleLock({
      clock,
      minutes: () => (this.#isEditingOutside ? null : autoLockMinutes(session)),
      warn: () => paper.say(safe('Locks in 10 seconds; any key keeps it open.'), { urgent: true }),
      lock,
    });
    this.#verbs = new Verbs({
      session,
      paper,
      clock,
      numbers,
      reader,
      finder: this.#finder,
      runner: options.runner,
      saver: options.saver,
      signal: () => this.#breaking.signal,
      onOpened: () => this.#onOpened(),
      answer: (message, text) => this.#answer(message, text),
      copy,
      edit: () => this.#editOutside(),
      lock,
      suspend,
      confirm: (words) => this.#confirm(words),
      exit,
    });
  }

  /** account ID of the open conversation */
  get openConversation(): string | null {
    return this.#reader.open;
  }

  async start(conversation: string | null): Promise<void> {
    const { session, paper } = this.#options;
    this.#reader.start();
    this.#announcer.start();
    this.#unsubscribe = session.onEvent((event) => this.#notifier.onEvent(event));
    this.#idle.start();
    const damaged = session.damage();
    if (damaged.length > 0) {
      const names = damaged.map(({ file, keptAs }) => sanitizeName(keptAs || file)).join(', ');
      paper.say(safe(`A part of the store is damaged and was set aside (${names}); the rest is here.`));
    }
    if (conversation !== null) this.#do(() => this.#verbs.conversations.openById(conversation, null));
    else paper.say(this.#greeting());
    await this.#work;
  }

  #greeting(): SafeText {
    const { conversations } = this.#options.session.getState();
    const unread = conversations.filter((one) => one.unread > 0).length;
    if (conversations.length === 0)
      return safe(
        'No conversations yet. /open and an Account ID starts one; /account says yours, to give to others. /help lists all words.',
      );
    const news = unread === 0 ? 'nothing unread' : `${unread} with unread messages`;
    const count = conversations.length === 1 ? '1 conversation' : `${conversations.length} conversations`;
    return safe(`${count}, ${news}. /list names them, /open NAME opens one, /help lists all words.`);
  }

  /** Saves what was written, and lets go of everything. */
  async stop(): Promise<void> {
    this.#isOver = true;
    this.#unsubscribe();
    this.#idle.stop();
    this.#notifier.stop();
    this.#announcer.stop();
    this.#finder.stop();
    this.#breaking.abort(new Error('the chat is over'));
    this.#options.paper.forget();
    this.#question?.answer(false);
    this.#question = null;
    await this.#work;
    this.#reader.stop();
    await this.#drafts.save();
  }

  handleToken(token: InputToken): void {
    if (this.#isOver || this.#idle.pressed()) return;
    const chord = token.kind === 'key' ? chordOf(token.key) : '';
    if (chord !== 'ctrl-c') this.#quitArmed = false;
    if (chord === 'escape') {
      this.#giveUpAnswer();
      return;
    }
    const event = this.#editor.handle(token);
    if (event.kind === 'changed') this.#changed();
    else if (event.kind === 'line') this.#submit(event.text);
    else if (event.action?.name === 'composer.clear') this.#clearOrQuit();
    else if (event.chord === 'ctrl-d') this.#press('quit');
    else if (event.action?.name === 'screen.redraw') this.#options.paper.redraw();
    else if (event.chord === 'tab') this.#complete();
    else this.#press(event.action?.name ?? '');
  }

  // --- the line being typed

  get #prompt(): SafeText {
    if (this.#question !== null) return this.#question.prompt;
    if (this.#answering === null) return typing;
    return safe(`answer to #${this.#numbers.give(this.#answering)}> `);
  }

  /** `isSent`: what stood there went out, which says by itself that it is not typed any more. */
  #changed(isSent = false): void {
    const open = this.#reader.open;
    if (open !== null && this.#question === null) {
      const draft = this.#draft();
      if (!isSent && draft.text !== this.#drafts.get(open).text)
        this.#options.session.setTyping(open, draft.text !== '');
      this.#drafts.set(open, draft);
    }
    this.#show();
  }

  /** What of the line is a message begun: a slash word is none. */
  #draft() {
    return slashText.test(this.#editor.buffer.text) ? textBuffer() : this.#editor.buffer;
  }

  /** Nothing stands on the row while nothing is typed, and nothing was asked. */
  #show(): void {
    const { paper, columns } = this.#options;
    const isIdle = this.#editor.isEmpty && this.#question === null && this.#answering === null;
    if (isIdle) paper.wipe();
    else paper.show(shownLine(this.#prompt, this.#editor.buffer, columns()));
  }

  #clearOrQuit(): void {
    const { paper, session, exit } = this.#options;
    if (this.#question !== null) this.#answerQuestion('n');
    else if (!this.#editor.isEmpty) {
      this.#editor.set('');
      this.#changed();
    } else if (this.#answering !== null) this.#giveUpAnswer();
    else if (this.#waiting > 0 || this.#finder.stop()) this.#break();
    else if (this.#quitArmed) exit(0);
    else {
      const { queued } = session.getState();
      const waiting = queued === 0 ? '' : ` ${queued} still queued: kept, and sent the next time.`;
      paper.say(safe(`Press Ctrl-C again to quit.${waiting}`));
      this.#quitArmed = true;
    }
  }

  #break(): void {
    this.#breaking.abort(new Error('given up'));
    this.#breaking = new AbortController();
    this.#options.paper.say(safe('Given up.'));
  }

  #giveUpAnswer(): void {
    if (this.#answering === null) return;
    this.#answering = null;
    this.#show();
    this.#options.paper.say(safe('Not answering any more.'));
  }

  #complete(): void {
    const { session, paper } = this.#options;
    const { text, candidates } = completed(this.#editor.buffer.text, session.getState().conversations);
    paper.asked();
    if (candidates.length > 0) paper.say(candidates);
    if (text !== this.#editor.buffer.text) {
      this.#editor.replace(text);
      this.#changed();
    }
  }

  /** A key of the chat UI: its word is done, or put on the line if something has to follow it. */
  #press(action: string): void {
    const command = commandOf(action);
    if (command === null || this.#question !== null) return;
    if (!needsArgument(command)) {
      this.#options.paper.asked();
      // Whoever wants to go does not wait for what is under way.
      if (atOnce.includes(command.word)) Promise.resolve(command.run(this.#verbs, '')).catch(this.#report);
      else this.#do(() => command.run(this.#verbs, ''));
    } else if (this.#editor.isEmpty) {
      this.#editor.set(`/${command.word} `);
      this.#changed();
    } else this.#options.paper.say(safe(`Finish the line first, then: /${command.word}`), { urgent: true });
  }

  // --- lines

  #submit(text: string): void {
    const { paper } = this.#options;
    if (this.#question !== null) {
      this.#answerQuestion(text);
      return;
    }
    const isWord = slashText.test(text);
    if (!isWord && codePointCount(text) > maxBodyCodePoints) {
      this.#editor.set(text);
      const count = codePointCount(text);
      const words = `Too long to send: ${count} characters, a message holds ${maxBodyCodePoints}. Shorten it or send it in parts.`;
      paper.say(safe(words), { urgent: true });
      return;
    }
    this.#editor.remember(text);
    const prompt = this.#prompt;
    const answered = isWord ? null : this.#answering;
    if (!isWord && text.trim() !== '') this.#answering = null;
    paper.end(wholeLine(prompt, text));
    if (text.trim() === '') {
      this.#show();
      return;
    }
    this.#do(() => (isWord ? this.#runWord(text) : this.#send(text.replace(/^\/\//, '/'), answered)));
    this.#changed(!isWord);
  }

  async #runWord(text: string): Promise<void> {
    const { paper } = this.#options;
    const [, word = '', argument = ''] = /^\/(\S*)\s*([\s\S]*)$/.exec(text) ?? [];
    const found = commandsNamed(word.toLowerCase());
    const command = found.length === 1 ? found[0] : undefined;
    if (command === undefined)
      paper.say(
        found.length === 0
          ? safe(
              'There is no such word. /help lists them. A message that begins with a slash needs two of them.',
            )
          : safe(`That could be ${found.map((one) => `/${one.word}`).join(', ')}.`),
      );
    else await this.#run(command, argument.trim());
  }

  async #run(command: LinearCommand, argument: string): Promise<void> {
    if (needsArgument(command) && argument === '')
      this.#options.paper.say(safe(`Say also what: /${command.word} ${command.argument}`));
    else await command.run(this.#verbs, argument);
  }

  async #send(text: string, answered: Message | null): Promise<void> {
    const { session, paper } = this.#options;
    const open = this.#reader.open;
    if (open === null) {
      paper.say(
        safe('Not sent: no conversation is open. /open NAME opens one; Up brings back what you typed.'),
      );
      return;
    }
    const unexpect = this.#announcer.expect(open, text);
    try {
      await session.queueMessage(open, text, answered === null ? {} : { replyTo: answered.id });
    } catch (error) {
      paper.say(errorWords(error));
      // Nothing was stored: the text goes back to where it came from, unless something new stands there.
      if (this.#editor.isEmpty && this.#reader.open === open) {
        this.#answering ??= answered;
        this.#editor.set(text);
        this.#changed();
      }
    } finally {
      unexpect();
    }
  }

  #answer(message: Message, text: string | null): void {
    if (text !== null) this.#do(() => this.#send(text, message));
    else {
      this.#answering = message;
      this.#show();
    }
  }

  #onOpened(): void {
    const { paper } = this.#options;
    this.#answering = null;
    const open = this.#reader.open;
    const draft = open === null ? textBuffer() : this.#drafts.get(open);
    if (this.#editor.isEmpty && draft.text !== '') {
      paper.say(safe('Your draft:'));
      this.#editor.set(draft.text);
    }
    this.#show();
  }

  // --- one thing after the other

  #do(step: () => void | Promise<void>): void {
    this.#waiting += 1;
    this.#work = this.#work
      .then(() => (this.#isOver ? undefined : step()))
      .catch(this.#report)
      .finally(() => {
        this.#waiting -= 1;
      });
  }

  readonly #report = (error: unknown): void => {
    if (!this.#isOver && !this.#breaking.signal.aborted && !isGivenUp(error))
      this.#options.paper.say(errorWords(error));
  };

  /** Asks yes or no where the line is typed; what stood there comes back. */
  #confirm(words: string): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#question = { prompt: safe(`${words} y or n: `), answer: resolve, kept: this.#editor.buffer.text };
    this.#options.paper.wipe();
    this.#editor.set('');
    this.#show();
    return promise;
  }

  #answerQuestion(text: string): void {
    const question = this.#question;
    if (question === null) return;
    this.#options.paper.end(wholeLine(question.prompt, text));
    this.#question = null;
    this.#editor.set(question.kept);
    this.#show();
    question.answer(/^\s*y(?:es)?\s*$/i.test(text));
  }

  // --- what needs the terminal or the clock

  /** As the chat UI's: it does not lock meanwhile, and the edited text comes back to the line. */
  async #editOutside(): Promise<void> {
    const { editor, lend, paper } = this.#options;
    if (editor === null) {
      paper.say(safe('No editor can be started from here.'));
      return;
    }
    this.#isEditingOutside = true;
    try {
      await lend(async (signal) => {
        const result = await editor(this.#draft().text, signal);
        if (result.kind === 'edited') this.#editor.replace(result.text);
        else paper.say(safe(result.reason));
        this.#changed();
        await this.#drafts.save();
      });
    } finally {
      this.#isEditingOutside = false;
    }
    if (this.#idle.pressed()) return;
    if (!this.#editor.isEmpty) paper.say(safe('Enter sends what you wrote:'), { urgent: true });
    this.#show();
  }
}

function isGivenUp(error: unknown): boolean {
  return error instanceof Error && error.message === 'given up';
}
