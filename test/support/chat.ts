/** The whole UI on a test screen with a fake messenger. */
import { type ChatUiOptions, runChat } from '../../src/ui/index.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { FakeMessenger, type FakeSession } from './fake-session.ts';
import { type ScreenSize, TestScreen } from './screen.ts';

export type RunningChat = Readonly<{
  screen: TestScreen;
  /** the exit code, or what it threw */
  done: Promise<number>;
}>;

export type ChatSetup = Partial<ChatUiOptions> & Readonly<{ size?: ScreenSize; session?: FakeSession }>;

/** Starts the UI; `session` makes a messenger with one profile without a password. */
export function startChat({ size = [80, 24], session, ...options }: ChatSetup): RunningChat {
  const screen = new TestScreen(size);
  const messenger =
    options.messenger ?? (session === undefined ? new FakeMessenger() : FakeMessenger.with(session));
  const done = runChat({
    profile: 'default',
    password: null,
    noPassword: false,
    colors: { depth: '16', background: null },
    platform: {
      clock: systemClock,
      randomBytes: (length) => Uint8Array.from({ length }, (_, index) => index * 5),
      logger: silentLogger,
    },
    ...options,
    messenger,
    stdin: screen.stdin,
    stdout: screen.stdout,
  });
  done.catch(() => {});
  return { screen, done };
}
