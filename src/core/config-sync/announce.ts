import type { Context } from '../context.ts';
import { countReadable } from '../unread.ts';
import { toConversation } from '../views.ts';
import type { Applied } from './apply.ts';

/** Counts what is unread anew where read marks moved, and tells front ends what other devices have changed. */
export async function announceApplied(context: Context, applied: Applied): Promise<void> {
  const { store, events, changed } = context;
  const { lines, recounts, account, erased } = applied;
  if (lines.size === 0 && !account && erased.size === 0) return;
  await recountUnread(context, recounts);
  changed();
  for (const id of lines) {
    const line = store.get('conversations', id);
    if (line === undefined) continue;
    events.emit({ event: 'conversation', conversation: toConversation(line, store.get('contacts', id)) });
  }
  for (const [id, name] of erased) {
    // It is nobody's name any more: the words have to say whom they are about.
    const short = `${id.slice(0, 4)}…${id.slice(-4)}`;
    const who = name === '' ? short : `${name} (${short})`;
    events.emit({
      event: 'notice',
      conversation: id,
      text: `${who} was deleted on another of your devices`,
    });
  }
}

/** What came after a conversation's read mark is unread: where the mark moved from outside, it is counted. */
export async function recountUnread(
  { store }: Pick<Context, 'store'>,
  conversations: ReadonlySet<string>,
): Promise<void> {
  for (const id of conversations) {
    const record = store.get('conversations', id);
    if (record === undefined) continue;
    const unread = await countReadable(store, id, record.readUpTo);
    if (unread === record.unread) continue;
    await store.transact((tx) => {
      const now = tx.get('conversations', id);
      if (now !== undefined) tx.put('conversations', id, { ...now, unread });
    });
  }
}
