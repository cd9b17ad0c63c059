import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtInNetwork, createMessenger, type Messenger } from '../../src/core/index.ts';
import { systemRandomBytes } from '../../src/crypto/random.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { testId } from '../support/fake-session.ts';

const password = 'correct horse';
const bob = testId('b');
let dataDir: string;
let messenger: Messenger;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'lock-memory-'));
  const network = builtInNetwork('testnet');
  if (network === null) throw new Error('there is no testnet');
  messenger = createMessenger({
    platform: { clock: systemClock, randomBytes: systemRandomBytes, logger: silentLogger },
    dataDir,
    network,
    proxy: null,
    lowBandwidth: false,
  });
});
afterAll(() => rm(dataDir, { recursive: true }));

/** Locks a session that was used a little, never online. Only weak references leave this function. */
async function lockUsed() {
  const session = await messenger.createAccount({ profile: 'default', name: 'Ada', password });
  session.subscribe(() => {});
  await session.startConversation(bob);
  const view = await session.openConversation(bob, 10);
  const message = await session.queueMessage(bob, 'hello');
  const weak = [session, view, message, view.getSnapshot(), session.getState()].map(
    (value) => new WeakRef<object>(value),
  );
  const locked = await session.lock();
  return { locked, weak };
}

it('what a locked profile leaves in memory is no session, no view and no message', async () => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('there is no garbage collector to call');
  const { locked, weak } = await lockUsed();
  const left = () => weak.filter((reference) => reference.deref() !== undefined).length;
  for (let i = 0; i < 20 && left() > 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    collect();
  }
  expect(left()).toBe(0);
  const session = await locked.unlock(password);
  const messages = await session.messages(bob, { limit: 10 });
  expect(messages.map(({ body }) => body)).toEqual(['hello']);
  await session.close();
});
