import { afterEach, describe, expect, test } from 'vitest';
import { NetworkError } from '../../src/errors.ts';
import { Connector } from '../../src/net/connector.ts';
import { HttpClient } from '../../src/net/http.ts';
import { builtInNetwork } from '../../src/net/networks.ts';
import { askSeedNodes } from '../../src/net/seed-node.ts';
import type { NetworkDefinition, ProxySettings, SeedNode } from '../../src/net/types.ts';
import { systemClock } from '../../src/util/clock.ts';
import { seedAnswer, testNodes } from '../support/node-list.ts';
import { type Reply, startRecordingServer } from '../support/recording-server.ts';
import { startRecordingSocksProxy } from '../support/recording-socks-proxy.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
function keep<T extends { close(): unknown }>(one: T): T {
  open.push(one);
  return one;
}

const nodes = testNodes(9);
const good: Reply = {
  body: seedAnswer(nodes),
  headers: { 'content-type': 'application/json; charset=utf-8' },
};

function network(...seedNodes: SeedNode[]): NetworkDefinition {
  return { name: 'n', seedNodes, subnetDiversity: true, minimumNodes: 6 };
}

async function ask(
  definition: NetworkDefinition,
  signal = new AbortController().signal,
  proxy: ProxySettings | null = null,
) {
  const http = keep(new HttpClient(new Connector({ proxy, connectTimeoutMs: 2_000 }), systemClock));
  return await askSeedNodes(definition, { http, timeoutMs: 2_000, minimumNodes: 6, signal, onAnswer() {} });
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => null,
    (error: unknown) => error,
  );
}

describe('a seed node', () => {
  test('sees the request of the official clients, byte for byte, and nothing else', async () => {
    const seed = keep(await startRecordingServer(() => good));
    expect(await ask(network({ url: `${seed.url}/json_rpc` }))).toEqual(nodes);
    expect(seed.requests).toHaveLength(1);
    expect(seed.requests[0]?.head).toEqual([
      'POST /json_rpc HTTP/1.1',
      `host: 127.0.0.1:${seed.port}`,
      'connection: keep-alive',
      'User-Agent: WhatsApp',
      'Accept-Language: en-us',
      `content-length: ${seed.requests[0]?.body.length}`,
    ]);
    expect(seed.requests[0]?.body.toString()).toBe(
      '{"jsonrpc":"2.0","method":"get_n_service_nodes","params":{"active_only":true,"fields":{"public_ip":true,' +
        '"storage_port":true,"pubkey_x25519":true,"pubkey_ed25519":true,"requested_unlock_height":true,"height":true}}}',
    );
    await expect.poll(() => seed.open()).toBe(0);
  });

  test('is asked over TLS with its pin', async () => {
    const seed = keep(await startRecordingServer(() => good, { tls: true }));
    const url = `${seed.url}/json_rpc`;
    expect(await ask(network({ url, certificateSha256: seed.certificateSha256 }))).toHaveLength(9);
    const wrong = await failure(ask(network({ url, certificateSha256: 'ab'.repeat(32) })));
    expect(wrong).toMatchObject({ code: 'seed', message: expect.stringContaining('intercepted') });
    expect(seed.requests).toHaveLength(1);
  });

  test.each<[string, Reply]>([
    ['a status other than 200', { ...good, status: 500 }],
    ['another content type', { ...good, headers: { 'content-type': 'text/html' } }],
    ['no JSON', { ...good, body: '{"result":' }],
    ['no UTF-8', { ...good, body: Uint8Array.of(0xff, 0xfe) }],
    ['no list', { ...good, body: '{"result":{}}' }],
    ['an empty list', { ...good, body: seedAnswer([]) }],
    ['too few nodes', { ...good, body: seedAnswer(nodes.slice(0, 5)) }],
    ['no HTTP', { raw: 'hello' }],
    ['nothing', { raw: '' }],
  ])('that answers with %s is a typed error', async (_what, reply) => {
    const seed = keep(await startRecordingServer(() => reply));
    const error = await failure(ask(network({ url: `${seed.url}/json_rpc` })));
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ code: 'seed' });
  });
});

test('a seed that refuses connections comes with advice', async () => {
  const seed = await startRecordingServer(() => good);
  await seed.close();
  const url = `${seed.url}/json_rpc`;
  expect(await failure(ask(network({ url })))).toMatchObject({
    code: 'seed',
    message: expect.stringMatching(/^No seed node can be reached\. Check the network connection.*--tor/),
  });
  // through a proxy the advice is another
  const proxy = keep(await startRecordingSocksProxy({ reply: 5 }));
  const error = await failure(ask(network({ url }), undefined, { host: '127.0.0.1', port: proxy.port }));
  expect(error).toMatchObject({ code: 'seed', message: expect.stringContaining('through the proxy') });
});

describe('several seed nodes', () => {
  test('are asked side by side; the first usable answer wins and the others are let go', async () => {
    const hanging = keep(await startRecordingServer(() => ({ hang: true })));
    const broken = keep(await startRecordingServer(() => ({ status: 500 })));
    const seed = keep(await startRecordingServer(() => good));
    const definition = network(...[hanging, broken, seed].map(({ url }) => ({ url: `${url}/json_rpc` })));
    expect(await ask(definition)).toHaveLength(9);
    await expect.poll(() => hanging.open() + broken.open() + seed.open()).toBe(0);
  });

  test('an abort ends them all', async () => {
    const hanging = keep(await startRecordingServer(() => ({ hang: true })));
    const abort = new AbortController();
    const pending = ask(network({ url: `${hanging.url}/json_rpc` }), abort.signal);
    await expect.poll(() => hanging.requests.length).toBe(1);
    abort.abort('enough');
    await expect(pending).rejects.toBe('enough');
  });
});

test('a network without a seed that may be asked says what to do', async () => {
  const testnet = builtInNetwork('testnet');
  if (testnet === null) throw new Error('missing');
  expect(await failure(ask(testnet))).toMatchObject({
    code: 'seed',
    message: expect.stringContaining('--network'),
  });
});
