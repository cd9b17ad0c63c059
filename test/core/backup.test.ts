import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sealBackup } from '../../src/core/backup/container.ts';
import { exportRecords, inBackup, writeBackup } from '../../src/core/backup/export.ts';
import { importBackup } from '../../src/core/backup/import.ts';
import { mergeContact, mergeConversation, mergeMessage } from '../../src/core/backup/merge.ts';
import { openBackup } from '../../src/core/backup/open.ts';
import { decodeRecords, encodeRecord } from '../../src/core/backup/records.ts';
import { builtInNetwork, createMessenger } from '../../src/core/index.ts';
import { SessionTuiError } from '../../src/errors.ts';
import {
  createMemoryStore,
  createProfile,
  type OutboxItem,
  type ProfileStore,
  type StoredMessage,
} from '../../src/store/index.ts';
import { collectionNames } from '../../src/store/schemas.ts';
import { concatBytes, utf8Encode } from '../../src/util/bytes.ts';
import { seededRandom } from '../support/seeded-random.ts';
import {
  account,
  alice,
  bob,
  collect,
  putAll,
  storedConversation,
  storedMessage,
  temporaryFolder,
  testPlatform,
  weakKdf,
} from '../support/stored.ts';

const now = 1_700_000_900_000;
const password = 'a pässword';

async function backupOf(store: ProfileStore): Promise<Uint8Array> {
  const records = exportRecords(store, now);
  const options = { platform: testPlatform, password, cost: weakKdf };
  return concatBytes(...(await collect(writeBackup(account, records, options))));
}

