/** How a swarm is described in `get_swarm` and in the 421 of a node outside of it. */
import { fromHex } from '../../util/bytes.ts';
import type { JsonObject } from '../json.ts';
import { type Swarm, swarmIdText } from '../registry.ts';

export function swarmJson(swarm: Swarm | null): JsonObject {
  return {
    snodes: (swarm?.members ?? []).map((node) => ({
      address: `${base32z(fromHex(node.ed25519) ?? new Uint8Array())}.snode`,
      ip: node.ip,
      port: String(node.port),
      port_https: node.port,
      port_omq: Math.max(0, node.port - 1),
      port_quic: Math.max(0, node.port - 1),
      pubkey_ed25519: node.ed25519,
      pubkey_legacy: node.ed25519,
      pubkey_x25519: node.x25519,
    })),
    swarm: swarmIdText(swarm?.id ?? null),
  };
}

const alphabet = 'ybndrfg8ejkmcpqxot1uwisza345h769';

/** z-base-32, the last group filled up with zero bits. */
export function base32z(bytes: Uint8Array): string {
  let text = '';
  let pending = 0;
  let bits = 0;
  for (const byte of bytes) {
    pending = (pending << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet.charAt((pending >>> bits) & 31);
    }
    pending &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + alphabet.charAt((pending << (5 - bits)) & 31);
}
