import { request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hugeBytes } from '../../src/devnet/bad-answers.ts';
import type { Devnet, DevnetNode } from '../../src/devnet/index.ts';
import { systemClock } from '../../src/util/clock.ts';
import {
  buildOnion,
  dataOf,
  direct,
  endConnections,
  type HttpReply,
  Owner,
  onion,
  openReply,
  post,
  rpcBody,
} from './client.ts';
import { around, ownerAt, platform, start, withFolder } from './start.ts';

const info = rpcBody('info', {});

async function askSeed(devnet: Devnet): Promise<string> {
  const reply = await fetch(devnet.definition.seedNodes[0]!.url, {
    method: 'POST',
    body: rpcBody('get_n_service_nodes', { fields: ['pubkey_ed25519'] }),
  });
  return `${reply.status} ${await reply.text()}`;
}

const listed = async (devnet: Devnet): Promise<DevnetNode[]> => {
  const text = await askSeed(devnet);
  return devnet.nodes.filter((node) => text.includes(node.ed25519));
};

/** The nodes that take connections. */
async function up(devnet: Devnet): Promise<DevnetNode[]> {
  endConnections();
  const answers = await Promise.all(devnet.nodes.map((node) => direct(node, 'info', {}).catch(() => null)));
  return devnet.nodes.filter((_, index) => answers[index] !== null);
}

const outcome = (reply: Promise<HttpReply & { decrypted?: string | null }>): Promise<string> =>
  reply.then(
    ({ status, decrypted }) => (decrypted === null ? `unreadable ${status}` : 'fine'),
    (error: Error) => (/aborted|ECONNRESET|hang up/.test(error.message) ? 'broken off' : error.message),
  );

