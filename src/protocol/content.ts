/** The inner protobuf of every message: what was said, apart from how it is wrapped (messages, section 4.2). */
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { type Content, ContentSchema } from './proto/session_pb.js';
import { decodeMessage, encodeMessage } from './wire.ts';

export { type Content, ContentSchema };

/** A Content with the given fields; 64-bit integers are bigint. */
export function createContent(fields: MessageInitShape<typeof ContentSchema>): Content {
  return create(ContentSchema, fields);
}

/** Fields in number order, then the unknown ones. ProtocolError `malformed` without a required field. */
export function encodeContent(content: Content): Uint8Array {
  return encodeMessage(ContentSchema, content);
}

/**
 * Decodes an unpadded Content. Fields that this version does not know are kept for re-encoding.
 * ProtocolError `malformed` (also for a required field missing at any depth) or `too-large`.
 */
export function decodeContent(bytes: Uint8Array): Content {
  return decodeMessage(ContentSchema, bytes);
}
