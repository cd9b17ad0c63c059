import dns from 'node:dns';
import net from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { systemRandomBytes } from '../../src/crypto/random.ts';
import { NetworkError } from '../../src/errors.ts';
import { Connector, type Endpoint } from '../../src/net/connector.ts';
import { HttpClient } from '../../src/net/http.ts';
import type { ProxySettings } from '../../src/net/types.ts';
import { systemClock } from '../../src/util/clock.ts';
import { type RecordingServer, type Reply, startRecordingServer } from '../support/recording-server.ts';
import { type RecordingSocksProxy, startRecordingSocksProxy } from '../support/recording-socks-proxy.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  vi.restoreAllMocks();
});
function keep<T extends { close(): unknown }>(one: T): T {
  open.push(one);
  return one;
}

const echo = (): Reply => ({ body: 'hello', headers: { 'content-type': 'application/json; charset=utf-8' } });
const request = { path: '/x', headers: {}, body: new TextEncoder().encode('payload'), maxAnswerBytes: 1000 };

function client(proxy: ProxySettings | null = null, connectTimeoutMs = 5_000): HttpClient {
  return keep(new HttpClient(new Connector({ proxy, connectTimeoutMs }), systemClock));
}

function at(server: RecordingServer, change: Partial<Endpoint> = {}): Endpoint {
  return {
    secure: server.url.startsWith('https'),
    host: '127.0.0.1',
    port: server.port,
    trust: { kind: 'none' },
    ...change,
  };
}

function post(
  http: HttpClient,
  endpoint: Endpoint,
  signal = new AbortController().signal,
  timeoutMs = 5_000,
) {
  return http.post(endpoint, request, { timeoutMs, signal });
}

async function failure(promise: Promise<unknown>): Promise<NetworkError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof NetworkError)) throw new Error(`not a NetworkError: ${String(error)}`);
  return error;
}

describe('connections to service nodes', () => {
  test('carry host, connection and length of the body, and no other header', async () => {
    const server = keep(await startRecordingServer(echo, { tls: true }));
    const answer = await post(client(), at(server));
    expect(answer).toEqual({
      status: 200,
      contentType: 'application/json',
      body: new TextEncoder().encode('hello'),
    });
    expect(server.requests[0]?.head).toEqual([
      'POST /x HTTP/1.1',
      `host: 127.0.0.1:${server.port}`,
      'connection: keep-alive',
      'content-length: 7',
    ]);
    expect(server.requests[0]?.body.toString()).toBe('payload');
    expect(server.requests[0]?.serverName).toBe(false);
  });

  test('are used again for the next request, and side by side when busy', async () => {
    const server = keep(await startRecordingServer(echo, { tls: true }));
    const http = client();
    await post(http, at(server));
    await post(http, at(server));
    expect(server.connections()).toBe(1);
    await Promise.all([post(http, at(server)), post(http, at(server))]);
    expect(server.connections()).toBe(2);
  });

  test('are replaced without a failure when the node closed them meanwhile', async () => {
    const server = keep(await startRecordingServer(() => ({ ...echo(), close: true }), { tls: true }));
    const http = client();
    for (let i = 0; i < 3; i++) expect((await post(http, at(server))).status).toBe(200);
    expect(server.requests).toHaveLength(3);
  });

  test('reach a node on an IPv6 address', async (context) => {
    const server = await startRecordingServer(echo, { host: '::1' }).catch(() => null);
    if (server === null) return context.skip();
    keep(server);
    expect((await post(client(), at(server, { host: '::1', secure: false }))).status).toBe(200);
    expect(server.requests[0]?.head[1]).toBe(`host: [::1]:${server.port}`);
  });

  test('end with a path error when nothing listens, when the answer is no HTTP, and when it is too large', async () => {
    const closed = keep(await startRecordingServer(echo));
    await closed.close();
    expect(await failure(post(client(), at(closed)))).toMatchObject({
      code: 'path',
      fields: { stage: 'connect', errno: 'ECONNREFUSED' },
    });
    const garbage = keep(await startRecordingServer(() => ({ raw: '\u0000\u0001garbage\r\n\r\n' })));
    expect(await failure(post(client(), at(garbage)))).toMatchObject({
      code: 'path',
      fields: { stage: 'exchange' },
    });
    const large = keep(await startRecordingServer(() => ({ body: 'x'.repeat(1001) })));
    expect(await failure(post(client(), at(large)))).toMatchObject({
      code: 'path',
      fields: { errno: 'TOO_LARGE' },
    });
    const endless = keep(
      await startRecordingServer(() => ({
        raw: `HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${'x'.repeat(5_000)}`,
      })),
    );
    expect(await failure(post(client(), at(endless)))).toMatchObject({ fields: { errno: 'TOO_LARGE' } });
  });

  test('end in time when the node says nothing', async () => {
    const server = keep(await startRecordingServer(() => ({ hang: true }), { tls: true }));
    expect(await failure(post(client(), at(server), new AbortController().signal, 50))).toMatchObject({
      code: 'timeout',
    });
    await vi.waitFor(() => expect(server.open()).toBe(0));
  });

  test('an abort closes the connection and throws its reason', async () => {
    const server = keep(await startRecordingServer(() => ({ hang: true }), { tls: true }));
    const abort = new AbortController();
    const pending = post(client(), at(server), abort.signal);
    await vi.waitFor(() => expect(server.requests).toHaveLength(1));
    abort.abort('enough');
    await expect(pending).rejects.toBe('enough');
    await vi.waitFor(() => expect(server.open()).toBe(0));
  });
});

