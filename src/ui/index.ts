/**
 * The chat UI: unlock or onboarding, then the chat, in a terminal. Ink and React are loaded here, lazily and while
 * the profile opens, so that nothing else of the program pays for them.
 */
import type { LockedProfile, Messenger, Session, SettingKey } from '../core/types.ts';
import { UsageError } from '../errors.ts';
import { sanitizeText } from '../text/sanitize.ts';
import type { Platform } from '../util/platform.ts';
import type { ChatController } from './chat/controller.ts';
import { type KeyFile, OwnKeyFile } from './keys/key-file.ts';
import type { LinearOptions } from './linear/run.ts';
import type { Stage } from './screens/host.tsx';
import { clipboardBytes } from './terminal/clipboard.ts';
import type { CommandRunner } from './terminal/command-runner.ts';
import type { FileSaver } from './terminal/file-saver.ts';
import type { JobControl } from './terminal/job-control.ts';
import type { LinkOpener } from './terminal/link-opener.ts';
import { type Multiplexer, type NotificationCommand, notificationBytes } from './terminal/notification.ts';
import type { InputStream, OutputStream } from './terminal/streams.ts';
import type { TextEditor } from './terminal/text-editor.ts';
import type { TerminalColors } from './theme/detect.ts';
import { themeChoices } from './theme/looks.ts';
import { theme } from './theme/theme.ts';

export type { KeyFile } from './keys/key-file.ts';
export type { LinearOptions } from './linear/run.ts';
export type { CommandResult, CommandRunner } from './terminal/command-runner.ts';
export type { FileSaver } from './terminal/file-saver.ts';
export { type JobControl, systemJobControl } from './terminal/job-control.ts';
export type { LinkOpener } from './terminal/link-opener.ts';
export { multiplexerOf, type NotificationCommand } from './terminal/notification.ts';
export type { InputStream, OutputStream } from './terminal/streams.ts';
export type { EditedText, TextEditor } from './terminal/text-editor.ts';
export { colorsOf, type TerminalColors } from './theme/detect.ts';

export type ChatUiOptions = Readonly<{
  messenger: Messenger;
  profile: string;
  /** from a password file: unlocks without asking, and is the password of a new account; null: ask */
  password: string | null;
  /** a new account gets no password, without asking */
  noPassword: boolean;
  /** account ID of a conversation to open at once, with the composer focused */
  openConversation?: string;
  /** one line or two to begin with, shown until the first key press */
  welcome?: string;
  /** what the terminal can show, as its environment says */
  colors: TerminalColors;
  /** for suspending; without it Ctrl-Z is refused */
  jobs?: JobControl;
  /** for a message in an editor of the person's own; without it that is refused */
  editor?: TextEditor;
  /** for opening links; without it none is */
  opener?: LinkOpener;
  /** the file with the person's own keys; without it changed keys last until the end */
  keyFile?: KeyFile;
  /** for commands of the person's own; without it they are refused */
  runner?: CommandRunner;
  /** for files of the person's own; without it none is written */
  saver?: FileSaver;
  /** runs a program of the person's own for a notification */
  notificationCommand?: NotificationCommand;
  /** what notifications and the clipboard have to pass on their way to the terminal */
  multiplexer?: Multiplexer;
  platform: Platform;
  stdin: InputStream;
  stdout: OutputStream;
}>;

type Screens = typeof import('./screens/stages.tsx');
type Host = InstanceType<Screens['ScreenHost']>;

/**
 * Runs until the person quits; gives the exit code (0, 130 after Ctrl-C or SIGINT, 128 + n for other signals). The
 * session is closed and the terminal restored, whatever the way out. Throws what it cannot go on with, after both:
 * UsageError `no-terminal`; StoreError `locked`, `damaged`, `wrong-password` (of a password file), …
 */
export async function runChat(options: ChatUiOptions): Promise<number> {
  const { stdin, stdout } = options;
  if (stdin.isTTY !== true || stdout.isTTY !== true)
    throw new UsageError(
      'no-terminal',
      'The chat UI needs a terminal. In scripts, use the commands: session-tui --help lists them.',
    );
  return new ChatRun(options).run();
}

