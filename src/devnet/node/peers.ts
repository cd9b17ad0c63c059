/**
 * One node's connections to the others: HTTPS, kept open, from its own address. The routes are secret, known to the
 * nodes of one devnet only, as the real ones know one another by key.
 */
import { Agent, request } from 'node:https';
import type { Clock } from '../../util/clock.ts';
import type { NodeRecord } from '../registry.ts';

/** An onion comes with its position on the path. */
export type PeerRoute = `onion/${number}` | 'command' | 'messages';
export type PeerAnswer = Readonly<{ status: number; body: Buffer }>;

/** The most that passes between nodes in one message, either way. */
export const maxPeerMessage = 10 * 1024 * 1024;
/** How soon a peer that refuses connections is tried again. */
const retryMs = 250;

export class Peers {
  readonly #agent: Agent;
  readonly #secret: string;
  readonly #clock: Clock;
  readonly #closed = new AbortController();

  constructor(options: Readonly<{ localAddress: string; secret: string; clock: Clock }>) {
    this.#secret = options.secret;
    this.#clock = options.clock;
    // certificates of nodes prove nothing, here as in the real network (network.md 3.4)
    this.#agent = new Agent({
      keepAlive: true,
      localAddress: options.localAddress,
      rejectUnauthorized: false,
    });
  }

  /**
   * Sends and waits; null when no answer came within `timeoutMs`. Until then a peer that can't be reached is tried again
   * and again, so that one which comes back gets what was meant for it, and a dead one looks like a silent one.
   */
  async send(
    to: NodeRecord,
    route: PeerRoute,
    body: Uint8Array | string,
    timeoutMs: number,
  ): Promise<PeerAnswer | null> {
    const limit = new AbortController();
    const cancel = this.#clock.after(timeoutMs, () => limit.abort());
    const signal = AbortSignal.any([limit.signal, this.#closed.signal]);
    try {
      while (!signal.aborted) {
        const answer = await this.#once(to, `/${this.#secret}/${route}`, body, signal);
        if (typeof answer === 'object') return answer;
        if (answer === 'unreachable') await this.#clock.sleep(retryMs, signal);
      }
      return null;
    } catch (error) {
      if (signal.aborted) return null;
      throw error;
    } finally {
      cancel();
    }
  }

  close(): void {
    this.#closed.abort();
    this.#agent.destroy();
  }

  /** One attempt. 'stale': a kept connection had been closed meanwhile. 'unreachable': the peer is down. */
  #once(
    to: NodeRecord,
    path: string,
    body: Uint8Array | string,
    signal: AbortSignal,
  ): Promise<PeerAnswer | 'unreachable' | 'stale'> {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    return new Promise((resolve) => {
      const call = request(
        {
          agent: this.#agent,
          host: to.ip,
          port: to.port,
          path,
          method: 'POST',
          headers: { 'Content-Length': bytes.length },
          signal,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', () => resolve('unreachable'));
          response.on('end', () => {
            resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) });
          });
        },
      );
      call.on('error', () => resolve(call.reusedSocket ? 'stale' : 'unreachable'));
      call.end(bytes);
    });
  }
}