describe('pinned servers', () => {
  const pinned = (server: RecordingServer, pins: object): Endpoint =>
    at(server, { trust: { kind: 'pinned', pins } });

  test('are accepted by certificate, by key, or by both', async () => {
    const server = keep(await startRecordingServer(echo, { tls: true }));
    const { certificateSha256, publicKeySha256 } = server;
    for (const pins of [{ certificateSha256 }, { publicKeySha256 }, { certificateSha256, publicKeySha256 }]) {
      expect((await post(client(), pinned(server, pins))).status).toBe(200);
    }
  });

  test('get not one byte of the request if either pin is wrong', async () => {
    const server = keep(await startRecordingServer(echo, { tls: true }));
    const other = keep(await startRecordingServer(echo, { tls: true }));
    const { certificateSha256, publicKeySha256 } = server;
    const wrong = 'ab'.repeat(32);
    for (const pins of [
      { certificateSha256: wrong },
      { publicKeySha256: Buffer.from(wrong, 'hex').toString('base64') },
      { certificateSha256: wrong, publicKeySha256 },
      { certificateSha256, publicKeySha256: Buffer.from(wrong, 'hex').toString('base64') },
      {},
    ]) {
      const error = await failure(post(client(), pinned(server, pins)));
      expect(error).toMatchObject({ code: 'path', fields: { stage: 'connect', errno: 'PIN' } });
    }
    expect(server.requests).toHaveLength(0);
    expect(other.requests).toHaveLength(0);
  });

  test('show their certificate on every connection, as no session is resumed', async () => {
    const server = keep(await startRecordingServer(() => ({ ...echo(), close: true }), { tls: true }));
    const http = client();
    const endpoint = pinned(server, { certificateSha256: server.certificateSha256 });
    for (let i = 0; i < 3; i++) expect((await post(http, endpoint)).status).toBe(200);
    expect(server.connections()).toBe(3);
  });

  test('without a pin must be known to a certificate authority', async () => {
    const server = keep(await startRecordingServer(echo, { tls: true }));
    const error = await failure(
      post(client(), at(server, { host: 'localhost', trust: { kind: 'authority' } })),
    );
    expect(error).toMatchObject({ code: 'path', fields: { stage: 'connect' } });
    expect(server.requests).toHaveLength(0);
  });
});

