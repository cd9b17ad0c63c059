import { once } from 'node:events';
import * as v from 'valibot';
import { ProtocolError, StoreError } from '../../errors.ts';
import { equalBytes, utf8Encode } from '../../util/bytes.ts';
import type { Clock } from '../../util/clock.ts';
import type { FreshReader } from '../fresh.ts';
import type { Session } from '../types.ts';
import { toWireError } from './errors.ts';
import { encodeFrame, FrameReader } from './frames.ts';
import { listMethods, methods, type Served } from './methods.ts';
import type { Socket } from './socket.ts';
import {
  helloSchema,
  maxHelloBytes,
  maxRequestBytes,
  protocolVersion,
  requestSchema,
  type ServerFrame,
} from './wire.ts';

/** Who has not shown the token by then is turned away. */
const helloWithinMs = 2_000;
const maxCallsAtOnce = 16;
/** A part of a list is sent when it has this much text. */
const partCharacters = 131_072;
/** Somebody who does not read what is sent to them is turned away at this much. */
const maxUnreadBytes = 67_108_864;

export type ServedSession = Session & Readonly<{ freshReader(): FreshReader }>;

export type ConnectionParts = Readonly<{
  socket: Socket;
  token: string;
  clock: Clock;
  /** what is served now; throws what a command is told that comes while nothing can be */
  session: () => ServedSession;
}>;

/** One command that is served. It can be as slow or as hostile as it likes: only its own connection suffers. */
export class Connection {
  readonly closed: Promise<void>;
  readonly #parts: ConnectionParts;
  readonly #reader = new FrameReader();
  readonly #calls = new Map<number, AbortController>();
  readonly #cancelTimer: () => void;
  #served: Served | null = null;
  #viewSent: unknown = null;
  #damageSent = 0;
  #stopEvents: (() => void) | null = null;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    const { socket, clock } = parts;
    const closed = Promise.withResolvers<void>();
    this.closed = closed.promise;
    this.#cancelTimer = clock.after(helloWithinMs, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Uint8Array) => this.#take(chunk));
    socket.once('close', () => {
      this.#end();
      closed.resolve();
    });
  }

  /** Tells why nothing goes on here, and hangs up. */
  refuse(error: unknown): void {
    this.#end();
    this.#send({ type: 'refused', error: toWireError(error) });
    this.#parts.socket.destroySoon();
  }

  /** Hangs up: calls under way are not answered. */
  destroy(): void {
    this.#end();
    this.#parts.socket.destroy();
  }

  #end(): void {
    this.#cancelTimer();
    this.#stopEvents?.();
    this.#stopEvents = null;
    for (const call of this.#calls.values()) call.abort(new DOMException('nobody waits', 'AbortError'));
    this.#calls.clear();
    this.#served?.fresh.release();
    this.#served = null;
  }

  #take(chunk: Uint8Array): void {
    try {
      const max = this.#served === null ? maxHelloBytes : maxRequestBytes;
      for (const frame of this.#reader.push(chunk, max)) {
        if (this.#parts.socket.destroyed) return;
        if (this.#served === null) this.#greet(frame);
        else this.#answer(this.#served, v.parse(requestSchema, frame));
      }
    } catch {
      this.destroy();
    }
  }

  #greet(frame: unknown): void {
    const { version, token } = v.parse(helloSchema, frame);
    // In constant time, so that nothing can be learnt by asking.
    if (!equalBytes(utf8Encode(token), utf8Encode(this.#parts.token)))
      throw new ProtocolError('malformed', 'wrong token');
    this.#cancelTimer();
    if (version !== protocolVersion) {
      this.refuse(
        new StoreError(
          'locked',
          'The profile is in use by another version of session-tui. Close that one first.',
        ),
      );
      return;
    }
    try {
      const session = this.#parts.session();
      this.#served = { session, fresh: session.freshReader() };
      this.#damageSent = session.damage().length;
      this.#sendView(session);
    } catch (error) {
      this.refuse(error);
    }
  }

  #answer(served: Served, request: v.InferOutput<typeof requestSchema>): void {
    switch (request.type) {
      case 'listen':
        this.#stopEvents ??= served.session.onEvent((event) => this.#send({ type: 'event', event }));
        return;
      case 'cancel':
        this.#calls.get(request.id)?.abort(new DOMException('cancelled', 'AbortError'));
        return;
      case 'call': {
        if (this.#calls.has(request.id) || this.#calls.size >= maxCallsAtOnce)
          throw new ProtocolError('malformed', 'too many calls');
        const stop = new AbortController();
        this.#calls.set(request.id, stop);
        void this.#call(served, request.id, request.method, request.params, stop.signal);
      }
    }
  }

  async #call(served: Served, id: number, name: string, params: unknown, signal: AbortSignal): Promise<void> {
    let answer: ServerFrame;
    try {
      answer = { type: 'result', id, value: await this.#run(served, id, name, params, signal) };
    } catch (error) {
      answer = { type: 'error', id, error: toWireError(error) };
    }
    this.#calls.delete(id);
    if (this.#served !== served) return;
    this.#sendView(served.session);
    const damage = served.session.damage().slice(this.#damageSent);
    this.#damageSent += damage.length;
    this.#send(damage.length === 0 ? answer : { ...answer, damage: [...damage] });
  }

  async #run(
    served: Served,
    id: number,
    name: string,
    params: unknown,
    signal: AbortSignal,
  ): Promise<unknown> {
    if (hasOwn(methods, name)) return methods[name].invoke(served, params, signal);
    if (!hasOwn(listMethods, name)) throw new ProtocolError('unsupported', 'The holder can’t do that.');
    let items: unknown[] = [];
    let characters = 0;
    const flush = async (): Promise<void> => {
      this.#send({ type: 'part', id, items });
      items = [];
      characters = 0;
      const { socket } = this.#parts;
      if (socket.writableNeedDrain) await once(socket, 'drain', { signal });
    };
    const found = listMethods[name].invoke(served, params);
    for await (const item of Symbol.asyncIterator in found ? found : await found) {
      signal.throwIfAborted();
      items.push(item);
      characters += JSON.stringify(item).length;
      if (characters >= partCharacters) await flush();
    }
    if (items.length > 0) await flush();
    return null;
  }

  #sendView(session: Session): void {
    const state = session.getState();
    if (state === this.#viewSent) return;
    this.#viewSent = state;
    this.#send({ type: 'view', view: { state, settings: session.settings() } });
  }

  #send(frame: ServerFrame): void {
    const { socket } = this.#parts;
    if (!socket.writable) return;
    socket.write(encodeFrame(frame));
    if (socket.writableLength > maxUnreadBytes) socket.destroy();
  }
}

function hasOwn<T extends object>(table: T, name: string): name is Extract<keyof T, string> {
  return Object.hasOwn(table, name);
}
