/** A generated history: conversations and messages that look like people's, the same in every run. */
import { randomFillSync } from 'node:crypto';
import { messageId, type ProfileStore, type StoredMessage } from '../../src/store/index.ts';
import { createProfile } from '../../src/store/profiles.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';

export const platform = {
  clock: systemClock,
  randomBytes: (length: number) => randomFillSync(new Uint8Array(length)),
  logger: silentLogger,
};

/** The account of a generated profile. */
export const account = { seedHex: '00'.repeat(16), name: 'bench', createdAt: 0, restored: false };
const start = 1_700_000_000_000;
const words =
  'shall we meet at the usual place around eight or is that too late for you tonight since the train was cancelled again and nobody told me where else to go'.split(
    ' ',
  );
/** Stands in every 50 000th message, for the search. */
export const rareWord = 'wallflower';
/** Stands in the oldest message of all, once. */
export const loneWord = 'nightingale';
/** Stands in many messages of every conversation. */
export const commonWord = 'train';

/** The account ID of the n-th person. */
export function person(n: number): string {
  return `05${n.toString(16).padStart(8, '0').repeat(8)}`;
}

/** The n-th message of a conversation: 30 to 400 characters, a third of them our own. */
export function message(conversation: string, n: number, rare = false): StoredMessage {
  const sentAt = start + n * 60_000 + (conversation.charCodeAt(9) % 50) * 1000;
  const length = 6 + ((n * 7919) % 67);
  const body = Array.from({ length }, (_, i) => words[(n * 31 + i * 17) % words.length]).join(' ');
  return {
    id: messageId(conversation, conversation, sentAt),
    conversation,
    from: conversation,
    direction: n % 3 === 0 ? 'out' : 'in',
    sentAt,
    receivedAt: sentAt + 900,
    body: rare ? `${body} ${rareWord}` : body,
    status: n % 3 === 0 ? 'sent' : 'received',
    hash: 'q'.repeat(43),
    attachments: [],
  };
}

/** What the program stores when a message comes: itself, its hash, and its conversation's line in the list. */
export function addOne(store: ProfileStore, conversation: string, n: number): Promise<void> {
  return store.transact((tx) => {
    const added = message(conversation, n);
    tx.putMessage(added);
    tx.put('seen', `${conversation.slice(2, 10)}${n}${'h'.repeat(30)}`, Date.now() + 14 * 86_400_000);
    tx.put('conversations', conversation, listEntry(added, n));
  });
}

/** A conversation's line in the list. */
export function listEntry(last: StoredMessage, unread: number) {
  return {
    id: last.conversation,
    kind: 'contact',
    unread,
    lastMessageAt: last.sentAt,
    preview: last.body.slice(0, 120),
    draft: '',
    pinned: false,
    mutedUntil: null,
    readUpTo: 0,
    hidden: false,
  } as const;
}

/** Makes a profile without a password and closes it: `each` messages in each of `conversations`. */
export async function makeHistory(folder: string, conversations: number, each: number): Promise<void> {
  const store = await createProfile({
    folder,
    password: null,
    account,
    platform,
    // A bulk load: every message goes through the journal into its shard, in few large folds.
    limits: { journalBytes: 1 << 25 },
  });
  for (let c = 0; c < conversations; c++) {
    const id = person(c);
    await store.transact((tx) => {
      for (let n = 0; n < each; n++) {
        const one = message(id, n, (c * each + n) % 50_000 === 7);
        tx.putMessage(c === 500 && n === 0 ? { ...one, body: `${one.body} ${loneWord}` } : one);
      }
      tx.put('contacts', id, {
        id,
        name: `Person ${c}`,
        nickname: null,
        profileUpdatedAtSec: 0,
        approved: true,
        approvedMe: true,
        blocked: false,
      });
      if (each > 0) tx.put('conversations', id, listEntry(message(id, each - 1), 3));
    });
  }
  await store.close();
}
