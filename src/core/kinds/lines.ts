/** The lines of the conversation list, after something other than a new message changed a conversation. */
import type { Context } from '../context.ts';
import { countReadable } from '../unread.ts';
import { previewOf } from '../views.ts';

/**
 * Counts unread messages anew and shows the newest message that is left; what was deleted must not be read in the
 * list either. The place in the list stays.
 */
export async function refreshLines({ store }: Context, conversations: Iterable<string>): Promise<void> {
  for (const id of conversations) {
    const line = store.get('conversations', id);
    if (line === undefined) continue;
    const unread = await countReadable(store, id, line.readUpTo);
    const [newest] = await store.messagesBefore(id, { limit: 1 });
    const preview = previewOf(newest?.body ?? '');
    if (line.unread === unread && line.preview === preview) continue;
    await store.transact((tx) => {
      const now = tx.get('conversations', id);
      if (now !== undefined) tx.put('conversations', id, { ...now, unread, preview });
    });
  }
}
