/**
 * The chat UI line by line: lines are added and never changed, nothing moves the cursor. For screen readers, braille,
 * slow lines and script(1). Neither Ink nor React is loaded for it.
 */

import type { Messenger, Session } from '../../core/types.ts';
import { UsageError } from '../../errors.ts';
import { safe, sanitizeText } from '../../text/sanitize.ts';
import { HeldProfile } from '../held-profile.ts';
import { OwnKeyFile } from '../keys/key-file.ts';
import type { RunOptions } from '../run-options.ts';
import { settingOf } from '../setting-of.ts';
import { clipboardBytes } from '../terminal/clipboard.ts';
import type { InputToken } from '../terminal/input-tokenizer.ts';
import { notificationBytes } from '../terminal/notification.ts';
import { Asker } from './asking.ts';
import { LinearChat } from './chat.ts';
import { Device } from './device.ts';
import { onboard } from './onboarding.ts';
import { Paper } from './paper.ts';
import { unlock } from './unlock.ts';

export type LinearOptions = RunOptions &
  Readonly<{
    /** why it goes line by line although nobody asked for it: our own words */
    because?: string;
    /** the terminal knows printable characters, BEL, BS, CR and LF, and nothing else may reach it */
    isPlain?: boolean;
  }>;

/**
 * Runs until the person quits; gives the exit code, as `runChat` does. `opened` is a session to begin with, which is
 * closed at the end like any other. Throws what it cannot go on with, after the terminal is restored: UsageError
 * `no-terminal`; StoreError `locked`, `damaged`, `wrong-password` (of a password file), …
 */
export async function runLinear(options: LinearOptions, opened: Session | null = null): Promise<number> {
  const { stdin, stdout } = options;
  if (stdin.isTTY !== true || stdout.isTTY !== true)
    throw new UsageError(
      'no-terminal',
      'The chat UI needs a terminal, line by line too. For scripts there are commands such as send and receive: session-tui --help.',
    );
  return new LinearRun(options, opened).run();
}

class LinearRun {
  readonly #options: LinearOptions;
  readonly #exit = Promise.withResolvers<number>();
  readonly #ownKeys: OwnKeyFile;
  #device: Device | null = null;
  #paper: Paper | null = null;
  #asker: Asker | null = null;
  #chat: LinearChat | null = null;
  readonly #profile: HeldProfile;
  #isOver = false;

  constructor(options: LinearOptions, opened: Session | null) {
    this.#options = options;
    this.#profile = new HeldProfile(options, opened);
    this.#ownKeys = new OwnKeyFile(options.keyFile ?? null);
    this.#exit.promise.catch(() => {});
  }

