/** The networks built into the program (network.md 1.1, 1.2). */
import type { NetworkDefinition } from './types.ts';

/**
 * The three seed nodes, pinned by certificate and by public key. The pins hold for port 4443 only and end with the
 * certificates on 2033-04-05 (network.md 1.2).
 */
const mainnet: NetworkDefinition = {
  name: 'mainnet',
  seedNodes: [
    {
      url: 'https://seed1.getsession.org:4443/json_rpc',
      certificateSha256: '36ea0b253537988551ee856e4fd20d55011e9c8b27eaa2f34b8f32a0bdf04f2d',
      publicKeySha256: 'mlYTXvkmIEYcpswANTpnBwlz9Cswi0py/RQKkbdQOZQ=',
    },
    {
      url: 'https://seed2.getsession.org:4443/json_rpc',
      certificateSha256: 'c5908dd4139acd96aedd1e45576597650809c8a5ea02af556d4853d45396e0e7',
      publicKeySha256: 'ZuUxe4wopBR83Yy5fePPNX0c00BnkQCu/49oapFpB0k=',
    },
    {
      url: 'https://seed3.getsession.org:4443/json_rpc',
      certificateSha256: '8a0af2c712342f22ce00e53c1601410ef8d84156aee0a9809c32f6f7efbe556e',
      publicKeySha256: '4xe+8k1NjxerVTjUsWlZJNKt3PA7Y31pUls2tHYippA=',
    },
  ],
  subnetDiversity: true,
  minimumNodes: null,
};

/**
 * The testnet's only public seed speaks plain HTTP, which a built-in network never uses (contracts.md section 4): it
 * is named here without a seed, and connecting says to pass a network file.
 */
const testnet: NetworkDefinition = {
  name: 'testnet',
  seedNodes: [],
  subnetDiversity: true,
  minimumNodes: null,
};

const builtIn: readonly NetworkDefinition[] = [mainnet, testnet];

/** The built-in network of this name (`mainnet`, `testnet`), or null. */
export function builtInNetwork(name: string): NetworkDefinition | null {
  return builtIn.find((network) => network.name === name) ?? null;
}

/** True for a definition that came with the program: nothing of it may travel in the clear. */
export function isBuiltInNetwork(definition: NetworkDefinition): boolean {
  return builtIn.includes(definition);
}
