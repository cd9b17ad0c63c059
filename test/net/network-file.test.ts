import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { parseNetworkFile } from '../../src/net/network-file.ts';
import { builtInNetwork } from '../../src/net/networks.ts';
import { seedEndpoint } from '../../src/net/seed-node.ts';

const hash = 'ab'.repeat(32);
const base64 = Buffer.from(hash, 'hex').toString('base64');

describe('network files', () => {
  test('are read as contracts.md section 4 shows them', () => {
    expect(
      parseNetworkFile({
        name: 'my-net',
        seedNodes: [
          { url: 'http://127.0.0.1:1234/json_rpc' },
          { url: 'https://seed.example/json_rpc', certificateSha256: hash, publicKeySha256: base64 },
        ],
        fileServer: { url: 'http://127.0.0.1:1235', publicKey: hash },
        defaultCommunity: 'http://127.0.0.1:1236/lobby?public_key=ff',
        subnetDiversity: false,
        minimumNodes: 6,
        later: true,
      }),
    ).toEqual({
      name: 'my-net',
      seedNodes: [
        { url: 'http://127.0.0.1:1234/json_rpc' },
        { url: 'https://seed.example/json_rpc', certificateSha256: hash, publicKeySha256: base64 },
      ],
      fileServer: { url: 'http://127.0.0.1:1235', publicKey: hash },
      defaultCommunity: 'http://127.0.0.1:1236/lobby?public_key=ff',
      subnetDiversity: false,
      minimumNodes: 6,
    });
  });

  test('keep the rules of the built-in networks where they say nothing', () => {
    const network = parseNetworkFile('{"name":"n","seedNodes":[{"url":"http://h/json_rpc"}]}');
    expect(network.subnetDiversity).toBe(true);
    expect(network.minimumNodes).toBeNull();
  });

  test('may write pins with colons, in capitals, or the key hash in hex', () => {
    const [seed] = parseNetworkFile({
      name: 'n',
      seedNodes: [
        {
          url: 'https://h/',
          certificateSha256: hash.toUpperCase().replace(/..(?=.)/g, '$&:'),
          publicKeySha256: hash,
        },
      ],
    }).seedNodes;
    expect(seed).toEqual({ url: 'https://h/', certificateSha256: hash, publicKeySha256: base64 });
  });

  test.each([
    ['not JSON', '{', 'file'],
    ['no object', 7, 'file'],
    ['no name', { seedNodes: [{ url: 'http://h/' }] }, 'name'],
    ['a name that is a path', { name: '../x', seedNodes: [{ url: 'http://h/' }] }, 'name'],
    ['no seed', { name: 'n', seedNodes: [] }, 'seedNodes'],
    ['a seed that is no URL', { name: 'n', seedNodes: [{ url: 'h:1' }] }, 'seedNodes.0.url'],
    ['a seed of another kind', { name: 'n', seedNodes: [{ url: 'ftp://h/' }] }, 'seedNodes.0.url'],
    ['a seed with a login', { name: 'n', seedNodes: [{ url: 'http://a:b@h/' }] }, 'seedNodes.0.url'],
    [
      'a short pin',
      { name: 'n', seedNodes: [{ url: 'https://h/', certificateSha256: 'ab' }] },
      'certificateSha256',
    ],
    [
      'a pin that is no hash',
      { name: 'n', seedNodes: [{ url: 'https://h/', publicKeySha256: 'x' }] },
      'publicKeySha256',
    ],
    ['too few nodes', { name: 'n', seedNodes: [{ url: 'http://h/' }], minimumNodes: 3 }, 'minimumNodes'],
  ])('are refused with %s, and the error says where', (_what, json, where) => {
    expect(() => parseNetworkFile(json)).toThrow(UsageError);
    expect(() => parseNetworkFile(json)).toThrow(where);
  });
});

describe('built-in networks', () => {
  test('pin both certificate and key of all three seeds, on port 4443', () => {
    const mainnet = builtInNetwork('mainnet');
    expect(mainnet?.seedNodes).toHaveLength(3);
    for (const seed of mainnet?.seedNodes ?? []) {
      expect(new URL(seed.url).port).toBe('4443');
      expect(seed.certificateSha256).toMatch(/^[0-9a-f]{64}$/);
      expect(Buffer.from(seed.publicKeySha256 ?? '', 'base64')).toHaveLength(32);
    }
    expect(builtInNetwork('nowhere')).toBeNull();
  });

  test('never reach a seed without encryption; network files may', () => {
    for (const name of ['mainnet', 'testnet']) {
      const network = builtInNetwork(name);
      if (network === null) throw new Error('missing');
      for (const seed of network.seedNodes) expect(seedEndpoint(seed, network).trust.kind).toBe('pinned');
      expect(() => seedEndpoint({ url: 'http://h/json_rpc' }, network)).toThrow('without encryption');
    }
    const own = parseNetworkFile({ name: 'mainnet', seedNodes: [{ url: 'http://h/json_rpc' }] });
    expect(seedEndpoint({ url: 'http://h/json_rpc' }, own)).toMatchObject({ secure: false, port: 80 });
  });
});