  async run(): Promise<number> {
    try {
      await Promise.all([this.#profile.openQuietly(), this.#ownKeys.load()]);
      const { device, paper, asker } = this.#takeTerminal();
      const { because, welcome } = this.#options;
      if (because !== undefined) paper.say(sanitizeText(because));
      const { own, path } = this.#ownKeys;
      for (const problem of own.problems) paper.say(sanitizeText(`Your own keys, ${path}: ${problem}`));
      this.#first(asker, paper, welcome).catch(this.#exit.reject);
      return await Promise.race([this.#exit.promise, device.ended]);
    } finally {
      await this.#end();
    }
  }

  #takeTerminal() {
    const { stdin, stdout, platform, jobs = null, isPlain = false } = this.#options;
    const { clock } = platform;
    const device: Device = new Device({
      stdin,
      stdout,
      clock,
      jobs,
      isPlain,
      onToken: (token) => this.#handle(token),
      onLeave: () => this.#paper?.leave(),
      onTakenBack: () => this.#paper?.redraw(),
    });
    const paper = new Paper({ write: device.write, clock, holds: () => this.#holds() });
    const asker = new Asker({
      paper,
      clock,
      columns: () => device.columns,
      suspend: device.suspend,
      quit: this.#exit.resolve,
    });
    this.#device = device;
    this.#paper = paper;
    this.#asker = asker;
    return { device, paper, asker };
  }

  #handle(token: InputToken): void {
    if (this.#isOver) return;
    if (this.#chat !== null) this.#chat.handleToken(token);
    else this.#asker?.handle(token);
  }

  /** Questions are never torn; in the chat the setting decides. */
  #holds(): boolean {
    const { session } = this.#profile;
    if (this.#chat === null || session === null) return true;
    return settingOf(session, 'linear-input') !== 'redraw';
  }

  /** Unlock or onboarding where it is needed, then the chat. */
  async #first(asker: Asker, paper: Paper, welcome: string | undefined): Promise<void> {
    const { messenger, profile, password, noPassword, platform, openConversation = null } = this.#options;
    if (this.#profile.session === null) {
      let code: number | null;
      if (await this.#profile.isNew()) {
        const randomBytes = (length: number) => platform.randomBytes(length);
        const onSession = (session: Session) => {
          this.#profile.hold(session);
        };
        code = await onboard({
          messenger,
          profile,
          password,
          noPassword,
          randomBytes,
          asker,
          paper,
          onSession,
        });
      } else code = await this.#unlock(messenger);
      if (code !== null) {
        this.#exit.resolve(code);
        return;
      }
    }
    if (welcome !== undefined) paper.say(sanitizeText(welcome));
    this.#begin(openConversation);
  }

  /** Null once it is open, or the exit code of a person who gave up. */
  async #unlock(messenger: Pick<Messenger, 'openSession'>): Promise<number | null> {
    const asker = this.#asker;
    const paper = this.#paper;
    if (asker === null || paper === null) return 0;
    const opened = await unlock({ messenger, profile: this.#options.profile, asker, paper });
    if (typeof opened === 'number') return opened;
    this.#profile.hold(opened);
    return null;
  }

  #begin(conversation: string | null): void {
    const { session } = this.#profile;
    const device = this.#device;
    const paper = this.#paper;
    if (this.#isOver || session === null || device === null || paper === null) return;
    const { platform, editor = null, multiplexer = null, isPlain = false } = this.#options;
    const chat = new LinearChat({
      session,
      paper,
      clock: platform.clock,
      columns: () => device.columns,
      suspend: device.suspend,
      lend: device.lend,
      editor,
      ownKeys: this.#ownKeys,
      runner: this.#options.runner ?? null,
      saver: this.#options.saver ?? null,
      copy: (text) => {
        device.signal(clipboardBytes(text, multiplexer));
        return !isPlain;
      },
      notifyAway: (way, words) => device.signal(notificationBytes(way, words, multiplexer)),
      notificationCommand: this.#options.notificationCommand ?? null,
      lock: () => this.#lock(),
      exit: this.#exit.resolve,
    });
    this.#chat = chat;
    // What was typed before there was anybody to hear it.
    const ahead = this.#asker?.takeAhead() ?? [];
    void chat.start(conversation);
    for (const token of ahead) this.#handle(token);
    session.goOnline({ poll: true });
  }

  /**
   * Closes the session, all but its lock, and asks for the password. From here on nothing refers to what the chat
   * knew, but for the ID of the open conversation, which is opened again. What was said stays on the paper.
   */
  #lock(): void {
    const chat = this.#chat;
    const { session } = this.#profile;
    const paper = this.#paper;
    if (this.#isOver || chat === null || session === null || paper === null) return;
    const conversation = chat.openConversation;
    this.#chat = null;
    const locking = this.#profile.lock(session, chat);
    locking.catch(this.#exit.reject);
    paper.wipe();
    paper.say(safe('Locked. What was said before stays on this terminal.'));
    const openSession = async (_: string, password: string | null) => (await locking).unlock(password);
    this.#unlock({ openSession }).then((code) => {
      if (code !== null) this.#exit.resolve(code);
      else {
        paper.say(safe('Unlocked.'));
        this.#begin(conversation);
      }
    }, this.#exit.reject);
  }

  async #end(): Promise<void> {
    this.#isOver = true;
    this.#profile.over();
    this.#device?.close();
    try {
      await this.#chat?.stop();
    } finally {
      await this.#profile.close();
    }
  }
}
