import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sodium from 'libsodium-wrappers';
import { describe, expect, it } from 'vitest';
import { createProfile, openProfile } from '../../src/store/index.ts';
import {
  account,
  bob,
  putAll,
  storedMessage,
  temporaryFolder,
  testPlatform,
  weakKdf,
} from '../support/stored.ts';

await sodium.ready;

/** A reader written from docs/store.md alone, with none of the store's code. */
class Reader {
  readonly #folder: string;
  readonly #dataKey: Uint8Array;

  constructor(folder: string, password: string | null) {
    this.#folder = folder;
    const keys = JSON.parse(readFileSync(join(folder, 'keys.json'), 'utf8'));
    const { check, ...rest } = keys;
    expect(sodium.to_hex(sodium.crypto_generichash(16, JSON.stringify(rest), null))).toBe(check);
    if (password === null) {
      this.#dataKey = sodium.from_hex(keys.dataKey);
      return;
    }
    const { format, version, kdf } = keys;
    const key = sodium.crypto_pwhash(
      32,
      password,
      sodium.from_hex(kdf.salt),
      kdf.passes,
      kdf.memoryKib * 1024,
      sodium.crypto_pwhash_ALG_ARGON2ID13,
    );
    const aad = JSON.stringify({ format, version, kdf });
    this.#dataKey = this.#open(key, sodium.from_hex(keys.wrappedKey), aad);
  }

  #open(key: Uint8Array, sealed: Uint8Array, aad: string): Uint8Array {
    return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
      null,
      sealed.subarray(24),
      aad,
      sealed.subarray(0, 24),
      key,
    );
  }

  #subkey(purpose: string): Uint8Array {
    return sodium.crypto_generichash(32, `session-tui store 1: ${purpose}`, this.#dataKey);
  }

  name(kind: string, number: number): string {
    return sodium.to_hex(sodium.crypto_generichash(16, `${kind} ${number}`, this.#subkey('names')));
  }

  #json(kind: string, number: number, place: number, name: string, sealed: Uint8Array): unknown {
    const aad = `session-tui store 1|${kind}|${number}|${place}|${name}`;
    const padded = this.#open(this.#subkey(kind), sealed, aad);
    const length = Buffer.from(padded).readUInt32LE(0);
    expect(padded.subarray(4 + length).every((byte) => byte === 0)).toBe(true);
    return JSON.parse(Buffer.from(padded.subarray(4, 4 + length)).toString());
  }

  /** Whole content of a file; the index's number is in its header. */
  file(kind: string, number: number): never {
    const name = this.name(kind, number);
    const bytes = readFileSync(join(this.#folder, name));
    expect(bytes.subarray(0, 8)).toEqual(Buffer.from('7374756901000000', 'hex'));
    const own = Number(bytes.readBigUInt64LE(8));
    if (kind !== 'index') expect(own).toBe(number);
    return this.#json(kind, own, 0, name, bytes.subarray(16)) as never;
  }

  filter(entries: readonly string[]): string {
    const filter = Buffer.alloc(Math.ceil((entries.length * 12) / 64) * 8);
    for (const entry of entries) {
      const hash = Buffer.from(sodium.crypto_generichash(16, entry, this.#subkey('search')));
      for (let i = 0; i < 8; i++) {
        const bit = (hash.readUInt32LE(0) + i * hash.readUInt32LE(4)) % (filter.length * 8);
        filter[bit >> 3] = (filter[bit >> 3] ?? 0) | (1 << (bit & 7));
      }
    }
    return filter.toString('base64');
  }

  frames(number: number): unknown[] {
    const name = this.name('journal', number);
    const bytes = readFileSync(join(this.#folder, name));
    const out: unknown[] = [];
    for (let at = 16; at < bytes.length; ) {
      const length = bytes.readUInt32LE(at);
      const key = this.#subkey('journal-frame');
      const check = sodium.crypto_generichash(16, `${number} ${at} ${length}`, key).slice(0, 4);
      expect(Uint8Array.from(bytes.subarray(at + 4, at + 8))).toEqual(check);
      out.push(this.#json('journal', number, at, name, bytes.subarray(at + 8, at + 8 + length)));
      at += 8 + length;
    }
    return out;
  }
}

type IndexJson = {
  journal: number;
  collections: [string, string, number][];
  conversations: [string, number[][]][];
  filters: [number, number[]][];
};

describe('the format', () => {
  it.each(['päss', null])('is what docs/store.md says (password: %s)', async (password) => {
    const folder = join(temporaryFolder(), 'p');
    const platform = testPlatform;
    const store = await createProfile({
      folder,
      password,
      account,
      platform,
      kdf: weakKdf,
      limits: { closeBytes: 0 },
    });
    await putAll(store, [storedMessage(1), storedMessage(2)]);
    await store.close();
    const again = await openProfile({ folder, password, platform });
    await again.transact((tx) => {
      tx.put('settings', 'theme', 'dark');
      tx.delete('settings', 'other');
      tx.putMessage(storedMessage(3));
      tx.deleteMessage(storedMessage(1).id);
    });

    const reader = new Reader(folder, password);
    const index: IndexJson = reader.file('index', 0);
    const accounts = index.collections.filter(([name]) => name === 'account');
    expect(accounts.map(([, bucket]) => bucket).sort()).toEqual(['a', 'b']);
    expect(reader.file('collection', accounts[0]?.[2] ?? 0)).toEqual({
      collection: 'account',
      bucket: accounts[0]?.[1],
      entries: [['account', account]],
    });
    const [conversation, shards] = index.conversations[0] ?? ['', []];
    expect(conversation).toBe(bob);
    const [file = 0, ...summary] = shards[0] ?? [];
    const [first, second] = [storedMessage(1), storedMessage(2)];
    expect(summary).toEqual([first.sentAt, second.sentAt, 2, 2, second.receivedAt]);
    const bare = [first, second].map(({ conversation: _, ...rest }) => rest);
    expect(reader.file('shard', file)).toEqual({ conversation: bob, messages: bare });
    const [filterFile = 0, filtered] = index.filters[0] ?? [];
    expect(filtered).toEqual([file]);
    const { filters }: { filters: [number, string][] } = reader.file('filter', filterFile);
    expect(filters[0]?.[0]).toBe(file);
    expect(filters[0]?.[1]).toBe(reader.filter(['mes', 'messa', 'num', 'numbe']));
    expect(reader.frames(index.journal)).toEqual([
      { journal: index.journal },
      { c: { settings: [['theme', 'dark'], ['other']] }, m: [storedMessage(3)], x: [[bob, first.id]] },
    ]);
    const named = [
      reader.name('index', 0),
      reader.name('journal', index.journal),
      reader.name('shard', file),
      reader.name('filter', filterFile),
      ...index.collections.map(([, , number]) => reader.name('collection', number)),
    ];
    const sealed = readdirSync(folder).filter((name) => name.length === 32);
    expect(sealed.sort()).toEqual(named.sort());
    await again.close();
  });
});
