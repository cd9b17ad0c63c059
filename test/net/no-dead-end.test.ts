/**
 * Whatever the network answered before: once enough honest nodes answer again, messages go out and polling goes on, by
 * itself. Real paths, strikes, retries and onions over nodes without sockets and a clock that jumps.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Poller } from '../../src/core/poller.ts';
import { createNetwork, type Network } from '../../src/net/index.ts';
import { deriveAccount } from '../../src/protocol/account.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { FakeNodes, fakeNode, JumpingClock, type Place, type Trouble } from '../support/fake-nodes.ts';
import { seededRandom } from '../support/seeded-random.ts';

const minimum = 6;
const minute = 60_000;

/** Every row of network.md 2.4, and what comes without a status. `NODE` stands for some node's key. */
const outer: readonly (readonly [number, string])[] = [
  [502, 'Next node not found: NODE'],
  [502, 'Next node is currently unreachable: NODE'],
  [502, "Couldn't connect to server"],
  [503, 'Service node is not ready: no uptime proof\n'],
  [503, 'Snode not ready: NODE'],
  [503, 'Server busy, try again later'],
  [504, 'Request time out'],
  [504, 'Operation timed out after 25000 milliseconds with 0 bytes received'],
  [500, 'Invalid response from snode'],
  [400, 'Invalid ciphertext'],
  [400, 'Error parsing onion request: no'],
  [400, 'onion request max path length exceeded'],
  [413, 'Request body too large'],
  [404, 'POST /onion_req/v2 Not Found'],
  [406, ''],
  [425, ''],
  [421, '{}'],
  [429, 'Too Many Requests\n'],
  [200, 'Oxen Server error'],
];
const inner: readonly (readonly [number, string])[] = [
  [400, 'bad'],
  [401, 'no'],
  [403, 'no'],
  [404, 'no'],
  [406, 'clock'],
  [421, 'elsewhere'],
  [425, 'clock'],
  [500, 'request failed'],
  [502, 'oxend returned unparsable data'],
  [502, 'Next node not found: NODE'],
  [503, 'Snode not ready'],
];

const status = (kind: 'outer' | 'inner' | 'part', table: typeof outer): fc.Arbitrary<Trouble> =>
  fc.constantFrom(...table.map(([code, text]): Trouble => ({ kind, status: code, text })));
const trouble: fc.Arbitrary<Trouble | null> = fc.oneof(
  fc.constant(null),
  fc.constantFrom<Trouble>(
    { kind: 'down' },
    { kind: 'silent' },
    { kind: 'lost' },
    { kind: 'break' },
    { kind: 'garbage' },
    { kind: 'wrong-swarm' },
  ),
  status('outer', outer),
  status('inner', inner),
  status('part', inner),
);

const bad = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  count: fc.integer({ min: minimum, max: 10 }),
  /** answers, one after the other, again from the start at the end */
  answers: fc.array(trouble, { minLength: 1, maxLength: 60 }),
  /** how long that goes on */
  lastsMs: fc.integer({ min: 1, max: 4 * minute }),
  /** at the end of it */
  skewMs: fc.constantFrom(0, 600_000, -600_000),
  /** so many nodes are replaced by others in the middle of it */
  replaced: fc.integer({ min: 0, max: 10 }),
  seedIsUp: fc.boolean(),
  restart: fc.boolean(),
  /** nodes that never come back, beyond the minimum of those that do */
  dead: fc.integer({ min: 0, max: 4 }),
});

test('no sequence of answers ends without a way back', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(bad, async (day) => {
      const clock = new JumpingClock();
      const random = seededRandom(day.seed);
      let answer = 0;
      let isOver = false;
      const dead = new Set<unknown>();
      const anyone = () => nodes.listed[answer % nodes.listed.length]?.ed25519 ?? '';
      const script = (node: unknown, place: Place): Trouble | null => {
        if (isOver) return dead.has(node) ? { kind: place === 'guard' ? 'down' : 'silent' } : null;
        const next = day.answers[answer++ % day.answers.length] ?? null;
        return next !== null && 'text' in next
          ? { ...next, text: next.text.replace('NODE', anyone()) }
          : next;
      };
      const listed = Array.from({ length: day.count }, (_, index) => fakeNode(index));
      const nodes = new FakeNodes(listed, { clock, random, trouble: script });
      let kept: unknown;
      const open = (): Network =>
        createNetwork({
          definition: {
            name: 'fake',
            seedNodes: [{ url: 'http://seed:1/json_rpc' }],
            subnetDiversity: true,
            minimumNodes: minimum,
          },
          proxy: null,
          memory: {
            load: () => kept,
            save: async (state) => {
              kept = structuredClone(state);
            },
          },
          platform: { clock, randomBytes: random, logger: silentLogger },
          connector: nodes,
        });
      let network = open();
      const small = random(40);
      // beyond the size from which on paths of their own are used
      const large = random(60_000);
      const me = deriveAccount(random(16));
      const friend = deriveAccount(random(16));
      const stop = new AbortController();
      let rounds = 0;
      const polling = new Poller({
        platform: { clock, randomBytes: random, logger: silentLogger },
        lowBandwidth: false,
        lastActivityAt: () => 0,
        round: async (signal) => {
          const request = {
            account: me,
            namespaces: [0],
            cursors: { get: () => undefined },
            onBatch: async () => {},
          };
          const { answered } = await network.fetch(request, signal);
          rounds += 1;
          return { answered, stored: 0, skipped: 0 };
        },
      }).run(stop.signal);

      await clock.through(clock.sleep(day.lastsMs / 2), day.lastsMs);
      nodes.listed = [
        ...listed.slice(day.replaced),
        ...Array.from({ length: Math.min(day.replaced, day.count) }, (_, index) => fakeNode(100 + index)),
      ];
      nodes.add(nodes.listed);
      nodes.seedIsUp = day.seedIsUp;
      await clock.through(clock.sleep(day.lastsMs / 2), day.lastsMs);
      if (day.restart) {
        const before = network;
        network = open();
        await clock.through(before.close(), minute);
      }

      isOver = true;
      nodes.seedIsUp = true;
      nodes.skewMs = day.skewMs;
      for (const node of nodes.listed.slice(minimum).slice(0, day.dead)) dead.add(node);
      const roundsBefore = rounds;
      const store = async (data: Uint8Array) => {
        const message = { recipient: friend.accountId, namespace: 0, data, ttlMs: 86_400_000 };
        for (let pauseMs = 1_000; ; pauseMs = Math.min(minute, 2 * pauseMs)) {
          try {
            return await network.store(message);
          } catch {
            await clock.sleep(pauseMs);
          }
        }
      };
      const polled = (async () => {
        while (rounds === roundsBefore) await clock.sleep(1_000);
      })();
      // the seeds are asked again ten minutes after they were at the earliest
      const [first, second] = await clock.through(
        Promise.all([store(small), store(large), polled]),
        25 * minute,
      );
      for (const { node, hash } of [first, second]) {
        expect([...(nodes.stored.get(node.ed25519) ?? [])]).toContain(hash);
      }
      expect(new Set([...nodes.stored.values()].flatMap((kept) => [...kept])).size).toBe(2);
      stop.abort();
      await clock.through(Promise.all([polling, network.close()]), minute);
    }),
    { seed: 20_240_731, numRuns: 25 },
  );
});