describe('faults beyond the contract’s list', () => {
  let devnet: Devnet;
  let path: DevnetNode[];
  beforeAll(async () => {
    devnet = await start({ serverTimings: { fanOutTimeoutMs: 200, dripMs: 1 } });
    path = devnet.nodes.slice(0, 3);
  });
  afterEach(() => devnet.setFaults('none'));
  afterAll(async () => {
    endConnections();
    await devnet.close();
  });
  const target = () => devnet.nodes[3]!;

  it('truncate: answers are too short, or the connection breaks before their end', async () => {
    await devnet.setFaults('truncate=1');
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, () => outcome(onion(path, target(), info))),
    );
    expect(new Set(outcomes)).toEqual(new Set(['unreadable 200', 'broken off']));
    for (let i = 0; i < 5; i++) {
      const list = await askSeed(devnet).catch(() => '200 ');
      expect(() => JSON.parse(list.slice(4))).toThrow();
    }
  });

  it('error: hops give the real server’s 5xx in clear, and name themselves or the next', async () => {
    await devnet.setFaults('error=0.9');
    const number = (key: string) => `<${devnet.nodes.findIndex((node) => node.ed25519 === key)}>`;
    const expected = [
      '503 Service node is not ready: not done syncing\n',
      '503 Server busy, try again later',
      '503 Snode not ready: <1>',
      '503 Snode not ready: <2>',
      '500 Invalid response from snode',
      ...[1, 2, 3].flatMap((node) => [
        `502 Next node not found: <${node}>`,
        `502 Next node is currently unreachable: <${node}>`,
      ]),
    ];
    const seen = new Set<string>();
    for (let round = 0; round < 40 && seen.size < expected.length; round++) {
      const replies = await Promise.all(Array.from({ length: 50 }, () => onion(path, target(), info)));
      for (const { status, text, decrypted } of replies)
        if (decrypted === null) seen.add(`${status} ${text.replace(/[0-9a-f]{64}/, number)}`);
    }
    expect([...seen].sort()).toEqual(expected.sort());
  });

  it('error: the destination gives its own inside the onion, for all of a request or a part of a batch', async () => {
    await devnet.setFaults('error=1');
    const ask = async (rpc: string): Promise<string> => {
      const { body, key } = buildOnion([], target(), rpc);
      const reply = await post(target(), '/onion_req/v2', body);
      const opened = openReply('aes-gcm', key, Buffer.from(reply.text, 'base64')).toString();
      const answer = JSON.parse(opened) as { status: number; body: string };
      if (answer.status !== 200) return `${answer.status} ${answer.body}`;
      const { results } = JSON.parse(answer.body) as { results: { code: number; body: unknown }[] };
      const failed = results.filter(({ code }) => code !== 200);
      return `${failed.length} of ${results.length}: ${failed[0]?.code} ${String(failed[0]?.body)}`;
    };
    const whole = ['500 request failed', '503 Snode not ready'];
    for (const [rpc, expected] of [
      [info, whole],
      [
        rpcBody('batch', { requests: [0, 1, 2].map(() => ({ method: 'info', params: {} })) }),
        ['1 of 3: 500 request failed', ...whole],
      ],
      [
        rpcBody('oxend_request', { endpoint: 'get_service_nodes', params: {} }),
        [...whole, '502 oxend returned unparsable data'],
      ],
    ] as const) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => ask(rpc)));
      expect([...new Set(answers)].sort()).toEqual([...expected].sort());
    }
  });

  it('error: also without an onion, at the seed, and at an exit to an external server', async () => {
    await devnet.setFaults('error=1');
    expect((await direct(target(), 'info', {})).status).toBeGreaterThanOrEqual(500);
    expect(await askSeed(devnet)).toMatch(/^50[023] /);
    const lastRoute = ({ ephemeral }: { ephemeral: string }) => ({
      host: '127.0.0.1',
      target: '/oxen/v4/lsrpc',
      ephemeral_key: ephemeral,
      protocol: 'http',
      port: 1,
    });
    const exits = await Promise.all(
      Array.from({ length: 40 }, () => onion([target()], target(), info, { lastRoute })),
    );
    const texts = exits.map(({ status, text }) => `${status} ${text}`);
    expect(texts).toContain(
      "502 Failed to connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server",
    );
    expect(texts).toContain('504 Operation timed out after 25000 milliseconds with 0 bytes received');
  });

  it('error: what failed with a 5xx of the destination was not done', async () => {
    const owner = ownerAt(devnet, 3);
    await devnet.setFaults('error=1');
    const { body, key } = buildOnion([], target(), rpcBody('store', owner.store('x')));
    const reply = await post(target(), '/onion_req/v2', body);
    const opened = openReply('aes-gcm', key, Buffer.from(reply.text, 'base64')).toString();
    expect((JSON.parse(opened) as { status: number }).status).toBeGreaterThanOrEqual(500);
    await devnet.setFaults('none');
    expect(dataOf((await direct(target(), 'retrieve', owner.retrieve())).text)).toEqual([]);
  });

  it('hang: a hung hop gives 504 after the relay time-out, a hung guard nothing at all', async () => {
    await devnet.setFaults('hang=1, relay-timeout=150');
    const silent = new Set(devnet.nodes);
    for (const node of silent)
      void post(node, '/get_stats/v1', '', { method: 'GET' }).then(() => silent.delete(node));
    while (silent.size > 1) await sleep(5);
    const [hung] = [...silent] as [DevnetNode];
    const [guard, exit, other] = devnet.nodes.filter((node) => node.ip !== hung.ip);
    expect(await onion([guard!, hung, exit!], other!, info)).toMatchObject({
      status: 504,
      text: 'Request time out',
    });
    await expect(onion([hung, guard!, exit!], other!, info, { timeoutMs: 300 })).rejects.toThrow();
    expect(silent.size).toBe(1);
    await devnet.setFaults('none');
    expect(await outcome(onion([guard!, hung, exit!], other!, info))).toBe('fine');
  });

  it('slow: an answer comes byte by byte, whole in the end', async () => {
    await devnet.setFaults('slow=1');
    const sizes = await new Promise<number[]>((resolve, reject) => {
      const { ip, port } = target();
      request(
        { host: ip, port, path: '/get_stats/v1', agent: false, rejectUnauthorized: false },
        (answer) => {
          const seen: number[] = [];
          answer.on('data', (chunk: Buffer) => seen.push(chunk.length));
          answer.on('end', () => resolve(seen));
        },
      )
        .on('error', reject)
        .end();
    });
    expect(sizes.length).toBeGreaterThan(5);
    expect(await outcome(onion(path, target(), info))).toBe('fine');
  });

  it('huge: an answer far above the limit, announced or not', async () => {
    await devnet.setFaults('huge=1');
    const lengths = new Set<string | undefined>();
    for (let i = 0; i < 40 && lengths.size < 2; i++)
      lengths.add(
        await new Promise((resolve, reject) => {
          const { ip, port } = target();
          const options = { host: ip, port, path: '/get_stats/v1', agent: false, rejectUnauthorized: false };
          const call = request(options, (answer) => {
            let length = 0;
            answer.on('data', (chunk: Buffer) => {
              length += chunk.length;
              if (length <= 11 * 1024 * 1024) return;
              resolve(answer.headers['content-length']);
              answer.destroy();
            });
          });
          call.on('error', reject).end();
        }),
      );
    expect(lengths).toEqual(new Set([String(hugeBytes), undefined]));
  });

  it('all go together', async () => {
    await devnet.setFaults(
      'truncate=0.3, error=0.2, slow=0.2, garbage=0.1, mac=0.1, hang=1, relay-timeout=100, leave=1, down=1',
    );
    const replies = await Promise.all(
      Array.from({ length: 36 }, (_, i) => {
        const hops = [0, 1, 2].map((hop) => devnet.nodes[(i + hop) % 9]!);
        return outcome(onion(hops, devnet.nodes[(i + 3) % 9]!, info, { timeoutMs: 1000 }));
      }),
    );
    expect(replies.every((reply) => reply === 'fine')).toBe(false);
    await devnet.setFaults('none');
    expect(await listed(devnet)).toHaveLength(9);
    endConnections();
    const after = await Promise.all(Array.from({ length: 30 }, () => outcome(onion(path, target(), info))));
    expect(new Set(after)).toEqual(new Set(['fine']));
  });
});

