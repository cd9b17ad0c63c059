import type { Context } from './context.ts';
import { type LookAlikes, lookAlikeIn } from './look-alikes.ts';
import type { SessionState } from './types.ts';
import { compareConversations, toConversation, toNetworkView } from './views.ts';

/**
 * What front ends see of a session now, made from its records and the network. `marked`: whose names look alike;
 * `skipped`: counts of incoming items by reason code.
 */
export function stateOf(
  { store, keys, profile, network, typing }: Context,
  marked: ReturnType<LookAlikes['get']>,
  skipped: ReadonlyMap<string, number>,
): SessionState {
  const conversations = store
    .entries('conversations')
    .filter(([, stored]) => !stored.hidden)
    .map(([id, stored]) => ({
      ...toConversation(stored, store.get('contacts', id)),
      ...lookAlikeIn(marked, id),
      ...(typing.isTyping(id) ? { typing: true as const } : {}),
    }))
    .sort(compareConversations);
  let queued = 0;
  for (const [, item] of store.entries('outbox')) if (item.data !== '' && item.control !== true) queued += 1;
  return {
    account: { accountId: keys.accountId, name: store.get('account', 'account')?.name ?? '', profile },
    conversations,
    network: toNetworkView(network.status()),
    queued,
    unprotected: store.unprotected,
    skipped: Object.fromEntries(skipped),
  };
}