async function* inPieces(bytes: Uint8Array, size = 10_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const open = (bytes: Uint8Array, tried = password) => openBackup(() => inPieces(bytes), tried);

function item(message: StoredMessage, fields: Partial<OutboxItem> = {}): OutboxItem {
  return {
    id: message.id,
    conversation: message.conversation,
    recipient: message.conversation,
    sentAt: message.sentAt,
    ttlMs: 1_209_600_000,
    data: 'AAAA',
    syncData: 'BBBB',
    attempts: 3,
    nextAttemptAt: now + 5,
    ...fields,
  };
}

const waiting = storedMessage(900, { from: alice, direction: 'out', status: 'queued', reason: 'offline' });

/** Two conversations, a contact with a nickname, a message that waits, one that nobody has seen. */
async function fill(store: ProfileStore, count = 300): Promise<void> {
  await putAll(store, [
    ...Array.from({ length: count }, (_, n) => storedMessage(n, n % 5 === 0 ? { status: 'read' } : {})),
    storedMessage(5, {
      conversation: alice,
      from: alice,
      direction: 'out',
      status: 'sent',
      body: 'x'.repeat(2_000),
    }),
    waiting,
  ]);
  await store.transact((tx) => {
    tx.put('settings', 'lastSentAt', 7);
    tx.put('settings', 'auto-lock', 3);
    tx.put('contacts', bob, {
      id: bob,
      name: 'Bob',
      nickname: 'B',
      profileUpdatedAtSec: 5,
      approved: true,
      approvedMe: true,
      blocked: false,
    });
    const readUpTo = storedMessage(250).sentAt;
    tx.put(
      'conversations',
      bob,
      storedConversation(bob, {
        lastMessageAt: waiting.sentAt,
        preview: 'hi',
        draft: 'half a',
        readUpTo,
        unread: Math.max(0, count - 251),
      }),
    );
    tx.put('outbox', waiting.id, item(waiting));
    tx.put('fresh', storedMessage(299).id, storedMessage(299).sentAt);
    tx.put('seen', 'hash', now + 1000);
    tx.put('cursors', 'node|account|0', { hash: 'h', expiresAt: now + 1000 });
  });
}

/** All that a backup is said to hold, and the account. */
async function contentOf(store: ProfileStore): Promise<unknown> {
  const sorted = collectionNames
    .filter((name) => inBackup[name])
    .map((name) => [name, [...store.entries(name)].sort(([a], [b]) => (a < b ? -1 : 1))]);
  const messages = [];
  for (const id of [alice, bob]) messages.push(await store.messagesBefore(id, { limit: 10_000 }));
  return { sorted, messages };
}

describe('a backup', () => {
  it('brings everything but the state of the network into an empty profile, and nothing the second time', async () => {
    const source = createMemoryStore({ account });
    await fill(source);
    const bytes = await backupOf(source);
    const target = await createProfile({
      folder: join(temporaryFolder(), 'p'),
      password: null,
      account,
      platform: testPlatform,
    });
    const backup = await open(bytes);
    expect(await importBackup(target, backup, now)).toEqual({ added: 302 });
    const first = await contentOf(target);
    expect(first).toEqual(await contentOf(source));
    let writes = 0;
    const transact = target.transact.bind(target);
    target.transact = (change) => {
      writes += 1;
      return transact(change);
    };
    expect(await importBackup(target, await open(bytes), now + 1)).toEqual({ added: 0 });
    expect(writes).toBe(0);
    expect(await contentOf(target)).toEqual(first);
    await target.close();
  });

  it('is refused by a profile of another account, which stays as it was', async () => {
    const source = createMemoryStore({ account });
    await fill(source, 3);
    const other = createMemoryStore({ account: { ...account, seedHex: 'ff'.repeat(16) } });
    const backup = await open(await backupOf(source));
    await expect(importBackup(other, backup, now)).rejects.toMatchObject({ code: 'other-account' });
    expect(other.messageConversations()).toEqual([]);
  });

  it('opens with its password only, and holds no plaintext', async () => {
    const source = createMemoryStore({ account });
    await fill(source, 3);
    const bytes = await backupOf(source);
    await expect(open(bytes, 'a password')).rejects.toMatchObject({ code: 'wrong-password' });
    const text = Buffer.from(bytes).toString('latin1');
    for (const plain of ['message number', bob, account.seedHex, 'Bob', password])
      expect(text).not.toContain(plain);
  });

  it('tells by its size no more than a multiple of 64 KiB, and above 1 MiB than an eighth of its power of two', async () => {
    const chunk = 65_536 + 17;
    const sizes = [];
    for (const length of [0, 1, 65_536, 65_537, 17 * 65_536 + 1, 18 * 65_536]) {
      const content = inPieces(new Uint8Array(length), 50_000);
      const sealed = sealBackup(content, password, { randomBytes: seededRandom(1), cost: weakKdf });
      sizes.push((concatBytes(...(await collect(sealed))).length - 96) / chunk);
    }
    expect(sizes).toEqual([1, 1, 1, 2, 18, 18]);
  });

  it('holds nothing of what this machine knows of the network', async () => {
    const source = createMemoryStore({ account });
    await fill(source, 3);
    const target = createMemoryStore({ account });
    await importBackup(target, await open(await backupOf(source)), now);
    expect(source.entries('cursors')).toHaveLength(1);
    expect(target.entries('cursors')).toEqual([]);
  });

  it('leaves no profile behind when it can’t be imported whole into a new one', async () => {
    const source = createMemoryStore({ account });
    await fill(source, 900);
    const bytes = await backupOf(source);
    const backup = await open(bytes);
    const folder = temporaryFolder();
    const network = builtInNetwork('testnet');
    if (network === null) throw new Error('unreachable: testnet is built in');
    const messenger = createMessenger({
      platform: testPlatform,
      dataDir: folder,
      network,
      proxy: null,
      lowBandwidth: false,
    });
    const request = { profile: 'p', password: null, backup };
    const stop = new AbortController();
    const onProgress = (): void => stop.abort(new Error('stopped'));
    const stopped = messenger.createFromBackup({ ...request, onProgress, signal: stop.signal });
    await expect(stopped).rejects.toThrow('stopped');
    expect(await messenger.profileState('p')).toBe('none');
    expect(readdirSync(join(folder, 'profiles'))).toEqual([]);
    const session = await messenger.createFromBackup(request);
    expect(session.getState().account.name).toBe(account.name);
    expect(await session.messages(bob, { limit: 1_000 })).toHaveLength(901);
    await session.close();
  });

  it('goes on from where an interrupted import stopped', async () => {
    const source = createMemoryStore({ account });
    await fill(source, 900);
    const bytes = await backupOf(source);
    const target = createMemoryStore({ account });
    const stop = new AbortController();
    const onProgress = (): void => stop.abort(new Error('stopped'));
    const stopped = importBackup(target, await open(bytes), now, { onProgress, signal: stop.signal });
    await expect(stopped).rejects.toThrow('stopped');
    const part = target.countMessages(bob);
    expect(part).toBeGreaterThan(0);
    expect(part).toBeLessThan(900);
    await importBackup(target, await open(bytes), now);
    expect(await contentOf(target)).toEqual(await contentOf(source));
  });
});

describe('a backup that is not as it was written', () => {
  const made = (async () => {
    const source = createMemoryStore({ account });
    await fill(source, 1_400);
    const bytes = await backupOf(source);
    // Several chunks, and the last of them padding.
    expect(bytes.length).toBeGreaterThan(96 + 4 * (65_536 + 17));
    return bytes;
  })();

  /** Damage, and never a wrong word: what opens is what was written. */
  async function isRefused(bytes: Uint8Array): Promise<void> {
    const error = await open(bytes).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SessionTuiError);
    expect(error).toMatchObject({ code: 'damaged' });
  }

  it('is found damaged wherever a bit is flipped', async () => {
    const bytes = await made;
    const random = seededRandom(7);
    const header = Array.from({ length: 96 }, (_, i) => i);
    const sampled = Array.from({ length: 60 }, () => {
      const [a = 0, b = 0, c = 0] = random(3);
      return ((a << 16) | (b << 8) | c) % bytes.length;
    });
    for (const at of [...header, ...sampled, bytes.length - 1]) {
      const copy = bytes.slice();
      copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
      await isRefused(copy);
    }
  });

  it('is found damaged when it is cut, at the end of a chunk or within one, or longer than it was', async () => {
    const bytes = await made;
    const chunk = 65_536 + 17;
    for (let at = 96; at < bytes.length; at += chunk) {
      await isRefused(bytes.subarray(0, at));
      await isRefused(bytes.subarray(0, at + 1_000));
    }
    for (const length of [0, 1, 95]) await isRefused(bytes.subarray(0, length));
    await isRefused(concatBytes(bytes, new Uint8Array(1)));
    await isRefused(concatBytes(bytes, bytes.subarray(96)));
  });

  it('is found damaged when chunks are swapped, repeated or left out, or come from another backup', async () => {
    const bytes = await made;
    const size = 65_536 + 17;
    const chunks: Uint8Array[] = [];
    for (let at = 96; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
    const head = bytes.subarray(0, 96);
    for (let i = 0; i + 1 < chunks.length; i++) {
      const [a = head, b = head] = [chunks[i], chunks[i + 1]];
      await isRefused(concatBytes(head, ...chunks.slice(0, i), b, a, ...chunks.slice(i + 2)));
      await isRefused(concatBytes(head, ...chunks.slice(0, i), a, a, ...chunks.slice(i + 1)));
      await isRefused(concatBytes(head, ...chunks.slice(0, i), ...chunks.slice(i + 1)));
    }
    const source = createMemoryStore({ account });
    await fill(source, 1_400);
    const other = await backupOf(source);
    await isRefused(concatBytes(head, other.subarray(96)));
    await isRefused(concatBytes(bytes.subarray(0, 96 + size), other.subarray(96 + size)));
  });

  it('is found damaged when an authentic one does not have all its records, and read on where it has unknown ones', async () => {
    const make = async (...records: readonly Parameters<typeof encodeRecord>[0][]) => {
      const content = (async function* () {
        for (const record of records) yield encodeRecord(record);
      })();
      const sealed = sealBackup(content, password, { randomBytes: seededRandom(1), cost: weakKdf });
      return concatBytes(...(await collect(sealed)));
    };
    const head = { r: 'backup', madeAt: now, messages: 1 } as const;
    const own = { r: 'account', value: account } as const;
    const message = { r: 'message', value: storedMessage(1) } as const;
    // What a later version may write, attachments for one.
    const later = { r: 'attachment', id: 'x', data: 'AAAA' } as unknown as typeof message;
    await isRefused(await make());
    await isRefused(await make(head, own, message));
    await isRefused(await make(head, own, message, { r: 'end', records: 2 }));
    await isRefused(await make(own, head, message, { r: 'end', records: 3 }));
    await isRefused(await make(head, own, { r: 'end', records: 2 }, message));
    const backup = await open(await make(head, own, later, message, { r: 'end', records: 4 }));
    expect([backup.messages, backup.skipped]).toEqual([1, 1]);
    expect((await collect(backup.records())).map(({ record }) => record)).toEqual([message]);
  });
});

describe('the lines of a backup', () => {
  it('are the same in whatever pieces they come, and what is no line is damage', async () => {
    const records = Array.from({ length: 8 }, (_, n) => ({ r: 'message', value: storedMessage(n) }) as const);
    const lines = concatBytes(...records.map(encodeRecord));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 900 }), fc.nat(2_000), async (size, zeros) => {
        const read = await collect(decodeRecords(inPieces(concatBytes(lines, new Uint8Array(zeros)), size)));
        expect(read.map(({ record }) => record)).toEqual(records);
      }),
      { numRuns: 40, seed: 5 },
    );
    const wrong = fc.oneof(
      fc.constant(lines.subarray(0, -1)),
      fc.constant(concatBytes(lines, new Uint8Array(3), new Uint8Array([1]))),
      fc.string({ minLength: 1 }).map((text) => concatBytes(lines, utf8Encode(`~${text}`))),
      fc.uint8Array().map((bytes) => concatBytes(utf8Encode('{'), bytes, utf8Encode('\n'))),
    );
    await fc.assert(
      fc.asyncProperty(wrong, fc.integer({ min: 1, max: 900 }), async (bytes, size) => {
        const read = collect(decodeRecords(inPieces(bytes, size)));
        await expect(read).rejects.toMatchObject({ code: 'damaged' });
      }),
      { numRuns: 60, seed: 6 },
    );
  });
});