describe('nodes that leave and join the list', () => {
  let devnet: Devnet;
  beforeAll(async () => {
    devnet = await start();
  });
  afterAll(async () => {
    endConnections();
    await devnet.close();
  });

  it('leave: out of list and swarm, and back with what was stored meanwhile', async () => {
    await devnet.setFaults('leave=2');
    const [first, second] = devnet.nodes.filter((node) => node.swarm === null);
    expect(await listed(devnet)).toEqual(devnet.nodes.filter((node) => node.swarm !== null));
    expect(await up(devnet)).toHaveLength(9);
    expect(await direct(first!, 'info', {})).toMatchObject({
      status: 503,
      text: 'Service node is not ready: not in any swarm\n',
    });
    const guard = devnet.nodes.find((node) => node.swarm !== null)!;
    expect(await onion([guard], second!, info)).toMatchObject({
      status: 502,
      text: `Next node not found: ${second!.ed25519}`,
    });
    await devnet.setFaults('none');
    const gone = devnet.nodes.findIndex((node) => node.ed25519 === first!.ed25519);
    await devnet.setFaults('none');
    const owner = ownerAt(devnet, gone);
    // until that very node is away
    while (devnet.nodes[gone]!.swarm !== null) await devnet.setFaults('leave=5');
    const { members } = around(devnet, owner);
    expect(members).not.toHaveLength(0);
    expect((await direct(members[0]!, 'store', owner.store('meanwhile'))).status).toBe(200);
    await devnet.setFaults('none');
    const reply = await direct(devnet.nodes[gone]!, 'retrieve', owner.retrieve());
    expect(dataOf(reply.text)).toEqual(['meanwhile']);
  });

  it('leave: a swarm never loses its last member, and its messages pass to those who come for those who go', async () => {
    const owner = new Owner();
    await direct(around(devnet, owner).members[0]!, 'store', owner.store('kept'));
    for (let i = 0; i < 5; i++) {
      await devnet.setFaults('leave=9');
      expect(await listed(devnet)).toHaveLength(3);
      const { members } = around(devnet, owner);
      expect(members).toHaveLength(1);
      expect(dataOf((await direct(members[0]!, 'retrieve', owner.retrieve())).text)).toEqual(['kept']);
    }
    await devnet.setFaults('none');
  });

  it('leave: does not outlive the devnet', async () => {
    await withFolder(async (stateDir) => {
      const first = await start({ nodes: 6, stateDir, faults: 'leave=2' });
      expect(await listed(first)).toHaveLength(4);
      await first.close();
      const second = await start({ nodes: 6, stateDir });
      expect(await listed(second)).toHaveLength(6);
      await second.close();
    });
  });
});

