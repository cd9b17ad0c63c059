import { randomFillSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type {
  ProfileStore,
  StoredAccount,
  StoredConversation,
  StoredMessage,
} from '../../src/store/index.ts';
import { messageId } from '../../src/store/index.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';
import type { Platform } from '../../src/util/platform.ts';

export const alice = `05${'a1'.repeat(32)}`;
export const bob = `05${'b2'.repeat(32)}`;
export const account: StoredAccount = {
  seedHex: '00112233445566778899aabbccddeeff',
  name: 'Alicia Testperson',
  createdAt: 1_700_000_000_000,
  restored: false,
};

/** Argon2id at its least, so that tests cost nothing. */
export const weakKdf = { memoryKib: 8, passes: 1 };

export const testPlatform: Platform = {
  clock: systemClock,
  randomBytes: (length) => randomFillSync(new Uint8Array(length)),
  logger: silentLogger,
};

/** A message whose id fits; `n` makes it differ. */
export function storedMessage(n: number, fields: Partial<Omit<StoredMessage, 'id'>> = {}): StoredMessage {
  const message = {
    conversation: bob,
    from: bob,
    direction: 'in',
    sentAt: 1_700_000_000_000 + n * 1000,
    receivedAt: 1_700_000_000_500 + n * 1000,
    body: `message number ${n}`,
    status: 'received',
    attachments: [],
    ...fields,
  } as const;
  return { ...message, id: messageId(message.conversation, message.from, message.sentAt) };
}

export function storedConversation(id: string, fields: Partial<StoredConversation> = {}): StoredConversation {
  return {
    id,
    kind: 'contact',
    unread: 0,
    lastMessageAt: 0,
    preview: '',
    draft: '',
    pinned: false,
    mutedUntil: null,
    readUpTo: 0,
    hidden: false,
    ...fields,
  };
}

/** Stores messages, all in one transaction. */
export async function putAll(store: ProfileStore, messages: readonly StoredMessage[]): Promise<void> {
  await store.transact((tx) => {
    for (const message of messages) tx.putMessage(message);
  });
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const item of items) out.push(item);
  return out;
}

/** A folder of one's own, gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'session-tui-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