/** As `runChat`, line by line: for screen readers, braille and slow lines. Loads neither Ink nor React. */
export async function runLinear(options: LinearOptions): Promise<number> {
  const linear = await import('./linear/run.ts');
  return linear.runLinear(options);
}

class ChatRun {
  readonly #options: ChatUiOptions;
  readonly #exit = Promise.withResolvers<number>();
  readonly #ownKeys: OwnKeyFile;
  #screens: Screens | null = null;
  #host: Host | null = null;
  #session: Session | null = null;
  #controller: ChatController | null = null;
  /** while the unlock screen stands where the chat was */
  #locked: Promise<LockedProfile> | null = null;
  /** ends following the session's settings */
  #unfollow: () => void = () => {};
  #over = false;

  constructor(options: ChatUiOptions) {
    this.#options = options;
    this.#ownKeys = new OwnKeyFile(options.keyFile ?? null);
    this.#exit.promise.catch(() => {});
  }

  async run(): Promise<number> {
    const loading = import('./screens/stages.tsx');
    loading.catch(() => {});
    try {
      await Promise.all([this.#openQuietly(), this.#ownKeys.load()]);
      if (isLinear(this.#session)) return await this.#goLinear();
      this.#screens = await loading;
      const host = this.#takeTerminal();
      await this.#first();
      return await Promise.race([this.#exit.promise, host.ended]);
    } finally {
      await this.#end();
    }
  }

  /** The chat if the profile is open, else what has to be asked. `run` itself must not know the session: it lasts. */
  async #first(): Promise<void> {
    if (this.#session !== null) this.#begin(this.#session);
    else await this.#ask();
  }

  /** Opens the profile if nothing has to be asked for it. A profile in use is found out before asking. */
  async #openQuietly(): Promise<void> {
    const { messenger, profile, password } = this.#options;
    if ((await messenger.profileState(profile)) === 'none') return;
    try {
      this.#hold(await messenger.openSession(profile, password));
    } catch (error) {
      if (password === null && hasCode(error, 'password-needed')) return;
      throw error;
    }
  }

  #takeTerminal(): Host {
    const { stdin, stdout, platform, colors, jobs, multiplexer } = this.#options;
    if (this.#screens === null) throw new Error('the screens are not loaded');
    this.#host = new this.#screens.ScreenHost(
      stdin,
      stdout,
      platform.clock,
      colors,
      jobs,
      multiplexer ?? null,
    );
    return this.#host;
  }

  #show(stage: Stage): void {
    if (!this.#over) this.#host?.show(stage);
  }

  /** Unlock or onboarding. */
  async #ask(): Promise<void> {
    const { messenger, profile, password, noPassword, platform } = this.#options;
    const host = this.#host;
    const screens = this.#screens;
    if (host === null || screens === null) return;
    const common = {
      messenger,
      profile,
      size: host.size,
      theme,
      onFailed: this.#exit.reject,
      onQuit: this.#exit.resolve,
    };
    if ((await messenger.profileState(profile)) === 'none') {
      const { createOnboarding } = await import('./onboarding/run.ts');
      const onboarding = createOnboarding({
        ...common,
        password,
        noPassword,
        randomBytes: (length) => platform.randomBytes(length),
        onSession: (session) => this.#hold(session),
        onDone: (session) => this.#begin(session),
      });
      this.#show(screens.formStage(onboarding, host.suspend));
    } else {
      const unlock = screens.createUnlock({
        ...common,
        onOpened: (session) => this.#begin(this.#hold(session)),
      });
      this.#show(screens.formStage(unlock, host.suspend));
    }
  }

  /** From here on the session is closed at the end; at once, if the end came while it was being opened. */
  #hold(session: Session): Session {
    this.#session = session;
    if (this.#over) void session.close();
    return session;
  }

  /** What the settings say of the terminal, now and whenever they change. */
  #follow(session: Session, host: Host): void {
    const apply = () => {
      const settings = session.settings();
      const settingOf = (name: SettingKey) => settings.find(({ key }) => key === name)?.value;
      host.setTheme(themeChoices.find((choice) => choice === settingOf('theme')) ?? 'auto');
      host.setMouse(settingOf('mouse') === 'on');
    };
    this.#unfollow = session.subscribe(apply);
    apply();
  }

  /** The theme stays as it is; nothing refers to the session any more. */
  #stopFollowing(): void {
    this.#unfollow();
    this.#unfollow = () => {};
    this.#host?.setMouse(false);
    this.#host?.setLean(false);
  }

  /** The rest of the run line by line, as the setting `screen` says; the session is closed there. */
  async #goLinear(): Promise<number> {
    this.#host?.close();
    const linear = await import('./linear/run.ts');
    const session = this.#session;
    this.#session = null;
    return linear.runLinear(this.#options, session);
  }

  /** The chat as the options want it to begin. */
  #begin(session: Session): void {
    if (isLinear(session)) {
      this.#goLinear().then(this.#exit.resolve, this.#exit.reject);
      return;
    }
    const { openConversation, welcome } = this.#options;
    this.#chat(session, {
      ...(openConversation === undefined ? {} : { conversation: openConversation }),
      ...(welcome === undefined ? {} : { welcome: sanitizeText(welcome) }),
    });
  }

  #chat(session: Session, start: Parameters<ChatController['start']>[0]): void {
    const host = this.#host;
    if (this.#over || host === null || this.#screens === null) return;
    const { stage, controller } = this.#screens.chatStage({
      session,
      size: host.size,
      theme,
      clock: this.#options.platform.clock,
      redraw: host.repaint,
      suspend: host.suspend,
      lend: host.lend,
      link: { measure: host.link, setLean: (isLean) => host.setLean(isLean) },
      hasFocus: () => host.hasFocus,
      copy: (text) => host.signal(clipboardBytes(text, this.#options.multiplexer ?? null)),
      notifyAway: (way, words) =>
        host.signal(notificationBytes(way, words, this.#options.multiplexer ?? null)),
      notificationCommand: this.#options.notificationCommand ?? null,
      setTitle: (title) => host.setTitle(title),
      editor: this.#options.editor ?? null,
      opener: this.#options.opener ?? null,
      ownKeys: this.#ownKeys,
      runner: this.#options.runner ?? null,
      saver: this.#options.saver ?? null,
      lock: () => this.#lock(),
      exit: this.#exit.resolve,
    });
    this.#controller = controller;
    this.#follow(session, host);
    host.show(stage);
    void controller.start(start);
    // The network comes after the first frame: what is stored can be read at once.
    session.goOnline({ poll: true });
  }

  /**
   * The unlock screen at once; then the session is closed, all but its lock. From here on nothing refers to what the
   * chat knew, but for the ID of the open conversation, which is opened again.
   */
  #lock(): void {
    const host = this.#host;
    const screens = this.#screens;
    const { profile } = this.#options;
    if (this.#over || host === null || screens === null) return;
    if (this.#controller === null || this.#session === null) return;
    const conversation = this.#controller.openConversation;
    this.#stopFollowing();
    const locking = putAway(this.#controller, this.#session);
    locking.catch(this.#exit.reject);
    this.#controller = null;
    this.#session = null;
    this.#locked = locking;
    const unlock = screens.createUnlock({
      messenger: { openSession: async (_, password) => (await locking).unlock(password) },
      profile,
      size: host.size,
      theme,
      onOpened: (session) => {
        this.#locked = null;
        this.#chat(this.#hold(session), conversation === null ? {} : { conversation });
      },
      onFailed: this.#exit.reject,
      onQuit: this.#exit.resolve,
    });
    this.#show(screens.formStage(unlock, host.suspend));
  }

  async #end(): Promise<void> {
    this.#over = true;
    this.#stopFollowing();
    await this.#host?.settle();
    this.#host?.close();
    try {
      await this.#controller?.stop();
    } finally {
      await this.#session?.close();
      const locked = await this.#locked?.catch(() => null);
      await locked?.close();
    }
  }
}

async function putAway(controller: ChatController, session: Session): Promise<LockedProfile> {
  await controller.stop();
  return session.lock();
}

function isLinear(session: Session | null): boolean {
  return session?.settings().find(({ key }) => key === 'screen')?.value === 'linear';
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
