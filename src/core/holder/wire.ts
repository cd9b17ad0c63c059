/** The conversation on the holder's socket, both directions (docs/holder.md). */
import * as v from 'valibot';
import type { CoreEvent, FileDamage, SessionState, Setting } from '../types.ts';
import { type WireError, wireErrorSchema } from './errors.ts';
import { damageSchema, eventSchema, viewSchema } from './schemas.ts';

/** Both sides must speak the same one. */
export const protocolVersion = 1;

/** A message of 2000 code points and its frame, or the IDs of some hundred messages. */
export const maxRequestBytes = 262_144;
/** Before the token was shown. */
export const maxHelloBytes = 1_024;
/** A state with a hundred thousand conversations. */
export const maxAnswerBytes = 134_217_728;
/** IDs that `acknowledge` sends in one call. */
export const maxIdsPerCall = 1_000;

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const helloSchema = v.object({
  type: v.literal('hello'),
  version: v.number(),
  token: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});

export const requestSchema = v.variant('type', [
  v.object({
    type: v.literal('call'),
    id,
    method: v.pipe(v.string(), v.maxLength(40)),
    params: v.unknown(),
  }),
  v.object({ type: v.literal('cancel'), id }),
  /** events from now on, please */
  v.object({ type: v.literal('listen') }),
]);

export type ClientFrame = v.InferOutput<typeof helloSchema> | v.InferOutput<typeof requestSchema>;

const newDamage = v.exactOptional(v.array(damageSchema));

export const answerSchema = v.variant('type', [
  v.object({ type: v.literal('refused'), error: wireErrorSchema }),
  /** before the first answer, and before each answer that follows a change */
  v.object({ type: v.literal('view'), view: viewSchema }),
  v.object({ type: v.literal('event'), event: eventSchema }),
  v.object({ type: v.literal('part'), id, items: v.array(v.unknown()) }),
  v.object({ type: v.literal('result'), id, value: v.unknown(), damage: newDamage }),
  v.object({ type: v.literal('error'), id, error: wireErrorSchema, damage: newDamage }),
]);

/** What the server writes, of its own types; `answerSchema` is what the client makes of it. */
export type ServerFrame =
  | Readonly<{ type: 'refused'; error: WireError }>
  | Readonly<{ type: 'view'; view: Readonly<{ state: SessionState; settings: readonly Setting[] }> }>
  | Readonly<{ type: 'event'; event: CoreEvent }>
  | Readonly<{ type: 'part'; id: number; items: readonly unknown[] }>
  | Readonly<{ type: 'result'; id: number; value: unknown; damage?: readonly FileDamage[] }>
  | Readonly<{ type: 'error'; id: number; error: WireError; damage?: readonly FileDamage[] }>;
