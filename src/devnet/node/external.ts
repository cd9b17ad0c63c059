/**
 * What an exit does with a request for an external server: one POST, its answer passed back raw. A devnet reaches
 * loopback addresses only; everything else is answered as on a machine without a network.
 */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { Clock } from '../../util/clock.ts';
import type { HttpAnswer } from '../http.ts';
import { serverName } from '../version.ts';
import { maxPeerMessage } from './peers.ts';

export type ExternalRequest = Readonly<{
  protocol: 'http' | 'https';
  host: string;
  port: number;
  target: string;
  body: Uint8Array;
}>;

/** 502 when it can't be reached, 504 when it is silent for `timeoutMs`, both in the words of the HTTP library. */
export async function askExternal(
  to: ExternalRequest,
  options: Readonly<{ timeoutMs: number; localAddress: string; clock: Clock; signal: AbortSignal }>,
): Promise<HttpAnswer> {
  const { host, port } = to;
  const address = loopbackAddress(host);
  if (address === null) {
    return isIP(host) === 0
      ? { status: 502, body: `Could not resolve host: ${host}` }
      : { status: 502, body: refusal(host, port) };
  }
  const started = options.clock.monotonic();
  const limit = new AbortController();
  const cancel = options.clock.after(options.timeoutMs, () => limit.abort());
  const signal = AbortSignal.any([limit.signal, options.signal]);
  try {
    return await post(to, address, options.localAddress, signal);
  } catch {
    if (limit.signal.aborted) {
      const waited = Math.round(options.clock.monotonic() - started);
      return {
        status: 504,
        body: `Operation timed out after ${waited} milliseconds with 0 bytes received`,
      };
    }
    return { status: 502, body: refusal(host, port) };
  } finally {
    cancel();
  }
}

function refusal(host: string, port: number): string {
  return `Failed to connect to ${host} port ${port} after 0 ms: Couldn't connect to server`;
}

/** Names are not looked up: only this one is known. */
function loopbackAddress(host: string): string | null {
  if (host === 'localhost') return '127.0.0.1';
  return isIP(host) === 4 && host.startsWith('127.') ? host : null;
}

function post(
  to: ExternalRequest,
  address: string,
  localAddress: string,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const request = to.protocol === 'http' ? httpRequest : httpsRequest;
  const call = request(
    {
      host: address,
      port: to.port,
      path: to.target,
      method: 'POST',
      localAddress,
      agent: false,
      signal,
      headers: {
        Host: to.port === (to.protocol === 'https' ? 443 : 80) ? to.host : `${to.host}:${to.port}`,
        'User-Agent': serverName,
        Accept: '*/*',
        'Content-Type': 'application/octet-stream',
        'Content-Length': to.body.length,
      },
    },
    (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > maxPeerMessage) response.destroy(new Error('the answer is too large'));
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
    },
  );
  call.on('error', reject);
  call.end(to.body);
  return promise;
}
