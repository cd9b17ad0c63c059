/**
 * The chat UI with a fake messenger as a program of its own, for tests of the ways out in a real terminal:
 * `node --import tsx chat-child.ts WAY`, line by line with `LINEAR=1` (by the setting). A signal is sent to itself once the chat is on the screen.
 */
import process from 'node:process';
import { commandRunner } from '../../src/cli/command-runner.ts';
import { textEditor } from '../../src/cli/text-editor.ts';
import { runChat, systemJobControl } from '../../src/ui/index.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { FakeMessenger, FakeSession, testId } from './fake-session.ts';

const way = process.argv[2] ?? '';
const session = new FakeSession();
session.addConversation(testId('a'), 'Alice');
session.receive(testId('a'), 'a secret message');
// What more of the terminal can be taken is taken, so that it must be given back.
await session.setSetting('mouse', 'on');
if (process.env.LINEAR !== undefined) await session.setSetting('screen', 'linear');

const ways: Readonly<Record<string, () => void>> = {
  SIGINT: () => process.kill(process.pid, 'SIGINT'),
  SIGTERM: () => process.kill(process.pid, 'SIGTERM'),
  SIGHUP: () => process.kill(process.pid, 'SIGHUP'),
  SIGTSTP: () => process.kill(process.pid, 'SIGTSTP'),
  crash: () => {
    throw new Error('crashed on purpose');
  },
  rejection: () => void Promise.reject(new Error('rejected on purpose')),
  // A component that reads this while it renders throws.
  render: () => {
    session.getState = () => {
      throw new Error('failed while rendering');
    };
    session.notice('anything that draws anew');
    session.setUnprotected(true);
  },
  exit: () => process.exit(9),
  warning: () => {
    process.emitWarning('not for the screen');
    globalThis.console.error('nor this');
    setTimeout(() => process.kill(process.pid, 'SIGTERM'), 200);
  },
  quit: () => {},
};
const act = ways[way];
if (act === undefined) throw new Error(`unknown way: ${way}`);

// Once the chat is on the screen.
const write = process.stdout.write.bind(process.stdout);
let painted = false;
process.stdout.write = (data: string | Uint8Array, ...rest: never[]) => {
  if (!painted && String(data).includes('a secret message')) {
    painted = true;
    setTimeout(act, 100);
  }
  return write(data, ...rest);
};

try {
  const code = await runChat({
    messenger: FakeMessenger.with(session),
    profile: 'default',
    password: null,
    noPassword: false,
    openConversation: testId('a'),
    colors: { depth: '16', background: null },
    jobs: systemJobControl(),
    runner: commandRunner(process.env),
    editor: textEditor(process.env, [process.env.DRAFTS ?? '']),
    platform: { clock: systemClock, randomBytes: (length) => new Uint8Array(length), logger: silentLogger },
    stdin: process.stdin,
    stdout: process.stdout,
  });
  process.stdout.write(`closed ${session.closed}\n`);
  process.exit(code);
} catch (error) {
  process.stdout.write(`closed ${session.closed}, threw ${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
