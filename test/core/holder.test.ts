import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/core/holder/frames.ts';
import { HolderServer } from '../../src/core/holder/server.ts';
import { shareSession } from '../../src/core/holder/share-session.ts';
import { OpenSession } from '../../src/core/session.ts';
import type { Session } from '../../src/core/types.ts';
import { systemRandomBytes } from '../../src/crypto/random.ts';
import { StoreError } from '../../src/errors.ts';
import { deriveAccount } from '../../src/protocol/account.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { createFakeNetwork, FakeSwarms } from '../support/fake-network.ts';

const platform = { clock: systemClock, randomBytes: systemRandomBytes, logger: silentLogger };
const inUse = async (): Promise<never> => {
  throw new StoreError('locked', 'The profile is in use.');
};

describe('the process that holds a profile', () => {
  let folder: string;
  let runtimeDir: string;
  let swarms: FakeSwarms;
  const open: Session[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'session-tui-holder-'));
    runtimeDir = join(folder, 'run');
    swarms = new FakeSwarms();
  });
  afterEach(async () => {
    for (const session of open.splice(0).reverse()) await session.close();
    await rm(folder, { recursive: true, force: true });
  });

  function person(seedByte: number, name: string, runtimeDirs: readonly string[] = []): OpenSession {
    const seed = new Uint8Array(16).fill(seedByte);
    const session = new OpenSession({
      profile: name,
      keys: deriveAccount(seed),
      store: createMemoryStore({
        account: { seedHex: Buffer.from(seed).toString('hex'), name, createdAt: 0, restored: false },
      }),
      network: createFakeNetwork(swarms, () => Date.now()),
      platform,
      lowBandwidth: false,
      holder: new HolderServer({ profileFolder: folder, runtimeDirs, platform }),
      locked: (lock) => ({ unlock: inUse, close: async () => lock.release() }),
    });
    open.push(session);
    return session;
  }

  /** A command that finds the profile held. */
  async function command(): Promise<Session> {
    const session = await shareSession({
      open: inUse,
      profileFolder: folder,
      runtimeDirs: [runtimeDir],
      clock: systemClock,
      signal: AbortSignal.timeout(5_000),
    });
    open.push(session);
    return session;
  }

  async function holder(name = 'Alice'): Promise<OpenSession> {
    const session = person(1, name, [runtimeDir]);
    session.goOnline({ poll: true });
    return session;
  }

  it('lets commands send, read and list as if they had the profile alone', async () => {
    const alice = await holder();
    const bob = person(2, 'Bob');
    const bobId = bob.getState().account.accountId;
    const remote = await command();
    expect(remote.getState().account).toEqual(alice.getState().account);
    const queued = await remote.queueMessage(bobId, 'through the holder');
    expect(await remote.waitForDelivery(queued.id, 5_000)).toMatchObject({ status: 'sent' });
    expect(await bob.fetchRound()).toMatchObject({ stored: 1 });
    expect(await remote.messages(bobId, { limit: 5 })).toEqual(await alice.messages(bobId, { limit: 5 }));
    await bob.queueMessage(alice.getState().account.accountId, 'an answer');
    await bob.flushOutbox();
    await remote.fetchRound();
    expect(remote.getState().conversations).toEqual(alice.getState().conversations);
    expect(remote.getState().conversations[0]).toMatchObject({ id: bobId, unread: 1 });
    await remote.markRead(bobId);
    expect(remote.getState().conversations[0]).toMatchObject({ unread: 0 });
    const since: string[] = [];
    for await (const { body } of remote.messagesSince(0)) since.push(body);
    expect(since).toEqual(['through the holder', 'an answer']);
    const found: string[] = [];
    for await (const { body } of remote.search('ANSW')) found.push(body);
    expect(found).toEqual(['an answer']);
  });

  it('gives errors on with their family, code and fields, and refuses what needs the profile alone', async () => {
    await holder();
    const remote = await command();
    await expect(remote.resolveRecipient('nobody we know')).rejects.toMatchObject({
      name: 'NotFoundError',
      code: 'no-conversation',
    });
    await expect(remote.setSetting('auto-lock', 'soon')).rejects.toMatchObject({
      name: 'UsageError',
      code: 'bad-setting',
    });
    expect(() => remote.recoveryPhrase()).toThrow(expect.objectContaining({ code: 'locked' }));
    await expect(remote.lock()).rejects.toMatchObject({ code: 'locked' });
  });

  it('shows each new message to one of several that print, and to the next if that one goes away first', async () => {
    const alice = await holder();
    const bob = person(2, 'Bob');
    await bob.queueMessage(alice.getState().account.accountId, 'only once');
    await bob.flushOutbox();
    await alice.fetchRound();
    const [first, second] = [await command(), await command()];
    const taken = await Promise.all([first.takeFresh(), second.takeFresh()]);
    expect(taken.flat().map(({ body }) => body)).toEqual(['only once']);
    const [winner, other] = taken[0]?.length === 1 ? [first, second] : [second, first];
    await winner.close();
    await expect.poll(async () => (await other.takeFresh()).map(({ body }) => body)).toEqual(['only once']);
    await other.acknowledge((await other.takeFresh()).map(({ id }) => id));
    expect(await alice.freshMessages()).toEqual([]);
    expect(await (await command()).takeFresh()).toEqual([]);
  });

  it('gives a script that follows every message, also those that the chat UI shows at once', async () => {
    const alice = await holder();
    alice.onEvent((event) => {
      if (event.event === 'message') void alice.acknowledge([event.message.id]);
    });
    const script = await command();
    await script.takeFresh();
    const bob = person(2, 'Bob');
    await bob.queueMessage(alice.getState().account.accountId, 'for the bot');
    await bob.flushOutbox();
    await alice.fetchRound();
    expect(await alice.freshMessages()).toEqual([]);
    expect((await script.takeFresh()).map(({ body }) => body)).toEqual(['for the bot']);
  });

  it('tells commands that it is locked, and those it was serving too', async () => {
    const alice = await holder();
    const remote = await command();
    const locked = await alice.lock();
    await expect(remote.fetchRound()).rejects.toMatchObject({ code: 'password-needed' });
    await expect(command()).rejects.toMatchObject({ code: 'password-needed', fields: { heldLocked: true } });
    await locked.close();
  });

  it('tells a command whose holder ends whether it may ask again', async () => {
    const alice = await holder();
    const remote = await command();
    const waiting = remote.waitForDelivery('m0', 60_000);
    waiting.catch(() => undefined);
    await alice.close();
    await expect(waiting).rejects.toMatchObject({
      code: 'locked',
      fields: { holderGone: true, repeatable: true },
    });
    expect(await readdir(runtimeDir)).toEqual([]);
  });

  it('keeps socket and token to its user, under names that tell nothing', async () => {
    const alice = await holder();
    await command();
    expect((await stat(runtimeDir)).mode & 0o777).toBe(0o700);
    const names = (await readdir(runtimeDir)).sort();
    expect(names).toEqual([
      expect.stringMatching(/^[0-9a-f]{32}\.sock$/),
      expect.stringMatching(/^[0-9a-f]{32}\.token$/),
    ]);
    for (const name of names) {
      expect((await stat(join(runtimeDir, name))).mode & 0o777).toBe(0o600);
      expect(alice.getState().account.accountId).not.toContain(name.slice(0, 8));
    }
  });

  it('uses no folder that somebody else may enter or has put in its way', async () => {
    const open = join(folder, 'open');
    await mkdir(open, { mode: 0o755 });
    const link = join(folder, 'link');
    await mkdir(join(folder, 'elsewhere'), { mode: 0o700 });
    await symlink(join(folder, 'elsewhere'), link);
    const session = person(1, 'Alice', [open, link, runtimeDir]);
    session.goOnline({ poll: true });
    await command();
    expect(await readdir(open)).toEqual([]);
    expect(await readdir(join(folder, 'elsewhere'))).toEqual([]);
    expect(await readdir(runtimeDir)).toHaveLength(2);
  });

  it('replaces what a killed holder left behind', async () => {
    await holder();
    await command();
    const [socket = '', token = ''] = (await readdir(runtimeDir)).sort();
    await open.splice(0, 1)[0]?.close();
    await writeFile(join(runtimeDir, socket), 'stale');
    await writeFile(join(runtimeDir, token), 'f'.repeat(64), { mode: 0o600 });
    await holder();
    expect((await command()).getState().account.name).toBe('Alice');
  });

  it('hangs up on a wrong token, garbage and endless frames, and goes on serving', async () => {
    await holder();
    await command();
    const [socketName = '', tokenName = ''] = (await readdir(runtimeDir)).sort();
    const path = join(runtimeDir, socketName);
    const token = await readFile(join(runtimeDir, tokenName), 'utf8');
    const hello = { type: 'hello', version: 1, token };
    const answerTo = async (...pieces: readonly Uint8Array[]): Promise<string> => {
      const socket = createConnection(path);
      let answer = '';
      socket.on('data', (data) => {
        answer += data.toString('latin1');
      });
      for (const piece of pieces) socket.write(piece);
      await new Promise((resolve) => socket.on('error', () => undefined).once('close', resolve));
      return answer;
    };
    expect(await answerTo(encodeFrame({ ...hello, token: '0'.repeat(64) }))).toBe('');
    expect(await answerTo(systemRandomBytes(4096))).toBe('');
    expect(await answerTo(Uint8Array.of(0x7f, 0xff, 0xff, 0xff))).toBe('');
    expect(await answerTo(encodeFrame({ type: 'call', id: 1, method: 'connect', params: [] }))).toBe('');
    expect(await answerTo(encodeFrame({ ...hello, version: 2 }))).toContain('another version');
    expect(await answerTo(encodeFrame(hello), Uint8Array.of(0x7f, 0xff, 0xff, 0xff))).not.toContain('result');
    const flood = Array.from({ length: 40 }, (_, id) =>
      encodeFrame({ type: 'call', id, method: 'waitForDelivery', params: ['m0', 60_000] }),
    );
    expect(await answerTo(encodeFrame(hello), ...flood)).not.toContain('result');
    // One that says nothing holds up nobody.
    const silent = createConnection(path);
    const remote = await command();
    expect(await remote.fetchRound()).toMatchObject({ answered: 2 });
    silent.destroy();
  });

  it.each(['recoveryPhrase', 'constructor', 'close', 'lock', '__proto__'])(
    'has no method %s for others',
    async (method) => {
      await holder();
      await command();
      const [socketName = '', tokenName = ''] = (await readdir(runtimeDir)).sort();
      const token = await readFile(join(runtimeDir, tokenName), 'utf8');
      const socket = createConnection(join(runtimeDir, socketName));
      socket.write(encodeFrame({ type: 'hello', version: 1, token }));
      socket.write(encodeFrame({ type: 'call', id: 7, method, params: [] }));
      let answer = '';
      await new Promise<void>((resolve) => {
        socket.on('data', (data) => {
          answer += data.toString('utf8');
          if (answer.includes('"error"')) resolve();
        });
      });
      expect(answer).toContain('"code":"unsupported"');
      socket.destroy();
    },
  );
});
