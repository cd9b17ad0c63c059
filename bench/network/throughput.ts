/** Messages a second through three hops: by the network layer alone, and by the whole messenger with its store. */
import { join } from 'node:path';
import { createMessenger, type Session } from '../../src/core/index.ts';
import type { Network } from '../../src/net/index.ts';
import { type AccountKeys, deriveAccount } from '../../src/protocol/account.ts';
import { buildTextContent } from '../../src/protocol/data-message.ts';
import { encryptOneToOne } from '../../src/protocol/one-to-one.ts';
import type { Benchmark } from '../types.ts';
import { client, cpuMs, memoryOf, platform } from './clients.ts';
import type { BenchDevnet } from './devnet.ts';

export const dayMs = 86_400_000;
const conversations = 16;
const messages = 160;
const inFlight = [1, 4, 16];

/** What a message of some words is on the wire. */
export function someMessage(recipient: AccountKeys): Uint8Array {
  const sentAt = Date.now();
  return encryptOneToOne({
    content: buildTextContent({
      body: 'Shall we meet at the usual place around eight?',
      sentAt,
      profileName: 'Bench',
    }),
    sentAt,
    sender: deriveAccount(new Uint8Array(16).fill(9)),
    recipient: recipient.accountId,
    random: platform.randomBytes,
  });
}

export function newAccount(): AccountKeys {
  return deriveAccount(platform.randomBytes(16));
}

export async function benchThroughput(
  devnet: BenchDevnet,
  learnt: unknown,
  report: Parameters<Benchmark>[0],
): Promise<void> {
  const network = client(devnet.definition, memoryOf(learnt));
  const people = Array.from({ length: conversations }, newAccount);
  // swarms are looked up once, connections opened once
  await storeAll(network, people, conversations, conversations);
  let alone: number | null = null;
  for (const lanes of inFlight) {
    const cpu = cpuMs();
    const value = await storeAll(network, people, lanes, messages);
    const spent = (cpuMs() - cpu) / messages;
    const name = `network: messages sent, ${lanes} in flight`;
    report({
      name,
      value,
      unit: 'messages/s',
      ...(alone === null ? {} : { baseline: alone, ratio: value / alone }),
      ok: true,
    });
    if (lanes === inFlight.at(-1))
      report({ name: `${name}: client CPU`, value: spent, unit: 'ms/message', ok: true });
    alone ??= value;
  }
  await network.close();
  await benchMessenger(devnet, report);
}

/** Stores `count` messages, `lanes` at a time, each person's in turn; messages a second. */
async function storeAll(
  network: Network,
  people: readonly AccountKeys[],
  lanes: number,
  count: number,
): Promise<number> {
  const prepared = Array.from({ length: count }, (_, i) => {
    const person = people[i % people.length] ?? newAccount();
    return { recipient: person.accountId, namespace: 0, data: someMessage(person), ttlMs: dayMs };
  });
  const start = performance.now();
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let next = prepared.pop(); next !== undefined; next = prepared.pop()) await network.store(next);
    }),
  );
  return (count * 1000) / (performance.now() - start);
}

/** Each message is stored on disk, sent to its recipient, marked as sent, and copied to one's own swarm. */
async function benchMessenger(devnet: BenchDevnet, report: Parameters<Benchmark>[0]): Promise<void> {
  const session = await createMessenger({
    platform,
    dataDir: join(devnet.folder, 'sender'),
    network: devnet.definition,
    proxy: null,
    lowBandwidth: false,
  }).createAccount({ profile: 'default', name: 'Bench', password: null });
  try {
    const people = Array.from({ length: conversations }, newAccount);
    session.goOnline({ poll: false });
    await deliver(session, people, conversations);
    const start = performance.now();
    await deliver(session, people, messages / 2);
    const value = (messages * 500) / (performance.now() - start);
    report({
      name: `network: messages sent by the messenger, ${conversations} conversations`,
      value,
      unit: 'messages/s',
      ok: true,
    });
  } finally {
    await session.close();
  }
}

async function deliver(session: Session, people: readonly AccountKeys[], count: number): Promise<void> {
  const queued = await Promise.all(
    Array.from({ length: count }, async (_, i) =>
      session.queueMessage((people[i % people.length] ?? newAccount()).accountId, `Message ${i}`),
    ),
  );
  const results = await Promise.all(queued.map((message) => session.waitForDelivery(message.id, 60_000)));
  if (results.some((result) => result.status !== 'sent')) throw new Error('a message was not sent');
}
