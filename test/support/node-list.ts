/** Service nodes and seed answers for tests: keys are real, made from the index. */
import { keyPairFromSeed, publicKeyToX25519 } from '../../src/crypto/ed25519.ts';
import type { ServiceNode } from '../../src/protocol/service-node.ts';
import { toHex } from '../../src/util/bytes.ts';

/** Node `index`, in its own /24 unless told otherwise. */
export function testNode(index: number, place: Partial<Pick<ServiceNode, 'ip' | 'port'>> = {}): ServiceNode {
  const seed = new Uint8Array(32).fill(7);
  new DataView(seed.buffer).setUint32(0, index);
  const { publicKey } = keyPairFromSeed(seed);
  return {
    ip: place.ip ?? `10.${index >> 8}.${index & 255}.1`,
    port: place.port ?? 22021,
    ed25519: toHex(publicKey),
    x25519: toHex(publicKeyToX25519(publicKey)),
    swarmId: null,
  };
}

export function testNodes(count: number): ServiceNode[] {
  return Array.from({ length: count }, (_, index) => testNode(index));
}

/** What a seed says of these nodes. */
export function seedAnswer(nodes: readonly ServiceNode[]): string {
  return JSON.stringify({
    jsonrpc: '2.0',
    id: 0,
    result: {
      height: 100,
      service_node_states: nodes.map((node) => ({
        public_ip: node.ip,
        storage_port: node.port,
        pubkey_ed25519: node.ed25519,
        pubkey_x25519: node.x25519,
        requested_unlock_height: 0,
      })),
      status: 'OK',
    },
  });
}
