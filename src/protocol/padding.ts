/** Padding of a Content before it is signed, so that its length tells little (messages, section 1.3). */
import { ProtocolError } from '../errors.ts';

const block = 160;
const terminator = 0x80;

/** `content` || 0x80 || zeros, up to the next multiple of 160 bytes above the content's length. */
export function padMessage(content: Uint8Array): Uint8Array {
  const padded = new Uint8Array((Math.floor(content.length / block) + 1) * block);
  padded.set(content);
  padded[content.length] = terminator;
  return padded;
}

/**
 * The content of padded bytes, as a view of them. Takes every form in use: multiples of 160, multiples less one
 * (older JavaScript clients), and none at all, when the last byte that is not zero is no 0x80.
 * ProtocolError `malformed` for nothing but zeros.
 */
export function unpadMessage(padded: Uint8Array): Uint8Array {
  let last = padded.length - 1;
  while (last >= 0 && padded[last] === 0) last--;
  if (last < 0) throw new ProtocolError('malformed', 'The message has no content, not even padding');
  return padded[last] === terminator ? padded.subarray(0, last) : padded;
}