describe('nodes that fail in turn', () => {
  it('turn: so many down at a time, every node before any comes twice, and none with the next line', async () => {
    let next: (() => void) | null = null;
    const clock = {
      ...systemClock,
      after: (ms: number, run: () => void) => {
        if (ms !== 77_000) return systemClock.after(ms, run);
        next = run;
        return () => {
          next = null;
        };
      },
    };
    const devnet = await start({ platform: { ...platform, clock }, faults: 'turn=3:77' });
    const down = async (): Promise<number[]> => {
      const isUp = new Set((await up(devnet)).map(({ ed25519 }) => ed25519));
      return devnet.nodes.flatMap(({ ed25519 }, index) => (isUp.has(ed25519) ? [] : [index]));
    };
    const rounds: number[][] = [];
    for (let i = 0; i < 4; i++) {
      rounds.push(await down());
      const run: () => void = next!;
      next = null;
      run();
      while (next === null) await sleep(5);
    }
    expect(rounds.map((round) => round.length)).toEqual([3, 3, 3, 3]);
    expect(rounds.slice(0, 3).flat().sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(rounds[3]).toEqual(rounds[0]);
    await devnet.setFaults('turn=2:77, down=1');
    expect(await down()).toHaveLength(3);
    await devnet.setFaults('none');
    expect(next).toBeNull();
    expect(await down()).toEqual([]);
    await devnet.close();
  });

  it('turn: closing in the middle of a change of turns leaves nothing running', async () => {
    const devnet = await start({ nodes: 4, faults: 'turn=2:0.01' });
    await sleep(25);
    await devnet.close();
    expect(await up(devnet)).toEqual([]);
  });
});

describe('lines', () => {
  it.each([
    'truncate=1.1',
    'error',
    'slow=-1',
    'huge=2',
    'hang=1.5',
    'leave=-1',
    'turn=3',
    'turn=3:0',
    'turn=3:601',
    'turn=1.5:3',
    'relay-timeout=-1',
    'relay-timeout=700000',
  ])('%s is refused', async (line) => {
    const { parseFaults } = await import('../../src/devnet/faults.ts');
    expect(() => parseFaults(line)).toThrow('is no fault that the devnet knows');
  });

  it('are set together, and replace each other, through the control socket', async () => {
    const { connect } = await import('node:net');
    await withFolder(async (folder) => {
      const control = join(folder, 'control');
      const devnet = await start({ nodes: 6, control });
      const tell = (line: string): Promise<string> =>
        new Promise((resolve, reject) => {
          const socket = connect(control);
          socket.setEncoding('utf8').on('error', reject).on('data', resolve);
          socket.end(`${line}\n`);
        });
      try {
        expect(await tell('leave=1,turn=2:60,relay-timeout=100,truncate=0')).toBe('ok\n');
        expect(await listed(devnet)).toHaveLength(5);
        expect(await up(devnet)).toHaveLength(4);
        expect(await tell('turn=2:nonsense')).toMatch(/^error: /);
        expect(await up(devnet)).toHaveLength(4);
        expect(await tell('none')).toBe('ok\n');
        expect(await listed(devnet)).toHaveLength(6);
        expect(await up(devnet)).toHaveLength(6);
      } finally {
        endConnections();
        await devnet.close();
      }
    });
  });
});
