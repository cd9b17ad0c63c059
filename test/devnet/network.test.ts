import { appendFile, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import { type AddressInfo, connect, createConnection } from 'node:net';
import { join } from 'node:path';
import { connect as tlsConnect } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Devnet, DevnetNode, JournalEntry } from '../../src/devnet/index.ts';
import { dataOf, direct, endConnections, type HttpReply, Owner, onion, post, rpcBody } from './client.ts';
import { around, ownerAt, start, withFolder } from './start.ts';

type State = Readonly<Record<string, unknown>>;

function askSeed(
  devnet: Devnet,
  body: string,
  path = '/json_rpc',
): Promise<[number, string | undefined, string]> {
  const { port } = new URL(devnet.definition.seedNodes[0]!.url);
  return new Promise((resolve, reject) => {
    const call = httpRequest(
      { host: '127.0.0.1', port, path, method: 'POST', agent: false, headers: { 'User-Agent': 'WhatsApp' } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve([response.statusCode ?? 0, response.headers['content-type'], text]));
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

async function states(devnet: Devnet, params: object): Promise<State[]> {
  const [, , text] = await askSeed(devnet, rpcBody('get_n_service_nodes', params));
  return (JSON.parse(text) as { result: { service_node_states: State[] } }).result.service_node_states;
}

describe('the seed', () => {
  let devnet: Devnet;
  beforeAll(async () => {
    devnet = await start();
  });
  afterAll(() => devnet.close());

  it('lists every node as the client asks, and two that nobody has heard from', async () => {
    const fields = {
      public_ip: true,
      storage_port: true,
      pubkey_x25519: true,
      pubkey_ed25519: true,
      requested_unlock_height: true,
      height: true,
    };
    const [status, type, text] = await askSeed(
      devnet,
      rpcBody('get_n_service_nodes', { active_only: true, fields }),
    );
    expect([status, type]).toEqual([200, 'application/json']);
    const { result, jsonrpc } = JSON.parse(text) as {
      jsonrpc: string;
      result: { height: number; status: string; service_node_states: State[] };
    };
    expect([jsonrpc, result.status]).toEqual(['2.0', 'OK']);
    expect(result.height).toBeTypeOf('number');
    const usable = result.service_node_states.filter(
      (state) => state.public_ip !== undefined && state.public_ip !== '0.0.0.0',
    );
    expect(usable).toEqual(
      devnet.nodes.map((node) => ({
        public_ip: node.ip,
        storage_port: node.port,
        pubkey_ed25519: node.ed25519,
        pubkey_x25519: node.x25519,
        requested_unlock_height: 0,
      })),
    );
    expect(result.service_node_states).toHaveLength(11);
  });

  it('takes fields as names, limits, and keys; gives swarm IDs whole', async () => {
    expect(Object.keys((await states(devnet, { fields: ['swarm'] }))[0]!)).toEqual(['swarm']);
    expect(await states(devnet, { limit: 3 })).toHaveLength(3);
    expect(await states(devnet, { limit: -1 })).toHaveLength(11);
    const key = devnet.nodes[3]!.ed25519;
    expect(await states(devnet, { service_node_pubkeys: [key], fields: ['swarm'] })).toEqual([
      { swarm: devnet.nodes[3]!.swarm },
    ]);
    const [, , text] = await askSeed(devnet, rpcBody('get_service_nodes', { fields: ['swarm_id'] }));
    expect(text).toContain(`{"swarm_id":${BigInt(`0x${devnet.nodes[0]!.swarm}`)}}`);
  });

  it('leaves out decommissioned nodes when only active ones are asked for', async () => {
    devnet.moveNode(8, null);
    expect(await states(devnet, { active_only: true })).toHaveLength(10);
    expect(await states(devnet, { active_only: false })).toHaveLength(11);
    devnet.moveNode(8, 2);
  });

  it('answers what it does not know with the errors of JSON-RPC', async () => {
    expect(JSON.parse((await askSeed(devnet, '{'))[2])).toMatchObject({ error: { code: -32700 } });
    expect(JSON.parse((await askSeed(devnet, rpcBody('nope', {})))[2])).toMatchObject({
      error: { code: -32601 },
    });
    expect((await askSeed(devnet, '{}', '/other'))[0]).toBe(404);
  });
});

describe('a node’s HTTPS server', () => {
  let devnet: Devnet;
  let node: DevnetNode;
  beforeAll(async () => {
    devnet = await start({ nodes: 4 });
    node = devnet.nodes[0]!;
  });
  afterAll(async () => {
    endConnections();
    await devnet.close();
  });

  it('shows a self-signed certificate for localhost of Oxen', async () => {
    const socket = tlsConnect({ host: node.ip, port: node.port, rejectUnauthorized: false });
    await new Promise<void>((resolve) => socket.once('secureConnect', resolve));
    const { subject, issuer } = socket.getPeerCertificate();
    socket.destroy();
    expect([subject.CN, subject.O, issuer.CN, issuer.O]).toEqual(['localhost', 'Oxen', 'localhost', 'Oxen']);
  });

  it('names the server, gives its version, answers a ping, knows no other route', async () => {
    const stats = await post(node, '/get_stats/v1', '', { method: 'GET' });
    expect([stats.status, stats.type, stats.server, stats.text]).toEqual([
      200,
      'application/json',
      'Oxen Storage Server/2.8.0',
      '{"version":"2.8.0"}',
    ]);
    expect((await post(node, '/ping_test/v1', '')).status).toBe(200);
    const other = await post(node, '/storage_rpc/v1?x=1', '', { method: 'PUT' });
    expect([other.status, other.text]).toEqual([404, 'put /storage_rpc/v1 Not Found']);
  });

  it('turns away long polling', async () => {
    const reply = await post(node, '/storage_rpc/v1', rpcBody('info', {}), {
      headers: { 'x-loki-long-poll': '1' },
    });
    expect([reply.status, reply.text]).toEqual([
      410,
      'long polling is no longer supported, client upgrade required',
    ]);
  });

  it('takes 600 direct requests at once and then 300 a second; the onion route has no such limit', async () => {
    const busy = devnet.nodes[1]!;
    const replies: HttpReply[] = [];
    const refused: HttpReply[] = [];
    for (let round = 0; round < 10 && refused.length === 0; round++) {
      replies.push(...(await Promise.all(Array.from({ length: 700 }, () => direct(busy, 'info', {})))));
      refused.push(...replies.filter(({ status }) => status === 429));
    }
    expect(replies.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(600);
    expect([refused[0]!.type, refused[0]!.text]).toEqual(['text/plain', 'Too Many Requests\n']);
    const through = await onion([busy], node, rpcBody('info', {}));
    expect(through.status).toBe(200);
  });

  it('a rate limit fills up again at 300 a second', async () => {
    const { RateLimiter } = await import('../../src/devnet/node/rate-limiter.ts');
    const limiter = new RateLimiter();
    const taken = (now: number) => {
      let count = 0;
      while (!limiter.refuses('127.0.0.1', now)) count++;
      return count;
    };
    expect(taken(0)).toBe(600);
    expect(taken(100)).toBe(30);
    expect(taken(1100)).toBe(300);
    expect(taken(60_000)).toBe(600);
    expect(limiter.refuses('127.0.0.2', 60_000)).toBe(false);
  });

  it('survives a peer that breaks off in the handshake, in the headers and in the body', async () => {
    for (const text of ['garbage\r\n\r\n', '']) {
      const socket = createConnection({ host: node.ip, port: node.port });
      await new Promise<void>((resolve) => socket.once('connect', resolve));
      socket.end(text);
      socket.on('error', () => {});
    }
    for (const text of [
      'POST /onion_req/v2 HTTP/1.1\r\nContent-Length: 100\r\n\r\nabc',
      'POST /onion_req/v2 HTTP/1.1\r\nContent-Length: x\r\n\r\nabc',
    ]) {
      const socket = tlsConnect({ host: node.ip, port: node.port, rejectUnauthorized: false });
      await new Promise<void>((resolve) => socket.once('secureConnect', resolve));
      socket.on('error', () => {});
      socket.write(text);
      setTimeout(() => socket.destroy(), 20);
    }
    expect((await direct(node, 'info', {})).status).toBe(200);
  });

  it('an exit reaches loopback only, and says 504 when an origin is silent', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const quick = await start({ nodes: 4, serverTimings: { proxyTimeoutMs: 100 } });
    const via = (host: string, to: number) =>
      onion(quick.nodes.slice(0, 2), quick.nodes[3]!, '', {
        lastRoute: (layer) => ({
          host,
          target: '/oxen/v4/lsrpc',
          method: 'POST',
          ephemeral_key: layer.ephemeral,
          protocol: 'http',
          port: to,
        }),
      });
    try {
      const slow = await via('127.0.0.1', port);
      expect(slow.status).toBe(504);
      expect(slow.text).toMatch(/^Operation timed out after \d+ milliseconds with 0 bytes received$/);
      const named = await via('example.org', 80);
      expect([named.status, named.text]).toEqual([502, 'Could not resolve host: example.org']);
      const outside = await via('192.0.2.1', 80);
      expect([outside.status, outside.text]).toEqual([
        502,
        "Failed to connect to 192.0.2.1 port 80 after 0 ms: Couldn't connect to server",
      ]);
    } finally {
      silent.closeAllConnections();
      silent.close();
      await quick.close();
    }
  });
});

describe('the journal', () => {
  it('holds what each server could see, and is written before the answer', async () => {
    await withFolder(async (folder) => {
      const journal = join(folder, 'journal.jsonl');
      const devnet = await start({ journal });
      const heard: JournalEntry[] = [];
      devnet.onJournal((entry) => heard.push(entry));
      try {
        const owner = new Owner();
        const { members, others } = around(devnet, owner);
        const path = others.slice(0, 3);
        const secret = 'nobody but the destination may see this';
        const params = { requests: [{ method: 'store', params: owner.store(secret) }] };
        await onion(path, members[0]!, rpcBody('batch', params), { hopNumber: 7 });
        const lines = (await readFile(journal, 'utf8'))
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as JournalEntry);
        expect(lines).toEqual(JSON.parse(JSON.stringify(heard)));
        const at = (role: string) => lines.filter((line) => line.saw.role === role);
        const [guard, middle, exit] = path;
        expect(at('guard')).toMatchObject([
          {
            server: 'node',
            id: guard!.ed25519,
            saw: { next: middle!.ed25519, request: 'POST /onion_req/v2' },
          },
        ]);
        expect(at('middle')).toMatchObject([{ id: middle!.ed25519, saw: { next: exit!.ed25519 } }]);
        expect(at('exit')).toMatchObject([{ id: exit!.ed25519, saw: { next: members[0]!.ed25519 } }]);
        expect(at('destination')).toMatchObject([
          { id: members[0]!.ed25519, saw: { method: 'batch', params } },
        ]);
        expect(
          at('swarm')
            .map((line) => [line.id, line.saw.method])
            .sort(),
        ).toEqual(
          members
            .slice(1)
            .map((member) => [member.ed25519, 'store'])
            .sort(),
        );
        // peers: the client at the guard, and each hop's own address at the next
        const peer = (role: string) => at(role)[0]!.peer.replace(/:\d+$/, '');
        expect(['guard', 'middle', 'exit', 'destination', 'swarm'].map(peer)).toEqual([
          '127.0.0.1',
          guard!.ip,
          middle!.ip,
          exit!.ip,
          members[0]!.ip,
        ]);
        for (const line of lines) {
          expect(line.t).toBeTypeOf('number');
          expect(line.saw.headers.host).toBeTypeOf('string');
          if (line.saw.role === 'destination' || line.saw.role === 'swarm') continue;
          expect(line.saw).not.toHaveProperty('method');
          for (const word of [owner.id.slice(2), Buffer.from(secret).toString('base64')])
            expect(JSON.stringify(line)).not.toContain(word);
        }
      } finally {
        endConnections();
        await devnet.close();
      }
    });
  });

  it('marks what came outside of any onion, and what the seed was asked', async () => {
    const devnet = await start({ nodes: 4 });
    const heard: JournalEntry[] = [];
    const stop = devnet.onJournal((entry) => heard.push(entry));
    try {
      await direct(devnet.nodes[0]!, 'info', {});
      await askSeed(devnet, rpcBody('get_n_service_nodes', { active_only: true }));
      expect(heard).toMatchObject([
        { server: 'node', saw: { role: 'direct', method: 'info', params: {} } },
        {
          server: 'seed',
          id: 'seed',
          saw: {
            method: 'get_n_service_nodes',
            params: { active_only: true },
            headers: { 'user-agent': 'WhatsApp' },
          },
        },
      ]);
      expect(heard[1]!.saw).not.toHaveProperty('role');
      stop();
      await direct(devnet.nodes[0]!, 'info', {});
      expect(heard).toHaveLength(2);
    } finally {
      endConnections();
      await devnet.close();
    }
  });
});

describe('starting, stopping and starting again', () => {
  it('writes a network file that says where the seed is', async () => {
    await withFolder(async (folder) => {
      const networkFile = join(folder, 'net.json');
      const devnet = await start({ nodes: 4, networkFile });
      try {
        expect(devnet.networkFile).toBe(networkFile);
        expect(JSON.parse(await readFile(networkFile, 'utf8'))).toEqual(devnet.definition);
        expect(devnet.definition).toMatchObject({ name: 'devnet', subnetDiversity: true, minimumNodes: 4 });
      } finally {
        await devnet.close();
      }
    });
  });

  it('keeps keys, ports, swarms, messages and revocations with its state folder', async () => {
    await withFolder(async (folder) => {
      const stateDir = join(folder, 'state');
      const first = await start({ stateDir });
      const owner = ownerAt(first, 0);
      const gone = (
        JSON.parse((await direct(first.nodes[0]!, 'store', owner.store('to be deleted'))).text) as {
          hash: string;
        }
      ).hash;
      for (const text of ['one', 'two', 'three']) await direct(first.nodes[0]!, 'store', owner.store(text));
      await direct(first.nodes[0]!, 'delete', owner.signed({ messages: [gone] }, 'delete', gone));
      const before = { nodes: first.nodes, definition: first.definition };
      await first.close();
      expect((await stat(stateDir)).mode & 0o077).toBe(0);
      // a crash in the middle of a line
      await appendFile(join(stateDir, 'node-1.jsonl'), '{"kind":"put","mess');

      for (let round = 0; round < 2; round++) {
        const again = await start({ stateDir });
        expect(again.nodes).toEqual(before.nodes);
        expect(again.definition).toEqual(before.definition);
        for (const index of again.swarmOf(owner.key)) {
          const reply = await direct(again.nodes[index]!, 'retrieve', owner.retrieve());
          expect(dataOf(reply.text)).toEqual(['one', 'two', 'three']);
        }
        endConnections();
        await again.close();
      }
    });
  });

  it('grows by new nodes, which get the messages of their swarms', async () => {
    await withFolder(async (stateDir) => {
      const small = await start({ stateDir, nodes: 4 });
      const owner = new Owner();
      await direct(small.nodes[0]!, 'store', owner.store('early'));
      await small.close();
      const large = await start({ stateDir, nodes: 5 });
      try {
        expect(large.nodes.slice(0, 4)).toEqual(small.nodes);
        for (let i = 0; ; i++) {
          const reply = await direct(large.nodes[4]!, 'retrieve', owner.retrieve());
          if (dataOf(reply.text).join() === 'early') break;
          if (i === 100) throw new Error('the newcomer got nothing');
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      } finally {
        endConnections();
        await large.close();
      }
    });
  });

  it('puts all nodes on one address without subnets', async () => {
    const devnet = await start({ subnets: false });
    try {
      expect(new Set(devnet.nodes.map(({ ip }) => ip))).toEqual(new Set(['127.0.0.1']));
      expect(new Set(devnet.nodes.map(({ port }) => port)).size).toBe(9);
      expect(devnet.definition.subnetDiversity).toBe(false);
      const [a, b, c, d] = devnet.nodes;
      expect((await onion([a!, b!, c!], d!, rpcBody('info', {}))).status).toBe(200);
    } finally {
      endConnections();
      await devnet.close();
    }
  });

  it('takes the ports that follow the one it is given, and says when one is taken', async () => {
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    const { port } = probe.address() as AddressInfo;
    await expect(start({ port, nodes: 4 })).rejects.toMatchObject({ code: 'port-in-use' });
    await new Promise((resolve) => probe.close(resolve));
    const devnet = await start({ port, nodes: 4 });
    try {
      expect(devnet.definition.seedNodes).toEqual([{ url: `http://127.0.0.1:${port}/json_rpc` }]);
      expect(devnet.nodes.map((node) => node.port)).toEqual([1, 2, 3, 4].map((n) => port + n));
    } finally {
      await devnet.close();
    }
  });

  it('refuses senseless numbers of nodes, files that can’t be written and a foreign state', async () => {
    for (const name of ['journal', 'networkFile', 'control'])
      await expect(start({ nodes: 4, [name]: '/nowhere/at/all' })).rejects.toMatchObject({
        code: 'bad-file',
      });
    for (const nodes of [0, 3, 2.5, 241])
      await expect(start({ nodes })).rejects.toMatchObject({ code: 'bad-nodes' });
    await withFolder(async (stateDir) => {
      await writeFile(join(stateDir, 'devnet.json'), '{"version":99}');
      await expect(start({ stateDir })).rejects.toMatchObject({ code: 'bad-state' });
    });
  });

  it('closes at once, connections and half-done requests included', async () => {
    const devnet = await start({ nodes: 4 });
    devnet.hangNode(0);
    const pending = onion(devnet.nodes.slice(1, 3), devnet.nodes[0]!, rpcBody('info', {})).catch(
      (error: Error) => error.message,
    );
    const idle = connect(devnet.nodes[1]!.port, devnet.nodes[1]!.ip);
    await new Promise<void>((resolve) => idle.once('connect', resolve));
    idle.on('error', () => {});
    await devnet.close();
    await devnet.close();
    expect(await pending).toMatch(/hang up|ECONNRESET/);
    endConnections();
  });
});

describe('faults', () => {
  let devnet: Devnet;
  let path: DevnetNode[];
  const info = rpcBody('info', {});
  beforeAll(async () => {
    devnet = await start({ serverTimings: { relayTimeoutMs: 300, fanOutTimeoutMs: 200 } });
    path = devnet.nodes.slice(0, 3);
  });
  afterEach(() => devnet.setFaults('none'));
  afterAll(async () => {
    endConnections();
    await devnet.close();
  });

  const target = () => devnet.nodes[3]!;
  const answered = (reply: { status: number; decrypted: string | null }) =>
    reply.status === 200 && reply.decrypted !== null;

  it('drop and lost: no answer, and with lost the thing is done', async () => {
    const owner = ownerAt(devnet, 3);
    for (const [line, expected] of [
      ['drop=1', []],
      ['lost=1', ['x']],
    ] as const) {
      await devnet.setFaults(line);
      await expect(
        onion(path, target(), rpcBody('store', owner.store('x')), { timeoutMs: 400 }),
      ).rejects.toThrow();
      await devnet.setFaults('none');
      const reply = await direct(target(), 'retrieve', owner.retrieve());
      expect(dataOf(reply.text)).toEqual(expected);
    }
  });

  it('a share of a half lets about half of the requests through three hops fail', async () => {
    await devnet.setFaults('garbage=0.5, relay-timeout=30000');
    const replies = await Promise.all(
      Array.from({ length: 200 }, () => onion(path, target(), info).catch(() => null)),
    );
    const fine = replies.filter((reply) => reply !== null && answered(reply)).length;
    expect(fine).toBeGreaterThan(60);
    expect(fine).toBeLessThan(140);
  });

  it('garbage and mac can’t be opened, wrong-swarm is a 421 with the right swarm, hide hides', async () => {
    const owner = ownerAt(devnet, 3);
    await direct(target(), 'store', owner.store('there'));
    for (const line of ['garbage=1', 'mac=1']) {
      await devnet.setFaults(line);
      expect(await onion(path, target(), info)).toMatchObject({ status: 200, decrypted: null });
    }
    await devnet.setFaults('wrong-swarm=1');
    const wrong = await onion(path, target(), rpcBody('retrieve', owner.retrieve()));
    const { status, body } = JSON.parse(wrong.decrypted!) as { status: number; body: string };
    expect(status).toBe(421);
    expect((JSON.parse(body) as { swarm: string }).swarm).toBe(target().swarm);
    await devnet.setFaults('hide=1');
    const hidden = await direct(target(), 'retrieve', owner.retrieve());
    expect(JSON.parse(hidden.text)).toMatchObject({ messages: [], more: false });
  });

  it('skew, down, lie, seed=off: clocks ahead, nodes refusing, other keys, no seed', async () => {
    await devnet.setFaults('skew=600, seed=off');
    const { t } = JSON.parse((await direct(target(), 'info', {})).text) as { t: number };
    expect(Math.abs(t - Date.now() - 600_000)).toBeLessThan(5000);
    await expect(askSeed(devnet, info)).rejects.toThrow('ECONNREFUSED');
    await devnet.setFaults('down=2');
    endConnections();
    const refused = await Promise.all(
      devnet.nodes.map((node) =>
        direct(node, 'info', {}).then(
          () => 0,
          () => 1,
        ),
      ),
    );
    expect(refused.reduce((sum: number, one) => sum + one, 0)).toBe(2);
    expect((await askSeed(devnet, rpcBody('get_n_service_nodes', {})))[0]).toBe(200);
    await devnet.setFaults('lie=3');
    const list = rpcBody('oxend_request', {
      endpoint: 'get_service_nodes',
      params: { fields: ['pubkey_ed25519'] },
    });
    const liars = await Promise.all(
      devnet.nodes.map(async (node) => {
        const reply = await post(node, '/storage_rpc/v1', list);
        return reply.text.includes(devnet.nodes[0]!.ed25519) ? 0 : 1;
      }),
    );
    expect(liars.reduce((sum: number, one) => sum + one, 0)).toBe(3);
  });

  it.each(['drop=2', 'drop', 'nonsense=1', 'down=1.5', 'drop=0.1;lost=1', 'seed=maybe', 'drop=1e-1'])(
    'refuses %s',
    async (line) => {
      await expect(devnet.setFaults(line)).rejects.toMatchObject({ code: 'bad-faults' });
    },
  );

  it('delay takes its mean time on average', async () => {
    const { Faults, parseFaults } = await import('../../src/devnet/faults.ts');
    const faults = new Faults(Math.random);
    faults.rules = parseFaults('delay=100');
    let sum = 0;
    for (let i = 0; i < 5000; i++) sum += faults.drawDelay();
    expect(sum / 5000).toBeGreaterThan(90);
    expect(sum / 5000).toBeLessThan(110);
  });

  it('a line written to the control socket sets them, a bad one says why', async () => {
    await withFolder(async (folder) => {
      const control = join(folder, 'control');
      const other = await start({ nodes: 4, control, faults: 'seed=off' });
      const tell = (text: string): Promise<string> =>
        new Promise((resolve, reject) => {
          const socket = connect(control);
          let answer = '';
          socket.setEncoding('utf8').on('data', (chunk: string) => {
            answer += chunk;
          });
          socket.on('end', () => resolve(answer));
          socket.on('error', reject);
          socket.end(text);
        });
      try {
        await expect(askSeed(other, info)).rejects.toThrow('ECONNREFUSED');
        expect(await tell('none\n')).toBe('ok\n');
        expect((await askSeed(other, rpcBody('get_n_service_nodes', {})))[0]).toBe(200);
        expect(await tell('rubbish\nnone\n')).toMatch(/^error: .*rubbish.*\nok\n$/);
      } finally {
        await other.close();
      }
    });
  });
});