describe('through the proxy', () => {
  test('host names go to it as names, and nothing is looked up here', async () => {
    const server = keep(await startRecordingServer(echo, { tls: true }));
    const proxy = keep(
      await startRecordingSocksProxy({ resolve: () => ({ host: '127.0.0.1', port: server.port }) }),
    );
    const lookup = vi.spyOn(dns, 'lookup');
    const http = client({ host: '127.0.0.1', port: proxy.port });
    const endpoint = at(server, {
      host: 'seed.invalid',
      port: 4443,
      trust: { kind: 'pinned', pins: { certificateSha256: server.certificateSha256 } },
    });
    expect((await post(http, endpoint)).status).toBe(200);
    expect(proxy.requests).toEqual([
      { addressType: 3, host: 'seed.invalid', port: 4443, username: null, password: null },
    ]);
    expect(server.requests[0]?.serverName).toBe('seed.invalid');
    expect(lookup).not.toHaveBeenCalled();
  });

  test('addresses go to it as addresses, with IPv6 literals right', async () => {
    const server = keep(await startRecordingServer(echo));
    const proxy = keep(
      await startRecordingSocksProxy({ resolve: () => ({ host: '127.0.0.1', port: server.port }) }),
    );
    const http = client({ host: 'localhost', port: proxy.port });
    await post(http, at(server, { host: '203.0.113.7', port: 22021 }));
    await post(http, at(server, { host: '2001:db8::1', port: 22021 }));
    expect(proxy.requests.map(({ addressType, host }) => [addressType, host])).toEqual([
      [1, '203.0.113.7'],
      [4, '2001:db8::1'],
    ]);
  });

  test('it gets user name and password when there are any', async () => {
    const server = keep(await startRecordingServer(echo));
    const login = { username: 'mé', password: 'pa:ss' };
    const proxy = keep(await startRecordingSocksProxy({ login }));
    expect((await post(client({ host: '127.0.0.1', port: proxy.port, ...login }), at(server))).status).toBe(
      200,
    );
    expect(proxy.requests[0]).toMatchObject(login);
    const wrong = client({ host: '127.0.0.1', port: proxy.port, ...login, password: 'no' });
    expect(await failure(post(wrong, at(server)))).toMatchObject({ code: 'proxy' });
    expect(await failure(post(client({ host: '127.0.0.1', port: proxy.port }), at(server)))).toMatchObject({
      code: 'proxy',
      message: expect.stringContaining('user name and password'),
    });
  });

  describe('streams are kept apart by user names', () => {
    const isolating = (port: number, login?: { username: string; password: string }) =>
      keep(
        new HttpClient(
          new Connector({
            proxy: { host: '127.0.0.1', port, ...login },
            connectTimeoutMs: 5_000,
            random: systemRandomBytes,
          }),
          systemClock,
        ),
      );
    const names = async (http: HttpClient, proxy: RecordingSocksProxy, server: RecordingServer) => {
      for (const purpose of ['seed', 'guard 1', 'guard 2', 'seed']) {
        const endpoint = at(server, { purpose });
        expect((await post(http, endpoint)).status).toBe(200);
        http.forget(endpoint);
      }
      return proxy.requests.map(({ username, password }) => [username, password]);
    };

    test('one for each purpose, random in each process, where the proxy takes names', async () => {
      const server = keep(await startRecordingServer(echo));
      const proxy = keep(await startRecordingSocksProxy({ anyLogin: true }));
      const [seed, first, second, seedAgain] = await names(isolating(proxy.port), proxy, server);
      expect(seedAgain).toEqual(seed);
      expect(new Set([seed, first, second].map((login) => login?.join(' '))).size).toBe(3);
      for (const login of [seed, first, second])
        for (const part of login ?? []) expect(part).toMatch(/^[0-9a-f]{16}$/);
      await post(isolating(proxy.port), at(server, { purpose: 'seed' }));
      expect(proxy.requests.at(-1)?.username).not.toBe(seed?.[0]);
    });

    test('the user’s own where there is one', async () => {
      const server = keep(await startRecordingServer(echo));
      const login = { username: 'u', password: 'p' };
      const proxy = keep(await startRecordingSocksProxy({ login }));
      const used = await names(isolating(proxy.port, login), proxy, server);
      expect(used).toEqual(Array.from({ length: 4 }, () => ['u', 'p']));
    });

    test.each([
      ['a proxy that wants no names', {}],
      ['a proxy that refuses names it does not know', { refuseLogins: true }],
    ])('%s works without', async (_what, options) => {
      const server = keep(await startRecordingServer(echo));
      const proxy = keep(await startRecordingSocksProxy(options));
      const used = await names(isolating(proxy.port), proxy, server);
      expect(used).toEqual(Array.from({ length: 4 }, () => [null, null]));
    });

    test('a proxy that insists on its own users says so', async () => {
      const server = keep(await startRecordingServer(echo));
      const proxy = keep(await startRecordingSocksProxy({ login: { username: 'u', password: 'p' } }));
      expect(await failure(post(isolating(proxy.port), at(server)))).toMatchObject({
        code: 'proxy',
        message: expect.stringContaining('wants a user name and password'),
      });
      expect(server.requests).toHaveLength(0);
    });
  });

  test('the second port is used when nothing listens on the first, and is then the one in use', async () => {
    const server = keep(await startRecordingServer(echo));
    const gone = await startRecordingSocksProxy();
    await gone.close();
    const proxy = await startRecordingSocksProxy();
    const settings = { host: '127.0.0.1', port: gone.port, otherPort: proxy.port };
    const connector = new Connector({ proxy: settings, connectTimeoutMs: 5_000 });
    const http = keep(new HttpClient(connector, systemClock));
    expect((await post(http, at(server))).status).toBe(200);
    expect(connector.proxy?.port).toBe(proxy.port);
    expect(server.requests).toHaveLength(1);
    await proxy.close();
    http.forget(at(server));
    expect(await failure(post(http, at(server)))).toMatchObject({
      code: 'proxy',
      message: `Nothing listens on 127.0.0.1, port ${gone.port} or ${proxy.port}. Is Tor running?`,
    });
    expect(server.requests).toHaveLength(1);
  });

  test('a proxy that is there but fails is not left for the second port', async () => {
    const server = keep(await startRecordingServer(echo));
    const broken = keep(await startRecordingSocksProxy({ garbage: 'HTTP/1.1 400 Bad Request\r\n\r\n' }));
    const other = keep(await startRecordingSocksProxy());
    const http = client({ host: '127.0.0.1', port: broken.port, otherPort: other.port });
    expect(await failure(post(http, at(server)))).toMatchObject({ code: 'proxy' });
    expect(other.requests).toHaveLength(0);
  });

  describe('a check of it alone', () => {
    const greet = (port: number, login?: { username: string; password: string }, limitMs = 5_000) =>
      new Connector({
        proxy: { host: '127.0.0.1', port, ...login },
        connectTimeoutMs: limitMs,
      }).checkProxy(new AbortController().signal);
    const check = (...how: Parameters<typeof greet>) => failure(greet(...how));

    test('greets it and asks it for nothing', async () => {
      const login = { username: 'u', password: 'p' };
      const proxies = [
        [keep(await startRecordingSocksProxy()), undefined],
        [keep(await startRecordingSocksProxy({ login })), login],
      ] as const;
      for (const [proxy, given] of proxies) {
        await greet(proxy.port, given);
        expect(proxy.requests).toEqual([]);
        await vi.waitFor(() => expect(proxy.open()).toBe(0));
      }
    });

    test('says what is wrong with it', async () => {
      const login = { username: 'u', password: 'p' };
      const locked = keep(await startRecordingSocksProxy({ login }));
      expect(await check(locked.port)).toMatchObject({
        message: expect.stringContaining('wants a user name'),
      });
      expect(await check(locked.port, { ...login, password: 'x' })).toMatchObject({
        message: expect.stringContaining('refused the user name'),
      });
      const web = keep(await startRecordingSocksProxy({ garbage: 'HTTP/1.1 400 Bad Request\r\n\r\n' }));
      expect(await check(web.port)).toMatchObject({
        message: expect.stringContaining('does not answer as a SOCKS5'),
      });
      const silent = keep(await startRecordingSocksProxy({ silent: true }));
      expect(await check(silent.port, undefined, 100)).toMatchObject({
        code: 'proxy',
        message: expect.stringContaining('does not answer. Is it running?'),
      });
      await silent.close();
      expect(await check(silent.port)).toMatchObject({ message: expect.stringContaining('Is Tor running?') });
    });
  });

  test('a proxy that is down is an error, and nothing is tried without it', async () => {
    const server = keep(await startRecordingServer(echo));
    const proxy = await startRecordingSocksProxy();
    await proxy.close();
    const error = await failure(post(client({ host: '127.0.0.1', port: proxy.port }), at(server)));
    expect(error).toMatchObject({
      code: 'proxy',
      message: `The proxy at 127.0.0.1:${proxy.port} refused the connection. Is Tor running?`,
    });
    expect(server.connections()).toBe(0);
  });

  test('something that speaks no SOCKS is named as that', async () => {
    const proxy = keep(await startRecordingSocksProxy({ garbage: 'HTTP/1.1 400 Bad Request\r\n\r\n' }));
    const server = keep(await startRecordingServer(echo));
    expect(await failure(post(client({ host: '127.0.0.1', port: proxy.port }), at(server)))).toMatchObject({
      code: 'proxy',
    });
    expect(server.connections()).toBe(0);
  });

  test.each([1, 2, 3, 4, 5, 6])(
    'reply %i says the server can’t be reached, not that the proxy is down',
    async (reply) => {
      const proxy = keep(await startRecordingSocksProxy({ reply }));
      const server = keep(await startRecordingServer(echo));
      expect(await failure(post(client({ host: '127.0.0.1', port: proxy.port }), at(server)))).toMatchObject({
        code: 'path',
        fields: { stage: 'connect' },
      });
      expect(server.connections()).toBe(0);
    },
  );

  test('an abort and the time-out close a pending connection at once', async () => {
    const proxy = keep(await startRecordingSocksProxy({ silent: true }));
    const server = keep(await startRecordingServer(echo));
    const settings = { host: '127.0.0.1', port: proxy.port };
    const abort = new AbortController();
    const pending = post(client(settings), at(server), abort.signal);
    await vi.waitFor(() => expect(proxy.open()).toBe(1));
    abort.abort('enough');
    await expect(pending).rejects.toBe('enough');
    await vi.waitFor(() => expect(proxy.open()).toBe(0));
    expect(await failure(post(client(settings, 50), at(server)))).toMatchObject({
      fields: { errno: 'ETIMEDOUT' },
    });
    await vi.waitFor(() => expect(proxy.open()).toBe(0));
  });
});

test('a machine without network is told apart from a server that is down', async () => {
  vi.spyOn(net, 'connect').mockImplementation(() => {
    const socket = new net.Socket();
    queueMicrotask(() => socket.destroy(Object.assign(new Error('no route'), { code: 'ENETUNREACH' })));
    return socket;
  });
  const endpoint: Endpoint = { secure: true, host: '203.0.113.7', port: 1, trust: { kind: 'none' } };
  expect(await failure(post(client(), endpoint))).toMatchObject({ code: 'offline' });
});
