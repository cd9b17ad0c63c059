/** What a swarm stores: WebSocketMessage { request { body: Envelope } } (messages, sections 1.2 and 4.1). */
import { create } from '@bufbuild/protobuf';
import { ProtocolError } from '../errors.ts';
import { Envelope_Type, EnvelopeSchema } from './proto/session_pb.js';
import { WebSocketMessage_Type, WebSocketMessageSchema } from './proto/web-socket_pb.js';
import { decodeMessage, encodeMessage } from './wire.ts';

const proSigLength = 64;
/** The greatest time a JavaScript Date can hold; a later one is nonsense and would break whoever formats it. */
const maxTimeMs = 8.64e15;

/** A protobuf time as a number of ms. ProtocolError `malformed` beyond the year 275760. */
export function timeFromWire(value: bigint): number {
  if (value <= BigInt(maxTimeMs)) return Number(value);
  throw new ProtocolError('malformed', 'A time in the message is out of range');
}

/** The Envelope of a one-to-one message around `sealed`; `sentAt` in ms, `proSig` 64 bytes. */
export function encodeEnvelope(
  fields: Readonly<{ sentAt: number; sealed: Uint8Array; proSig?: Uint8Array }>,
): Uint8Array {
  const { sentAt, sealed, proSig } = fields;
  if (proSig !== undefined && proSig.length !== proSigLength) {
    throw new ProtocolError('malformed', `An envelope's proSig must be 64 bytes, not ${proSig.length}`);
  }
  const envelope = create(EnvelopeSchema, {
    type: Envelope_Type.SESSION_MESSAGE,
    timestamp: BigInt(sentAt),
    sourceDevice: 1,
    content: sealed,
    ...(proSig === undefined ? {} : { proSig }),
  });
  return encodeMessage(EnvelopeSchema, envelope);
}

/** The WebSocketMessage around an encoded Envelope, with the empty fields that the reference writes. */
export function encodeWebSocketMessage(envelope: Uint8Array): Uint8Array {
  const message = create(WebSocketMessageSchema, {
    type: WebSocketMessage_Type.REQUEST,
    request: { verb: '', path: '', body: envelope, requestId: 0n },
  });
  return encodeMessage(WebSocketMessageSchema, message);
}

/** Both wrappers at once: the bytes to be stored. */
export function wrapEnvelope(
  fields: Readonly<{ sentAt: number; sealed: Uint8Array; proSig?: Uint8Array }>,
): Uint8Array {
  return encodeWebSocketMessage(encodeEnvelope(fields));
}

export type OpenedEnvelope = Readonly<{
  /** ms; 0 where an old client wrote none that counts */
  sentAt: number;
  /** never empty; one-to-one: the sealed box */
  content: Uint8Array;
  /** says nothing about who wrote it */
  source?: string;
  proSig?: Uint8Array;
}>;

/**
 * Takes both wrappers off. ProtocolError `malformed` when they do not decode, the envelope has no content, or a
 * `source` that is not 66 hex digits or a `proSig` that is not 64 bytes (the reference fails the message too).
 */
export function unwrapEnvelope(bytes: Uint8Array): OpenedEnvelope {
  const body = decodeMessage(WebSocketMessageSchema, bytes).request?.body;
  if (body === undefined || body.length === 0) {
    throw new ProtocolError('malformed', 'The stored message holds no envelope');
  }
  const envelope = decodeMessage(EnvelopeSchema, body);
  const { content, source, proSig } = envelope;
  if (content.length === 0) throw new ProtocolError('malformed', 'The envelope is empty');
  if (source !== '' && !/^[0-9a-fA-F]{66}$/.test(source)) {
    throw new ProtocolError('malformed', "The envelope's source is not an ID");
  }
  const hasProSig = Object.hasOwn(envelope, 'proSig');
  if (hasProSig && proSig.length !== proSigLength) {
    throw new ProtocolError('malformed', "The envelope's proSig is not 64 bytes");
  }
  return {
    sentAt: timeFromWire(envelope.timestamp),
    content,
    ...(source === '' ? {} : { source }),
    ...(hasProSig ? { proSig } : {}),
  };
}
