/** Errors of sockets, told apart into what the rest decides from: proxy, offline, or the server at the other end. */
import { messageOf, NetworkError } from '../errors.ts';
import type { ProxySettings } from './types.ts';

/**
 * How far a connection got: `direct` and `proxy` are the TCP connection, `socks` the tunnel, `greeting` the proxy's first words alone,
 * `tls` the handshake.
 */
export type ConnectStage = 'direct' | 'proxy' | 'greeting' | 'socks' | 'tls';

/** This machine has no way out; says nothing about any server (network.md 9, item 21). */
const offlineCodes = new Set(['ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL', 'ENONET', 'EAI_AGAIN']);

/** SOCKS replies that speak of the server beyond the proxy, by the `socks` library's names (RFC 1928, section 6). */
const targetReplies =
  /\b(Failure|NotAllowed|NetworkUnreachable|HostUnreachable|ConnectionRefused|TTLExpired)\b/;

/** The NetworkError for a connection that did not come about. */
export function connectFailure(
  error: unknown,
  stage: ConnectStage,
  proxy: ProxySettings | null,
): NetworkError {
  const errno = errorCode(error);
  const fields = { stage: 'connect', errno };
  if (proxy !== null && stage === 'proxy') {
    return new NetworkError('proxy', proxyMessage(proxy, errno), { cause: error, fields });
  }
  if (proxy !== null && (stage === 'socks' || stage === 'greeting')) {
    const text = messageOf(error);
    if (isLoginRefusal(error)) {
      const message =
        proxy.username === undefined
          ? `The proxy at ${at(proxy)} wants a user name and password: socks5h://user:password@host:port.`
          : `The proxy at ${at(proxy)} refused the user name and password.`;
      return new NetworkError('proxy', message, { cause: error, fields });
    }
    // The proxy works and says that the server can't be reached, or takes too long to say anything.
    if (stage === 'greeting' && errno === 'ETIMEDOUT') {
      return new NetworkError('proxy', proxyMessage(proxy, errno), { cause: error, fields });
    }
    if (targetReplies.test(text) || errno === 'ETIMEDOUT') {
      return new NetworkError('path', 'A server can’t be reached through the proxy.', {
        cause: error,
        fields: { ...fields, throughProxy: true },
      });
    }
    return new NetworkError('proxy', `The proxy at ${at(proxy)} does not answer as a SOCKS5 proxy.`, {
      cause: error,
      fields,
    });
  }
  if (offlineCodes.has(errno)) {
    return new NetworkError('offline', 'This machine has no network connection.', { cause: error, fields });
  }
  return new NetworkError('path', 'A server can’t be reached.', { cause: error, fields });
}

/** True when a proxy wants a user name, or another one. */
export function isLoginRefusal(error: unknown): boolean {
  return /Authentication failed|authentication type/i.test(messageOf(error));
}

/** The NetworkError for a request that failed on an open connection; `answered` when the answer had begun. */
export function exchangeFailure(error: unknown, answered: boolean): NetworkError {
  const errno = errorCode(error);
  if (offlineCodes.has(errno)) {
    return new NetworkError('offline', 'This machine has no network connection.', {
      cause: error,
      fields: { stage: 'exchange', errno, answered },
    });
  }
  return new NetworkError('path', 'The connection to a server broke off.', {
    cause: error,
    fields: { stage: 'exchange', errno, answered },
  });
}

/** The NetworkError for an answer beyond its size limit. */
export function tooLarge(maxBytes: number): NetworkError {
  return new NetworkError('path', `A server's answer is larger than ${maxBytes} bytes.`, {
    fields: { stage: 'exchange', errno: 'TOO_LARGE', answered: true },
  });
}

/** The NetworkError for a request that got no answer in time. */
export function timedOut(timeoutMs: number): NetworkError {
  return new NetworkError('timeout', `No answer within ${Math.round(timeoutMs / 1000)} seconds.`, {
    fields: { stage: 'exchange', errno: 'ETIMEDOUT' },
  });
}

/** One host that can't be reached is down; when it was all there was to say, this machine has no way out. */
export function withoutRoute(error: NetworkError): NetworkError {
  if (error.code !== 'path' || error.fields.stage !== 'connect') return error;
  if (error.fields.errno === 'EHOSTUNREACH') {
    return new NetworkError('offline', 'This machine has no network connection.', { cause: error });
  }
  const words = error.fields.throughProxy
    ? 'No service node can be reached through the proxy. Try again later, or another proxy.'
    : 'No service node can be reached. Check the network connection; where this network is blocked, go through a proxy (--tor, --proxy).';
  return new NetworkError('path', words, { cause: error, fields: error.fields });
}

function proxyMessage(proxy: ProxySettings, errno: string): string {
  switch (errno) {
    case 'ECONNREFUSED':
      return proxy.otherPort === undefined
        ? `The proxy at ${at(proxy)} refused the connection. Is Tor running?`
        : `Nothing listens on ${proxy.host}, port ${proxy.port} or ${proxy.otherPort}. Is Tor running?`;
    case 'ETIMEDOUT':
      return `The proxy at ${at(proxy)} does not answer. Is it running?`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The proxy's host name ${proxy.host} can't be found.`;
    default:
      return `The proxy at ${at(proxy)} can't be reached (${errno}).`;
  }
}

function at(proxy: ProxySettings): string {
  return `${proxy.host.includes(':') ? `[${proxy.host}]` : proxy.host}:${proxy.port}`;
}

/** The system's or library's short code of an error; of several attempts at one name the first one's. */
export function errorCode(error: unknown): string {
  if (error instanceof AggregateError) {
    const codes = error.errors.map(errorCode);
    // several addresses: offline only if none was reachable at all
    return codes.find((code) => !offlineCodes.has(code)) ?? codes[0] ?? 'UNKNOWN';
  }
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code;
  return 'UNKNOWN';
}
