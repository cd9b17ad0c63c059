/** Which swarm keeps an account's messages (network.md 4.7). */
import { ProtocolError } from '../errors.ts';
import { fromHex } from '../util/bytes.ts';
import { noSwarm } from './service-node.ts';

const ringSize = 1n << 64n;

/**
 * The position of an account or group on the ring of swarms: the XOR of the four big-endian 64-bit words of its
 * key. `pubkeyHex` is an ID of 66 hex digits (the prefix is left out) or a bare key of 64. ProtocolError `malformed`
 * for anything else.
 */
export function swarmPosition(pubkeyHex: string): bigint {
  const bytes = pubkeyHex.length === 66 || pubkeyHex.length === 64 ? fromHex(pubkeyHex) : null;
  if (bytes === null) throw new ProtocolError('malformed', 'Not an account ID');
  const key = bytes.subarray(bytes.length - 32);
  const view = new DataView(key.buffer, key.byteOffset, 32);
  return view.getBigUint64(0) ^ view.getBigUint64(8) ^ view.getBigUint64(16) ^ view.getBigUint64(24);
}

/**
 * The swarm nearest to the account on the ring of 2^64 (it wraps); of two equally near the one on the left, with the
 * lower number before wrapping. Null when no swarm is known. The order of `swarmIds` does not matter.
 */
export function swarmForAccount(pubkeyHex: string, swarmIds: readonly bigint[]): bigint | null {
  const position = swarmPosition(pubkeyHex);
  let best: bigint | null = null;
  let bestDistance = ringSize;
  let bestIsLeft = false;
  for (const id of swarmIds) {
    if (id === noSwarm) continue;
    const leftDistance = (position - id + ringSize) % ringSize;
    const rightDistance = (id - position + ringSize) % ringSize;
    const isLeft = leftDistance <= rightDistance;
    const distance = isLeft ? leftDistance : rightDistance;
    if (distance < bestDistance || (distance === bestDistance && isLeft && !bestIsLeft)) {
      best = id;
      bestDistance = distance;
      bestIsLeft = isLeft;
    }
  }
  return best;
}
