/**
 * A process in which the chat UI lives a day of its own clock: twenty people write, the person at the keyboard answers,
 * scrolls, searches and goes from conversation to conversation. Store, encryption and UI are the real ones, the network
 * is the one of the tests. Prints resident memory after the first two hours and after the last.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boundMemory } from '../../src/cli/memory-bounds.ts';
import { HolderServer } from '../../src/core/holder/server.ts';
import { OpenSession } from '../../src/core/session.ts';
import { systemRandomBytes } from '../../src/crypto/random.ts';
import { deriveAccount } from '../../src/protocol/account.ts';
import { buildTextContent } from '../../src/protocol/data-message.ts';
import { encryptOneToOne } from '../../src/protocol/one-to-one.ts';
import { createProfile } from '../../src/store/index.ts';
import { runChat } from '../../src/ui/index.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { createFakeNetwork, FakeSwarms } from '../../test/support/fake-network.ts';
import { FakeMessenger, type FakeSession } from '../../test/support/fake-session.ts';
import { movedClock } from '../../test/support/moved-clock.ts';
import { CountingTerminal, keyboard } from './terminal.ts';

const people = 20;
const minutes = 24 * 60;
const warmUpMinutes = 2 * 60;
const messagesAMinute = 3;

const clock = movedClock();
boundMemory(clock);
const platform = { clock, randomBytes: systemRandomBytes, logger: silentLogger };
const swarms = new FakeSwarms();
const folder = await mkdtemp(join(tmpdir(), 'session-tui-bench-'));
const account = (n: number) => deriveAccount(new Uint8Array(16).fill(n + 1));
const me = account(0);
const store = await createProfile({
  folder: join(folder, 'profile'),
  password: null,
  account: { seedHex: '01'.repeat(16), name: 'Me', createdAt: 0, restored: false },
  platform,
});
const session = new OpenSession({
  profile: 'default',
  keys: account(0),
  store,
  network: createFakeNetwork(swarms, () => clock.now()),
  platform,
  lowBandwidth: false,
  holder: new HolderServer({ profileFolder: join(folder, 'nowhere'), runtimeDirs: [], platform }),
  locked: () => {
    throw new Error('nothing locks here');
  },
});
class OneSession extends FakeMessenger {
  override async profileState(): Promise<'no-password'> {
    return 'no-password';
  }

  override async openSession(): Promise<FakeSession> {
    // The UI knows a session by its interface alone, which this one has.
    return session as unknown as FakeSession;
  }
}
const terminal = new CountingTerminal();
const input = keyboard();
const done = runChat({
  messenger: new OneSession(),
  profile: 'default',
  password: null,
  noPassword: false,
  colors: { depth: '16', background: null },
  platform,
  stdin: input,
  stdout: terminal.stream,
});

// Two seconds, after which the young generation is bounded, are many hours of this clock.
const startedAt = performance.now();
while (performance.now() - startedAt < 2500) await new Promise(setImmediate);
let shown = 0;
session.onEvent((event) => {
  if (event.event === 'message' && event.message.direction === 'in') shown += 1;
});
let sent = 0;
let first = 0;
await settle(200);
for (let minute = 0; minute < minutes; minute++) {
  for (let i = 0; i < messagesAMinute; i++)
    receive(1 + ((minute * 7 + i * 3) % people), `Message ${++sent}, for now`);
  clock.advance(60_000);
  await arrived();
  input.write(keysOf(minute));
  await settle(10);
  if (minute % 60 === 59) {
    // What the harness itself remembers is not the program's.
    terminal.log.length = 0;
    for (const list of swarms.items.values()) list.splice(0, list.length - 20);
  }
  if (minute === warmUpMinutes) first = await resident();
}
const last = await resident();
process.stdout.write(
  JSON.stringify({ first, last, messages: sent, shown: session.getState().conversations.length }),
);
input.write('\x11');
clock.advance(60_000);
await Promise.race([done, settle(20_000)]);
await rm(folder, { recursive: true, force: true });
process.exit(0);

function receive(from: number, body: string): void {
  const sentAt = clock.now();
  const data = encryptOneToOne({
    content: buildTextContent({ body, sentAt, profileName: `Person ${from}` }),
    sentAt,
    sender: account(from),
    recipient: me.accountId,
    random: systemRandomBytes,
  });
  swarms.list(me.accountId).push({
    hash: `h${sentAt}${from}${sent}`.padEnd(43, 'x'),
    data,
    timestamp: sentAt,
    expiresAt: sentAt + 14 * 86_400_000,
  });
}

/** What a person does in this minute. */
function keysOf(minute: number): string {
  const what = minute % 10;
  if (what === 0) return `\x0bPerson ${1 + (minute % people)}\r`;
  if (what === 1) return 'An answer to that\r';
  if (what < 4) return '\x1b[5~';
  if (what === 4) return '\x1b[6~';
  if (what === 5) return '\x12message\x1b';
  return 'words';
}

/** Waits for the messages of this minute, so that a busy machine does not make a backlog. */
async function arrived(): Promise<void> {
  const until = performance.now() + 5_000;
  while (shown < sent && performance.now() < until) {
    clock.advance(1_000);
    await settle(5);
  }
  await settle(30);
}

/** Lets everything that is under way come to its end. */
async function settle(turns: number): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise(setImmediate);
}

/** Bytes resident without garbage; what was free goes back to the system a moment after it was collected. */
async function resident(): Promise<number> {
  for (let i = 0; i < 2; i++) {
    globalThis.gc?.();
    const collectedAt = performance.now();
    while (performance.now() - collectedAt < 1000) await new Promise(setImmediate);
  }
  return process.memoryUsage().rss;
}