describe('merging', () => {
  const statuses = ['queued', 'failed', 'sent', 'read'] as const;
  const rank = { queued: 0, failed: 0, sent: 1, read: 2, received: 0 };
  const outgoing = fc.record({
    status: fc.constantFrom(...statuses),
    reason: fc.option(fc.constant('why'), { nil: undefined }),
    hash: fc.option(fc.constant('hash'), { nil: undefined }),
    data: fc.constantFrom('AAAA', ''),
    syncData: fc.constantFrom('BBBB', ''),
    waits: fc.boolean(),
    known: fc.boolean(),
  });

  it('never takes a message back, ends the same when repeated, and leaves nothing to send of what was sent', () => {
    const make = ({
      status,
      reason,
      hash,
      data,
      syncData,
      waits,
    }: typeof outgoing extends fc.Arbitrary<infer T> ? T : never) => {
      const value = storedMessage(1, {
        from: alice,
        direction: 'out',
        status,
        ...(reason === undefined ? {} : { reason }),
        ...(hash === undefined ? {} : { hash }),
      });
      return { value, ...(waits ? { outbox: item(value, { data, syncData }) } : {}) };
    };
    fc.assert(
      fc.property(outgoing, outgoing, (a, b) => {
        const mine = make(a);
        const own = a.known
          ? { message: mine.value, outbox: mine.outbox }
          : { message: undefined, outbox: undefined };
        const other = make(b);
        const merged = mergeMessage(own, other, now);
        const least = Math.max(rank[other.value.status], own.message ? rank[own.message.status] : 0);
        expect(rank[merged.message.status]).toBe(least);
        const again = mergeMessage(
          { message: merged.message, outbox: merged.outbox ?? undefined },
          other,
          now,
        );
        expect(again).toEqual(merged);
        if (own.message !== undefined && least > 0) expect(merged.outbox?.data ?? '').toBe('');
        if (least === 0 && (own.outbox ?? other.outbox) !== undefined) expect(merged.outbox).not.toBeNull();
      }),
      { numRuns: 400, seed: 4 },
    );
  });

  it('does not send unasked what waited longer than a swarm would keep it', () => {
    const late = waiting.sentAt + 1_209_600_000;
    const { message, outbox } = mergeMessage(
      { message: undefined, outbox: undefined },
      { value: waiting, outbox: item(waiting) },
      late,
    );
    expect(message).toMatchObject({ status: 'failed', reason: expect.stringContaining('too long ago') });
    expect(outbox).toEqual(item(waiting, { nextAttemptAt: Number.MAX_SAFE_INTEGER }));
  });

  it('leaves out what has expired, from the list too', async () => {
    const source = createMemoryStore({ account });
    const gone = storedMessage(2, { expiresAt: now - 1 });
    await putAll(source, [storedMessage(1), gone]);
    await source.transact((tx) =>
      tx.put(
        'conversations',
        bob,
        storedConversation(bob, { lastMessageAt: gone.sentAt, preview: 'gone', unread: 2 }),
      ),
    );
    const target = createMemoryStore({ account });
    await importBackup(target, await open(await backupOf(source)), now);
    expect(await target.message(gone.id)).toBeUndefined();
    expect(target.get('conversations', bob)).toMatchObject({ preview: '', unread: 1 });
  });

  it('keeps what was agreed to, the newer name, the further read mark, and otherwise what is here', () => {
    const mine = {
      id: bob,
      name: 'Old',
      nickname: null,
      profileUpdatedAtSec: 1,
      approved: true,
      approvedMe: false,
      blocked: true,
    };
    const theirs = {
      ...mine,
      name: 'New',
      nickname: 'N',
      profileUpdatedAtSec: 2,
      approved: false,
      approvedMe: true,
      blocked: false,
    };
    expect(mergeContact(mine, theirs)).toEqual({ ...theirs, approved: true, blocked: true });
    expect(mergeContact(theirs, mine)).toEqual({ ...theirs, approved: true });
    const here = storedConversation(bob, { lastMessageAt: 5, preview: 'new', pinned: true, readUpTo: 1 });
    const there = storedConversation(bob, {
      lastMessageAt: 4,
      preview: 'old',
      draft: 'd',
      readUpTo: 3,
      hidden: true,
    });
    expect(mergeConversation(here, there)).toEqual({ ...here, draft: 'd', readUpTo: 3 });
  });
});
