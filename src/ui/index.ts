/**
 * The chat UI: unlock or onboarding, then the chat, in a terminal. Ink and React are loaded here, lazily and while
 * the profile opens, so that nothing else of the program pays for them.
 */
import type { Session } from '../core/types.ts';
import { UsageError } from '../errors.ts';
import { sanitizeText } from '../text/sanitize.ts';
import type { ChatController } from './chat/controller.ts';
import { HeldProfile } from './held-profile.ts';
import { OwnKeyFile } from './keys/key-file.ts';
import type { LinearOptions } from './linear/run.ts';
import type { RunOptions } from './run-options.ts';
import type { Stage } from './screens/host.tsx';
import { settingOf } from './setting-of.ts';
import { clipboardBytes } from './terminal/clipboard.ts';
import type { LinkOpener } from './terminal/link-opener.ts';
import { notificationBytes } from './terminal/notification.ts';
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

export type ChatUiOptions = RunOptions &
  Readonly<{
    /** what the terminal can show, as its environment says */
    colors: TerminalColors;
    /** for opening links; without it none is */
    opener?: LinkOpener;
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
  readonly #profile: HeldProfile;
  #controller: ChatController | null = null;
  /** ends following the session's settings */
  #unfollow: () => void = () => {};
  #over = false;

  constructor(options: ChatUiOptions) {
    this.#options = options;
    this.#profile = new HeldProfile(options);
    this.#ownKeys = new OwnKeyFile(options.keyFile ?? null);
    this.#exit.promise.catch(() => {});
  }

  async run(): Promise<number> {
    const loading = import('./screens/stages.tsx');
    loading.catch(() => {});
    try {
      await Promise.all([this.#profile.openQuietly(), this.#ownKeys.load()]);
      if (isLinear(this.#profile.session)) return await this.#goLinear();
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
    const { session } = this.#profile;
    if (session !== null) this.#begin(session);
    else await this.#ask();
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
    if (await this.#profile.isNew()) {
      const { createOnboarding } = await import('./onboarding/run.ts');
      const onboarding = createOnboarding({
        ...common,
        password,
        noPassword,
        randomBytes: (length) => platform.randomBytes(length),
        onSession: (session) => this.#profile.hold(session),
        onDone: (session) => this.#begin(session),
      });
      this.#show(screens.formStage(onboarding, host.suspend));
    } else {
      const unlock = screens.createUnlock({
        ...common,
        onOpened: (session) => this.#begin(this.#profile.hold(session)),
      });
      this.#show(screens.formStage(unlock, host.suspend));
    }
  }

  /** What the settings say of the terminal, now and whenever they change. */
  #follow(session: Session, host: Host): void {
    const apply = () => {
      const wanted = settingOf(session, 'theme');
      host.setTheme(themeChoices.find((choice) => choice === wanted) ?? 'auto');
      host.setMouse(settingOf(session, 'mouse') === 'on');
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
    return linear.runLinear(this.#options, this.#profile.release());
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
    const { session } = this.#profile;
    const controller = this.#controller;
    if (controller === null || session === null) return;
    const conversation = controller.openConversation;
    this.#stopFollowing();
    const locking = this.#profile.lock(session, controller);
    locking.catch(this.#exit.reject);
    this.#controller = null;
    const unlock = screens.createUnlock({
      messenger: { openSession: async (_, password) => (await locking).unlock(password) },
      profile,
      size: host.size,
      theme,
      onOpened: (session) =>
        this.#chat(this.#profile.hold(session), conversation === null ? {} : { conversation }),
      onFailed: this.#exit.reject,
      onQuit: this.#exit.resolve,
    });
    this.#show(screens.formStage(unlock, host.suspend));
  }

  async #end(): Promise<void> {
    this.#over = true;
    this.#profile.over();
    this.#stopFollowing();
    await this.#host?.settle();
    this.#host?.close();
    try {
      await this.#controller?.stop();
    } finally {
      await this.#profile.close();
    }
  }
}

function isLinear(session: Session | null): boolean {
  return session !== null && settingOf(session, 'screen') === 'linear';
}
