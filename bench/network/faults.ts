/**
 * How long a message takes to its recipient while the network misbehaves: from `store` until a round of fetching of
 * the recipient's own client, begun once the store is confirmed and repeated at once, has it.
 */
import type { Network } from '../../src/net/index.ts';
import type { AccountKeys } from '../../src/protocol/account.ts';
import { equalBytes } from '../../src/util/bytes.ts';
import type { Benchmark } from '../types.ts';
import { client, memoryOf, quantile } from './clients.ts';
import type { BenchDevnet } from './devnet.ts';
import { dayMs, newAccount, someMessage } from './throughput.ts';

const messages = 20;
/** At a time, between different people. */
const pairs = 4;
const giveUpMs = 30_000;

/** One of each of contracts.md section 5. */
const lines = [
  'none',
  'drop=0.1',
  'lost=0.1',
  'delay=50',
  'garbage=0.1',
  'mac=0.1',
  'wrong-swarm=0.1',
  'skew=600',
  'down=2',
  'hide=0.3',
  'lie=2',
  'seed=off',
];

export async function benchFaults(
  devnet: BenchDevnet,
  learnt: unknown,
  report: Parameters<Benchmark>[0],
): Promise<void> {
  const without = { p50: Number.NaN, p95: Number.NaN };
  try {
    for (const line of lines) {
      await devnet.faults(line);
      const times = await deliverAll(devnet, learnt);
      for (const [part, q] of [
        ['p50', 0.5],
        ['p95', 0.95],
      ] as const) {
        const value = quantile(times, q);
        if (line === 'none') without[part] = value;
        report({
          name: `network: delivery with ${line}, ${part}`,
          value,
          unit: 'ms',
          ...(line === 'none' ? {} : { baseline: without[part], ratio: value / without[part] }),
          ok: times.length === messages && value < giveUpMs,
        });
      }
    }
  } finally {
    await devnet.faults('none');
  }
}

/** Times of all messages; the clients know the network from before the fault. */
async function deliverAll(devnet: BenchDevnet, learnt: unknown): Promise<number[]> {
  const sender = client(devnet.definition, memoryOf(learnt));
  const recipient = client(devnet.definition, memoryOf(learnt));
  const times: number[] = [];
  try {
    await Promise.all(
      Array.from({ length: pairs }, async () => {
        const person = newAccount();
        for (let i = 0; i < messages / pairs; i++) times.push(await deliver(sender, recipient, person));
      }),
    );
  } finally {
    await Promise.all([sender.close(), recipient.close()]);
  }
  return times;
}

async function deliver(sender: Network, recipient: Network, person: AccountKeys): Promise<number> {
  const data = someMessage(person);
  const start = performance.now();
  const limit = AbortSignal.timeout(giveUpMs);
  try {
    await sender.store({ recipient: person.accountId, namespace: 0, data, ttlMs: dayMs }, limit);
    for (let found = false; !found; ) {
      limit.throwIfAborted();
      await recipient.fetch(
        {
          account: person,
          namespaces: [0],
          cursors: { get: () => undefined },
          onBatch: async ({ items }) => {
            found ||= items.some((item) => equalBytes(item.data, data));
          },
        },
        limit,
      );
    }
  } catch (error) {
    // its time then says that it did not arrive
    if (!limit.aborted) throw error;
  }
  return performance.now() - start;
}
