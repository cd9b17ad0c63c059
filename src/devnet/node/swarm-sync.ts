/** Messages follow the swarms: what a node pushes to others when the list of nodes changes. */
import type { NodeRecord, Swarm, SwarmChange } from '../registry.ts';
import { swarmFor } from '../registry.ts';
import { parseAccount } from '../rpc/account.ts';
import type { StoredMessage } from '../storage/message-store.ts';

export type Push = Readonly<{ to: NodeRecord; messages: readonly StoredMessage[] }>;

/** A pushed batch ends above this many bytes of base64, so that it stays below the limit between nodes. */
const maxBatchBytes = 2 * 1024 * 1024;
/** What a message takes in JSON beside its data. */
const frameBytes = 300;

/**
 * What the node with the key `self` has to push. Newcomers of its own swarm get everything; a new swarm gets what is
 * now its own; when its own swarm is no more, all of its messages go where they belong. A node that was in no swarm,
 * or that was moved while its old swarm lives on, pushes nothing.
 */
export function planPushes(
  self: string,
  { before, after }: SwarmChange,
  messages: () => readonly StoredMessage[],
): Push[] {
  const was = swarmWith(before, self);
  const is = swarmWith(after, self);
  if (was === undefined || is === undefined) return [];
  if (was.id !== is.id) {
    return after.some((swarm) => swarm.id === was.id) ? [] : distribute(self, after, () => true, messages());
  }
  const newcomers = is.members.filter(
    (node) => !was.members.some((member) => member.ed25519 === node.ed25519),
  );
  const pushes = newcomers.flatMap((to) => batches(to, messages()));
  const known = new Set(before.map((swarm) => swarm.id));
  if (after.some((swarm) => !known.has(swarm.id)))
    pushes.push(...distribute(self, after, (swarm) => !known.has(swarm.id), messages()));
  return pushes;
}

function swarmWith(swarms: readonly Swarm[], ed25519: string): Swarm | undefined {
  return swarms.find((swarm) => swarm.members.some((node) => node.ed25519 === ed25519));
}

/** Each message to all members of its swarm, as far as `concerns` that swarm. */
function distribute(
  self: string,
  swarms: readonly Swarm[],
  concerns: (swarm: Swarm) => boolean,
  messages: readonly StoredMessage[],
): Push[] {
  const bySwarm = new Map<Swarm, StoredMessage[]>();
  for (const message of messages) {
    const account = parseAccount(message.account);
    const swarm = account === null ? null : swarmFor(account.key, swarms);
    if (swarm === null || !concerns(swarm)) continue;
    const list = bySwarm.get(swarm);
    if (list === undefined) bySwarm.set(swarm, [message]);
    else list.push(message);
  }
  return [...bySwarm].flatMap(([swarm, list]) =>
    swarm.members.filter((to) => to.ed25519 !== self).flatMap((to) => batches(to, list)),
  );
}

function batches(to: NodeRecord, messages: readonly StoredMessage[]): Push[] {
  const pushes: Push[] = [];
  let batch: StoredMessage[] = [];
  let size = 0;
  for (const message of messages) {
    batch.push(message);
    size += message.dataBase64.length + frameBytes;
    if (size <= maxBatchBytes) continue;
    pushes.push({ to, messages: batch });
    batch = [];
    size = 0;
  }
  if (batch.length > 0) pushes.push({ to, messages: batch });
  return pushes;
}
