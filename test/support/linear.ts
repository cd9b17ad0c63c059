/** Linear output on a test terminal with a fake messenger, and the grammar that it must keep to. */
import { type LinearOptions, runLinear } from '../../src/ui/index.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { FakeMessenger, type FakeSession } from './fake-session.ts';
import { type ScreenSize, TestScreen } from './screen.ts';

export type RunningLinear = Readonly<{
  screen: TestScreen;
  /** the exit code, or what it threw */
  done: Promise<number>;
  /** what was written, as the lines that a transcript would have: backspaces and returns carried out */
  lines: () => string[];
}>;

export type LinearSetup = Partial<LinearOptions> & Readonly<{ size?: ScreenSize; session?: FakeSession }>;

/** Starts it; `session` makes a messenger with one profile without a password. */
export function startLinear({ size = [120, 40], session, ...options }: LinearSetup): RunningLinear {
  const screen = new TestScreen(size);
  const messenger =
    options.messenger ?? (session === undefined ? new FakeMessenger() : FakeMessenger.with(session));
  const done = runLinear({
    profile: 'default',
    password: null,
    noPassword: false,
    platform: {
      clock: systemClock,
      randomBytes: (length) => Uint8Array.from({ length }, (_, index) => index * 5),
      logger: silentLogger,
    },
    ...options,
    messenger,
    stdin: options.stdin ?? screen.stdin,
    stdout: screen.stdout,
  });
  done.catch(() => {});
  return { screen, done, lines: () => transcript(screen.written) };
}

const pasteMode = /\x1b\[\?2004[hl]/g;
const notifications = /\x1b\](?:9;|777;notify;session-tui;|99;;session-tui: )New message\x07|\x07/g;
const clipboard = /\x1b\]52;c;[A-Za-z0-9+/=]*\x07/g;
const printable = /[^\x20-\x7e\xa0-\u{d7ff}\u{e000}-\u{10ffff}\b\r\n]/u;

/** What of an output is outside of the grammar of docs/terminal.md; null: nothing. A plain terminal gets less. */
export function outsideLinear(output: string, isPlain = false): string | null {
  const rest = isPlain
    ? output.replaceAll('\x07', '')
    : output.replace(pasteMode, '').replace(clipboard, '').replace(notifications, '');
  const at = rest.search(printable);
  if (at >= 0) return rest.slice(at, at + 40);
  for (const line of transcript(rest)) {
    let open = 0;
    for (const char of line) {
      if (/[\u2066-\u2068]/.test(char)) open += 1;
      if (char === '\u2069') open -= 1;
      if (open < 0) return line;
    }
    if (open !== 0 || /[\u202a-\u202e\u2028\u2029]/.test(line)) return line;
  }
  return null;
}

/** Rows as they stand in the end, given that each backspace takes back one narrow cell. */
export function transcript(output: string): string[] {
  return output
    .replace(pasteMode, '')
    .replace(clipboard, '')
    .replace(notifications, '')
    .split(/\r*\n/)
    .map((row) => {
      const cells: string[] = [];
      let at = 0;
      for (const char of row) {
        if (char === '\r') at = 0;
        else if (char === '\b') at -= 1;
        else cells[at++] = char;
      }
      return Array.from(cells, (cell) => cell ?? ' ')
        .join('')
        .trimEnd();
    });
}
