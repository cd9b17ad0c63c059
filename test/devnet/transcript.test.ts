/**
 * Asks the devnet everything that was once asked of real storage servers, and compares status, content type and body
 * with the recorded answers. What differs from one network to the next (keys, hashes, times, addresses) is replaced by
 * placeholders first; recorded bodies that were cut off are compared as far as they go.
 */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Devnet, DevnetNode } from '../../src/devnet/index.ts';
import {
  buildOnion,
  direct,
  endConnections,
  type HttpReply,
  type OnionOptions,
  type OnionReply,
  Owner,
  onion,
  post,
  rpcBody,
} from './client.ts';
import { around, start } from './start.ts';

const transcript = readFileSync(
  fileURLToPath(new URL('../fixtures/storage-server-transcript.txt', import.meta.url)),
  'utf8',
);

type Recorded = Readonly<{ title: string; status: number; type: string; body: string }>;

const recorded: Recorded[] = [];
for (const [, title, status, type, body] of transcript.matchAll(
  /^## (.+)\n {3}HTTP (\d+) \d+ms ct=(\S+) \| (.*)$/gm,
)) {
  recorded.push({ title: title!, status: Number(status), type: type!, body: body! });
}

/** Puts placeholders for whatever is different in each network. */
function normalise(text: string): string {
  return text
    .replace(/[13-uw-z]{52}\.snode/g, '<address>')
    .replace(/\b[0-9a-f]{64}\b/g, (key) => (key === 'ab'.repeat(32) ? key : '<key>'))
    .replace(/[A-Za-z0-9+/]{86}==/g, '<signature>')
    .replace(/(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}(?![A-Za-z0-9+/=])/g, '<hash>')
    .replace(/\b\d{13}\b/g, '<ms>')
    .replace(/("height\\?":)\d+/g, '$1<height>')
    .replace(/127\.0\.\d+\.1(?!\d| port)/g, '<ip>')
    .replace(/(port(?:_\w+)?\\?":(?:\\?")?)\d+/g, '$1<port>');
}

/** A recorded body that was cut off, up to its last whole member. */
function wholePart(body: string): string {
  if (!/^(decrypted: )?\{/.test(body) || /\}$/.test(body)) return body;
  return body.slice(0, Math.max(body.lastIndexOf(','), body.lastIndexOf('{')) + 1);
}

const day = 86_400_000;
const info = rpcBody('info', {});

