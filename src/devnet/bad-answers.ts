/** Faults in how an answer is sent: broken off, byte by byte, or far too much of it. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Platform } from '../util/platform.ts';
import { type HttpAnswer, send } from './http.ts';

/** Far above what any server may send (10 MiB, network.md 8). */
export const hugeBytes = 64 * 1024 * 1024;
const chunkBytes = 64 * 1024;

type Options = Readonly<{ platform: Platform; dripMs: number; below(limit: number): number }>;

/** Sends as `answer.manner` says. Resolves when all is handed over or the client has gone; never rejects. */
export async function deliver(response: ServerResponse, answer: HttpAnswer, options: Options): Promise<void> {
  const { manner = 'whole' } = answer;
  if (manner === 'whole' || response.destroyed || response.headersSent) return send(response, answer);
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  // a chunked answer tells nobody how long it will be
  const length = manner === 'huge' ? [hugeBytes, null][options.below(2)] : body.length;
  response.writeHead(answer.status, {
    'Content-Type': answer.contentType ?? 'text/plain',
    ...(typeof length === 'number' ? { 'Content-Length': length } : {}),
    ...answer.headers,
  });
  try {
    if (manner === 'broken-off') {
      response.write(body.subarray(0, options.below(body.length)), () => response.destroy());
      return;
    }
    if (manner === 'dripping') await drip(response, body, options, gone.signal);
    else await flood(response, options.platform.randomBytes(chunkBytes), gone.signal);
    response.end();
  } catch {
    // the client has gone
  }
}

async function drip(
  response: ServerResponse,
  body: Uint8Array,
  { platform, dripMs }: Options,
  signal: AbortSignal,
): Promise<void> {
  for (let at = 0; at < body.length; at++) {
    await platform.clock.sleep(dripMs, signal);
    response.write(body.subarray(at, at + 1));
  }
}

async function flood(response: ServerResponse, chunk: Uint8Array, signal: AbortSignal): Promise<void> {
  for (let sent = 0; sent < hugeBytes; sent += chunk.length) {
    signal.throwIfAborted();
    if (!response.write(chunk)) await once(response, 'drain', { signal });
  }
}
