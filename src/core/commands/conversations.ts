/** Commands on one's own side of conversations and account: linked devices follow by the configs. */
import { NotFoundError, UsageError } from '../../errors.ts';
import type { AccountId } from '../../protocol/ids.ts';
import type { StoredAccount } from '../../store/index.ts';
import { utf8Encode } from '../../util/bytes.ts';
import type { Context } from '../context.ts';
import { queueReceipts } from '../kinds/receipts.ts';
import { startReadTimers } from '../kinds/timers.ts';
import { contactIn, conversationIn } from '../records.ts';
import type { Conversation } from '../types.ts';
import { countReadable } from '../unread.ts';
import { toConversation } from '../views.ts';

/** UTF-8 bytes of a display name, at most (accounts.md section 8). */
const maxNameBytes = 100;

/** The trimmed name. Throws UsageError `name-too-long`. */
export function checkDisplayName(name: string): string {
  const trimmed = name.trim();
  if (utf8Encode(trimmed).length > maxNameBytes) {
    throw new UsageError('name-too-long', `That name is too long: at most ${maxNameBytes} bytes of UTF-8.`);
  }
  return trimmed;
}

export async function startConversation(context: Context, accountId: AccountId): Promise<Conversation> {
  const { store, keys } = context;
  const [conversation, contact] = await store.transact((tx) => {
    const record = { ...conversationIn(tx, accountId, keys.accountId), hidden: false };
    tx.put('conversations', accountId, record);
    if (accountId === keys.accountId) return [record, undefined] as const;
    // Starting a conversation is an intention to write: not a request of theirs any more once a message is queued.
    const other = contactIn(tx, accountId);
    tx.put('contacts', accountId, other);
    return [record, other] as const;
  });
  const view = toConversation(conversation, contact);
  context.changed();
  context.events.emit({ event: 'conversation', conversation: view });
  return view;
}

/**
 * Everything up to the newest message counts as read, but nothing dated beyond the network's time (messages.md section
 * 6). Whoever calls wakes the outbox.
 */
export async function markRead(context: Context, conversation: string): Promise<void> {
  const { store } = context;
  const before = store.get('conversations', conversation);
  if (before === undefined) throw new NotFoundError('no-conversation', 'There is no such conversation.');
  const readUpTo = Math.max(before.readUpTo, Math.min(before.lastMessageAt, context.network.now()));
  if (before.unread === 0 && readUpTo === before.readUpTo && before.markedUnread !== true) return;
  const unread = await countReadable(store, conversation, readUpTo);
  const after = await store.transact((tx) => {
    const { markedUnread: _, ...now } = tx.get('conversations', conversation) ?? before;
    const record = { ...now, readUpTo, unread };
    tx.put('conversations', conversation, record);
    return record;
  });
  context.traces.read(conversation, readUpTo, context.platform.clock.now());
  await queueReceipts(context, conversation, before.readUpTo, readUpTo);
  await startReadTimers(context);
  context.changed();
  context.events.emit({
    event: 'conversation',
    conversation: toConversation(after, store.get('contacts', conversation)),
  });
}

/** Keeps the text that was being written, and which message (by its id) it answers. */
export async function setDraft(
  context: Context,
  conversation: string,
  draft: string,
  answers: string | null,
): Promise<void> {
  await context.store.transact((tx) => {
    const record = tx.get('conversations', conversation);
    if (record === undefined) return;
    const { draftAnswers = null, ...rest } = record;
    if (record.draft === draft && draftAnswers === answers) return;
    const answered = answers === null ? {} : { draftAnswers: answers };
    tx.put('conversations', conversation, { ...rest, draft, ...answered });
  });
  context.changed();
}

/** Whether people in communities may write to this account unasked; decided for all devices. */
export function setCommunityRequests(context: Context, blindedRequests: boolean): Promise<void> {
  return changeAccount(context, (account) =>
    (account.blindedRequests ?? false) === blindedRequests ? account : { ...account, blindedRequests },
  );
}

export async function setDisplayName(context: Context, name: string): Promise<void> {
  const checked = checkDisplayName(name);
  await changeAccount(context, (account) =>
    account.name === checked ? account : { ...account, name: checked },
  );
}

/** A change that others may see is dated later than the one that other devices know, whatever the clocks say. */
async function changeAccount(
  context: Context,
  change: (account: StoredAccount) => StoredAccount,
): Promise<void> {
  await context.store.transact((tx) => {
    const account = tx.get('account', 'account');
    const changed = account && change(account);
    if (changed === undefined || changed === account) return;
    const profileUpdatedAtSec = Math.max(
      Math.floor(context.network.now() / 1000),
      (changed.profileUpdatedAtSec ?? 0) + 1,
    );
    tx.put('account', 'account', { ...changed, profileUpdatedAtSec });
  });
  context.changed();
}