describe('the devnet answers as the real storage server was recorded to', () => {
  let devnet: Devnet;
  let external: Server;
  const seen: string[] = [];
  let cases: Map<string, () => Promise<HttpReply | OnionReply>>;

  beforeAll(async () => {
    devnet = await start();
    external = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { headers } = request;
        seen.push(`${request.method} ${request.url} ${headers['user-agent']} ${headers['content-type']}`);
        response.statusCode = request.url === '/oxen/fail/lsrpc' ? 418 : 200;
        response.end('RAW REPLY');
      });
    });
    await new Promise<void>((resolve) => external.listen(0, '127.0.0.1', resolve));
    cases = makeCases(devnet, (external.address() as AddressInfo).port);
  });

  afterAll(async () => {
    endConnections();
    await devnet.close();
    external.close();
  });

  it('the transcript was read whole', () => {
    // all but the three entries at the end of the first part, which are no answers but measurements
    expect(recorded.length).toBe([...transcript.matchAll(/^## /gm)].length - 3);
  });

  for (const { title, status, type, body } of recorded) {
    it(title, async () => {
      const ask = cases.get(title);
      if (ask === undefined) throw new Error('nothing here asks this');
      const reply = await ask();
      expect(reply.status).toBe(status);
      expect(reply.type).toBe(type);
      const got = body.startsWith('decrypted: ')
        ? `decrypted: ${(reply as OnionReply).decrypted}`
        : reply.text;
      const expected = normalise(wholePart(body));
      expect(normalise(got).slice(0, expected.length)).toBe(expected);
      // a body that was not cut off is the whole answer
      if (wholePart(body) === body) expect(normalise(got)).toBe(expected);
    });
  }

  it('external servers see what they saw from the real one', () => {
    const lines = [...transcript.matchAll(/\[server saw\] (.*) \d+ bytes$/gm)].map(([, line]) => line);
    expect(seen).toEqual(lines);
  });
});

/** In the order of the transcript: later requests see what earlier ones stored. */
function makeCases(devnet: Devnet, externalPort: number): Map<string, () => Promise<HttpReply | OnionReply>> {
  const owner = new Owner();
  const { members, others } = around(devnet, owner);
  // results are listed by key; the recorded server was the last of its swarm
  const sorted = members.toSorted((a, b) => (a.ed25519 < b.ed25519 ? -1 : 1));
  const node = sorted.at(-1)!;
  const stranger = others[0]!;
  const path = others.slice(1, 4);
  const through = (destination: DevnetNode, method: string, params: unknown, options?: OnionOptions) =>
    onion(path, destination, rpcBody(method, params), options);
  const here = (method: string, params: unknown) => direct(node, method, params);
  const infoVia = (options?: OnionOptions, hops = path) => onion(hops, node, info, options);
  const changed = (nodeInfo: DevnetNode, change: Partial<DevnetNode>): DevnetNode => ({
    ...nodeInfo,
    ...change,
  });
  const nobody = { ed25519: 'ab'.repeat(32), x25519: node.x25519 };
  const wrongKey = { x25519: stranger.x25519 };
  const proxy = (host: string, port: number, target: string) =>
    onion(path, node, info, {
      lastRoute: (layer) => ({
        host,
        target,
        method: 'POST',
        ephemeral_key: layer.ephemeral,
        protocol: 'http',
        port,
      }),
    });
  const unsigned = { pubkey: owner.id };
  const dup = () => owner.store('dup', { timestamp: Date.now() - day, ttl: 14 * day });
  let expiring = '';
  const remember = async (reply: Promise<HttpReply>): Promise<HttpReply> => {
    expiring = (JSON.parse((await reply).text) as { hash: string }).hash;
    return reply;
  };
  const deleting = (fields: object = {}) =>
    here('delete', owner.signed({ messages: [expiring], ...fields }, 'delete', expiring));

  return new Map<string, () => Promise<HttpReply | OnionReply>>([
    ['info', () => here('info', {})],
    ['no such method', () => here('nope', {})],
    ['no params', () => post(node, '/storage_rpc/v1', '{"method":"info"}')],
    ['invalid json', () => post(node, '/storage_rpc/v1', '{')],
    ['GET-like unknown path', () => post(node, '/nope', '')],
    ['get_swarm short pubkey', () => here('get_swarm', { pubkey: '05abcd' })],
    ['get_snodes_for_pubkey old name', () => here('get_snodes_for_pubkey', { pubKey: owner.id })],
    ['get_snodes_for_pubkey w/ pubkey', () => here('get_snodes_for_pubkey', { pubkey: owner.id })],
    ['store wrong swarm (direct)', () => direct(stranger, 'store', owner.store('x'))],
    ['store wrong swarm (onion)', () => through(stranger, 'store', owner.store('x'))],
    [
      'retrieve wrong swarm (batch via onion)',
      () => through(stranger, 'batch', { requests: [{ method: 'retrieve', params: owner.retrieve() }] }),
    ],
    ['store ok ns0', () => here('store', dup())],
    [
      'store duplicate',
      async () => {
        const params = owner.store('same');
        await here('store', params);
        return here('store', params);
      },
    ],
    ['store ns0 via onion max 76800', () => through(node, 'store', owner.store(Buffer.alloc(76_800, 1)))],
    ['store ns0 76801', () => here('store', owner.store(Buffer.alloc(76_801, 1)))],
    ['store ttl 9s', () => here('store', owner.store('x', { ttl: 9000 }))],
    ['store ttl 14d+1ms ns0', () => here('store', owner.store('x', { ttl: 14 * day + 1 }))],
    ['store ttl 30d ns2 signed', () => here('store', owner.signedStore(2, 'cfg', { ttl: 30 * day }))],
    ['store ttl 30d+1 ns2 signed', () => here('store', owner.signedStore(2, 'x', { ttl: 30 * day + 1 }))],
    ['store future 11s', () => here('store', owner.store('x', { timestamp: Date.now() + 11_000 }))],
    [
      'store future 11s (onion)',
      () => through(node, 'store', owner.store('x', { timestamp: Date.now() + 11_000 })),
    ],
    [
      'store past beyond expiry',
      () => here('store', owner.store('x', { timestamp: Date.now() - 60_000, ttl: 20_000 })),
    ],
    ['store ns2 unsigned', () => here('store', owner.store('x', { namespace: 2 }))],
    [
      'store ns2 bad sig',
      () => here('store', { ...owner.signedStore(2, 'x'), signature: owner.sign('something else') }),
    ],
    ['store not base64', () => here('store', owner.store('x', { data: '!!!' }))],
    ['store namespace 40000', () => here('store', owner.store('x', { namespace: 40_000 }))],
    ['retrieve unsigned ns0', () => here('retrieve', unsigned)],
    ['retrieve 61s old', () => here('retrieve', owner.retrieve(0, {}, Date.now() - 61_000))],
    [
      'retrieve bad sig',
      () => here('retrieve', { ...owner.retrieve(), signature: owner.sign('something else') }),
    ],
    ['retrieve ns2 w/ max_count 1', () => here('retrieve', owner.retrieve(2, { max_count: 1 }))],
    ['retrieve max_count 1 ns0', () => here('retrieve', owner.retrieve(0, { max_count: 1 }))],
    ['retrieve unknown last_hash', () => here('retrieve', owner.retrieve(0, { last_hash: 'A'.repeat(43) }))],
    ['batch of 21', () => here('batch', { requests: new Array(21).fill({ method: 'info', params: {} }) })],
    ['batch empty', () => here('batch', { requests: [] })],
    [
      'batch mixed',
      () =>
        here('batch', {
          requests: [
            { method: 'info', params: {} },
            { method: 'retrieve', params: unsigned },
            { method: 'store', params: owner.store('x', { ttl: 1 }) },
          ],
        }),
    ],
    [
      'batch with one malformed sub',
      () =>
        here('batch', {
          requests: [
            { method: 'info', params: {} },
            { method: 'nope', params: {} },
          ],
        }),
    ],
    [
      'sequence stops at error',
      () =>
        here('sequence', {
          requests: [
            { method: 'info', params: {} },
            { method: 'retrieve', params: unsigned },
            { method: 'info', params: {} },
          ],
        }),
    ],
    [
      'ons_resolve (oxend_request)',
      () => through(node, 'oxend_request', { endpoint: 'ons_resolve', params: { type: 0, name_hash: 'x' } }),
    ],
    [
      'oxend get_service_nodes limit 1 (onion)',
      () =>
        through(node, 'oxend_request', {
          endpoint: 'get_service_nodes',
          params: {
            limit: 1,
            active_only: true,
            fields: {
              public_ip: true,
              storage_port: true,
              pubkey_ed25519: true,
              pubkey_x25519: true,
              storage_server_version: true,
            },
          },
        }),
    ],
    [
      'oxend get_info (not allowed)',
      () => through(node, 'oxend_request', { endpoint: 'get_info', params: {} }),
    ],
    ['onion info aes-gcm', () => infoVia()],
    ['onion info xchacha20', () => infoVia({ encType: 'xchacha20' })],
    ['onion info, "json":true', () => infoVia({ control: { headers: {}, json: true } })],
    ['onion info, base64:false', () => infoVia({ control: { headers: {}, base64: false } })],
    ['onion 1 hop', () => infoVia({}, path.slice(0, 1))],
    ['onion 5 hops', () => infoVia({}, others.slice(0, 5))],
    ['onion unknown dest', () => onion(path, nobody, info)],
    ['onion unknown middle', () => onion([path[0]!, changed(path[1]!, nobody), path[2]!], node, info)],
    ['onion guard wrong x25519', () => onion([changed(path[0]!, wrongKey), ...path.slice(1)], node, info)],
    ['onion middle wrong x25519', () => onion([path[0]!, changed(path[1]!, wrongKey), path[2]!], node, info)],
    ['onion dest wrong x25519', () => onion(path, changed(node, wrongKey), info)],
    [
      'onion truncated',
      () => {
        const { body } = buildOnion(path, node, info, { encType: 'xchacha20' });
        const end = body.lastIndexOf('"xchacha20"') + 2;
        return post(path[0]!, '/onion_req/v2', body.subarray(0, end));
      },
    ],
    ['onion empty body', () => post(path[0]!, '/onion_req/v2', '')],
    ['onion dest: unparsable inner json', () => onion(path, node, '{')],
    ['onion dest: control garbage {}', () => infoVia({ control: {} })],
    ['proxy /oxen/v4/lsrpc', () => proxy('127.0.0.1', externalPort, '/oxen/v4/lsrpc')],
    ['proxy /loki/v3/lsrpc', () => proxy('127.0.0.1', externalPort, '/loki/v3/lsrpc')],
    ['proxy target refused', () => proxy('127.0.0.1', externalPort, '/etc/passwd')],
    ['proxy 418', () => proxy('127.0.0.1', externalPort, '/oxen/fail/lsrpc')],
    ['proxy port closed', () => proxy('127.0.0.1', 9, '/oxen/v4/lsrpc')],
    [
      'expire',
      async () => {
        await remember(here('store', owner.store('to expire')));
        const expiry = Date.now() + 100_000;
        const params = owner.signed({ messages: [expiring], expiry }, 'expire', expiry, expiring);
        return here('expire', params);
      },
    ],
    [
      'get_expiries',
      () => {
        const timestamp = Date.now();
        const params = { messages: [expiring], timestamp };
        return here('get_expiries', owner.signed(params, 'get_expiries', timestamp, expiring));
      },
    ],
    ['delete', () => deleting()],
    ['delete again', () => deleting()],
    ['delete required', () => deleting({ required: true })],
    [
      'delete_all ns all',
      () => {
        const timestamp = Date.now();
        const params = owner.signed({ namespace: 'all', timestamp }, 'delete_all', 'all', timestamp);
        return here('delete_all', params);
      },
    ],
  ]);
}
