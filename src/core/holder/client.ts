import * as v from 'valibot';
import { ProtocolError, type SessionTuiError, StoreError } from '../../errors.ts';
import type { Clock } from '../../util/clock.ts';
import { Emitter } from '../../util/emitter.ts';
import type { CoreEvent, FileDamage } from '../types.ts';
import { fromWireError, holderGone } from './errors.ts';
import { encodeFrame, FrameReader } from './frames.ts';
import {
  type ItemOf,
  type ListMethodName,
  type ListParamsOf,
  listMethods,
  type MethodName,
  methods,
  type ParamsOf,
  type ResultOf,
} from './methods.ts';
import { findPlace } from './place.ts';
import type { viewSchema } from './schemas.ts';
import { connect, type Socket } from './socket.ts';
import { answerSchema, type ClientFrame, maxAnswerBytes, protocolVersion } from './wire.ts';

/** A holder that does not even greet in this time is stopped or broken. */
const greetingWithinMs = 800;

/** Items of an answer that wait for the command; above it the holder is not listened to until they are taken. */
const maxWaitingItems = 2_000;

type View = v.InferOutput<typeof viewSchema>;
type Answer = v.InferOutput<typeof answerSchema>;

type Call = {
  repeatable: boolean;
  parts: unknown[];
  wake: () => void;
  end: Readonly<{ value: unknown }> | Readonly<{ error: unknown }> | null;
};

/**
 * The line to the process that holds a profile; null when nobody listens. StoreError `locked` if it does not answer
 * or is of another version, `password-needed` if it is locked.
 */
export async function connectToHolder(
  profileFolder: string,
  runtimeDirs: readonly string[],
  clock: Clock,
): Promise<HolderClient | null> {
  const place = findPlace(profileFolder, runtimeDirs);
  if (place === null) return null;
  const socket = await connect(place.socket);
  if (socket === null) return null;
  const client = new HolderClient(socket);
  return (await client.greet(place.token, clock)) ? client : null;
}

export class HolderClient {
  readonly events = new Emitter<CoreEvent>();
  readonly changes = new Emitter<void>();
  readonly damage: FileDamage[] = [];
  readonly #socket: Socket;
  readonly #reader = new FrameReader();
  readonly #calls = new Map<number, Call>();
  readonly #gone = new AbortController();
  readonly #greeted = Promise.withResolvers<View | null>();
  #refusal: SessionTuiError | null = null;
  #view: View | null = null;
  #nextId = 0;
  #listening = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#greeted.promise.catch(() => undefined);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Uint8Array) => {
      try {
        for (const frame of this.#reader.push(chunk, maxAnswerBytes))
          this.#take(v.parse(answerSchema, frame));
      } catch {
        socket.destroy();
      }
    });
    socket.once('close', () => this.#end());
  }

  /** Aborted when the holder is gone. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  get view(): View {
    if (this.#view === null) throw new Error('unreachable: a client is given out after its greeting');
    return this.#view;
  }

  /** False when the holder hung up. */
  async greet(token: string, clock: Clock): Promise<boolean> {
    this.#write({ type: 'hello', version: protocolVersion, token });
    const cancel = clock.after(greetingWithinMs, () => {
      this.#greeted.reject(
        new StoreError('locked', 'The profile is in use by another session-tui, which does not answer.'),
      );
      this.#socket.destroy();
    });
    try {
      return (await this.#greeted.promise) !== null;
    } finally {
      cancel();
    }
  }

  listen(): void {
    if (this.#listening) return;
    this.#listening = true;
    this.#write({ type: 'listen' });
  }

  async call<N extends MethodName>(name: N, params: ParamsOf<N>, signal?: AbortSignal): Promise<ResultOf<N>> {
    const { result, repeatable } = methods[name];
    for await (const end of this.#exchange(name, params, repeatable, signal)) {
      if (!('value' in end)) continue;
      const parsed = v.safeParse(result, end.value);
      if (!parsed.success) break;
      return parsed.output as ResultOf<N>; // parsed by this method's own schema
    }
    throw badAnswer();
  }

  async *list<N extends ListMethodName>(name: N, params: ListParamsOf<N>): AsyncGenerator<ItemOf<N>> {
    const { item } = listMethods[name];
    for await (const answer of this.#exchange(name, params, true)) {
      if (!('items' in answer)) continue;
      for (const one of answer.items) {
        const parsed = v.safeParse(item, one);
        if (!parsed.success) throw badAnswer();
        yield parsed.output;
      }
    }
  }

  close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#socket.closed) resolve();
    else this.#socket.once('close', () => resolve());
    this.#socket.destroySoon();
    return promise;
  }

  /** The parts of an answer as they come, and its end. Throws the holder's error, or that it is gone. */
  async *#exchange(
    name: string,
    params: unknown,
    repeatable: boolean,
    signal?: AbortSignal,
  ): AsyncGenerator<Readonly<{ items: readonly unknown[] }> | Readonly<{ value: unknown }>> {
    signal?.throwIfAborted();
    if (this.gone.aborted) throw this.#refusal ?? holderGone(true);
    const id = this.#nextId++;
    const call: Call = { repeatable, parts: [], wake: () => undefined, end: null };
    this.#calls.set(id, call);
    const onAbort = (): void => {
      call.end ??= { error: signal?.reason };
      call.wake();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#write({ type: 'call', id, method: name, params });
    try {
      for (;;) {
        if (call.parts.length > 0) yield { items: call.parts.splice(0) };
        else if (call.end !== null) {
          if ('error' in call.end) throw call.end.error;
          yield call.end;
          return;
        } else {
          this.#socket.resume();
          await new Promise<void>((resolve) => {
            call.wake = resolve;
          });
        }
      }
    } finally {
      this.#socket.resume();
      signal?.removeEventListener('abort', onAbort);
      if (this.#calls.delete(id)) this.#write({ type: 'cancel', id });
    }
  }

  #take(answer: Answer): void {
    switch (answer.type) {
      case 'refused':
        this.#refusal = fromWireError(answer.error);
        this.#greeted.reject(this.#refusal);
        this.#socket.destroySoon();
        return;
      case 'view':
        this.#view = answer.view;
        this.#greeted.resolve(answer.view);
        this.changes.emit();
        return;
      case 'event':
        this.events.emit(answer.event);
        return;
      case 'part': {
        const call = this.#calls.get(answer.id);
        call?.parts.push(...answer.items);
        call?.wake();
        if (call !== undefined && call.parts.length >= maxWaitingItems) this.#socket.pause();
        return;
      }
      default: {
        this.damage.push(...(answer.damage ?? []));
        const call = this.#calls.get(answer.id);
        this.#calls.delete(answer.id);
        if (call === undefined) return;
        call.end ??=
          answer.type === 'result' ? { value: answer.value } : { error: fromWireError(answer.error) };
        call.wake();
      }
    }
  }

  #end(): void {
    this.#greeted.resolve(null);
    for (const call of this.#calls.values()) {
      call.end ??= { error: this.#refusal ?? holderGone(call.repeatable) };
      call.wake();
    }
    this.#calls.clear();
    this.#gone.abort();
  }

  #write(frame: ClientFrame): void {
    if (this.#socket.writable) this.#socket.write(encodeFrame(frame));
  }
}

function badAnswer(): ProtocolError {
  return new ProtocolError(
    'malformed',
    'The session-tui that holds the profile answered in a way this one does not understand.',
  );
}
