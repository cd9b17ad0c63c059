/** What all words of linear output need. */
import type { Message, Session } from '../../../core/types.ts';
import { safe } from '../../../text/sanitize.ts';
import type { Clock } from '../../../util/clock.ts';
import type { CommandRunner } from '../../terminal/command-runner.ts';
import type { FileSaver } from '../../terminal/file-saver.ts';
import type { Finder } from '../finding.ts';
import type { MessageNumbers } from '../numbers.ts';
import type { Paper } from '../paper.ts';
import type { Reader } from '../reader.ts';

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

/** Finds what the words name, and says where it can't be found. */
export class Common {
  readonly #options: VerbsOptions;

  constructor(options: VerbsOptions) {
    this.#options = options;
  }

  /** by its number, in any conversation; null, and a word to the person, where there is none */
  message(number: string): Message | null {
    const message = this.#options.numbers.find(number);
    if (message === null) this.say('There is no message of that number. Each one is said with its number.');
    return message;
  }

  /** as `message`, in the open conversation alone */
  messageHere(number: string): Message | null {
    const message = this.message(number);
    if (message === null || message.conversation === this.#options.reader.open) return message;
    this.say(`#${this.#options.numbers.give(message)} is in another conversation: /go to it first.`);
    return null;
  }

  /** a conversation is open; where none is, that is said */
  isOpen(): boolean {
    if (this.#options.reader.open !== null) return true;
    this.say('No conversation is open. /list names them, /open NAME opens one.');
    return false;
  }

  say(words: string): void {
    this.#options.paper.say(safe(words));
  }

  /** puts a text on the clipboard; `what` it is, to begin a sentence with */
  copy(text: string, what: string): void {
    if (this.#options.copy(text)) this.say(`${what} is on the clipboard, if the terminal allows that.`);
    else this.say('This terminal has no clipboard that can be reached.');
  }
}
