import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isX25519OfEd25519 } from '../../src/crypto/curve-map.ts';
import { ProtocolError } from '../../src/errors.ts';
import { isHostAddress, parseServiceNodeStates, parseSwarmAnswer } from '../../src/protocol/service-node.ts';
import { fromHex } from '../../src/util/bytes.ts';

type Hop = { ed25519: string; x25519: string };
const vectors: { cases: { hops: Hop[] }[] } = JSON.parse(
  readFileSync(new URL('../vectors/onion_requests.json', import.meta.url), 'utf8'),
);
const keys = vectors.cases.flatMap((c) => c.hops);
const bytes = (hex: string) => fromHex(hex) ?? new Uint8Array();

function entry(index: number, change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    public_ip: `127.0.${index}.1`,
    storage_port: 22021,
    pubkey_ed25519: keys[index]?.ed25519,
    pubkey_x25519: keys[index]?.x25519,
    swarm: 'a000000000000001',
    requested_unlock_height: 0,
    ...change,
  };
}

function code(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'none';
}

describe('the map from Ed25519 to Curve25519', () => {
  it('accepts every pair of the reference and no pair of two nodes', () => {
    for (let i = 0; i < keys.length; i++) {
      const ed = bytes(keys[i]!.ed25519);
      expect(isX25519OfEd25519(ed, bytes(keys[i]!.x25519))).toBe(true);
      const other = keys[(i + 1) % keys.length]!;
      if (other.ed25519 !== keys[i]!.ed25519) expect(isX25519OfEd25519(ed, bytes(other.x25519))).toBe(false);
    }
  });

  it('refuses wrong lengths, numbers beyond the field and points of low order', () => {
    const ed = bytes(keys[0]!.ed25519);
    const x = bytes(keys[0]!.x25519);
    expect(isX25519OfEd25519(ed.subarray(1), x)).toBe(false);
    expect(isX25519OfEd25519(ed, x.subarray(1))).toBe(false);
    expect(isX25519OfEd25519(new Uint8Array(32).fill(255), x)).toBe(false);
    expect(isX25519OfEd25519(ed, new Uint8Array(32).fill(255))).toBe(false);
    // y = -1 maps to u = 0, which would agree on a shared secret of zeros
    const minusOne = Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 0xec : i === 31 ? 0x7f : 0xff));
    expect(isX25519OfEd25519(minusOne, new Uint8Array(32))).toBe(false);
  });
});

describe('a node list', () => {
  it('reads the answer of a seed and of a storage server, on loopback too', () => {
    const seed = parseServiceNodeStates({
      jsonrpc: '2.0',
      result: { height: 7, status: 'OK', service_node_states: [entry(0), entry(1)] },
    });
    expect(seed).toEqual({
      height: 7,
      skipped: 0,
      nodes: [0, 1].map((i) => ({
        ip: `127.0.${i}.1`,
        port: 22021,
        ed25519: keys[i]!.ed25519,
        x25519: keys[i]!.x25519,
        swarmId: 0xa000000000000001n,
      })),
    });
    expect(
      parseServiceNodeStates({ result: { service_node_states: [entry(2)] }, t: 1, hf: [19, 5] }),
    ).toMatchObject({ height: null, skipped: 0, nodes: [{ ip: '127.0.2.1' }] });
  });

  it('skips and counts each bad entry and keeps the good ones', () => {
    const bad = [
      null,
      'x',
      [],
      {},
      entry(0, { public_ip: '0.0.0.0' }),
      entry(0, { public_ip: undefined }),
      entry(0, { public_ip: '1.2.3' }),
      entry(0, { public_ip: '::1' }),
      entry(0, { public_ip: '1.2.3.4 ' }),
      entry(0, { public_ip: 'seed.example' }),
      entry(0, { storage_port: 0 }),
      entry(0, { storage_port: 65536 }),
      entry(0, { storage_port: 1.5 }),
      entry(0, { storage_port: undefined }),
      entry(0, { pubkey_ed25519: undefined }),
      entry(0, { pubkey_ed25519: 'zz'.repeat(32) }),
      entry(0, { pubkey_x25519: keys[1]!.x25519 }),
      entry(0, { pubkey_x25519: `${keys[0]!.x25519}00` }),
    ];
    const list = parseServiceNodeStates({ result: { service_node_states: [...bad, entry(0)] } });
    expect(list.nodes.map((n) => n.ed25519)).toEqual([keys[0]!.ed25519]);
    expect(list.skipped).toBe(bad.length);
  });

  it('keeps the first of two entries with one key', () => {
    const list = parseServiceNodeStates({
      result: {
        service_node_states: [
          entry(0),
          entry(0, { public_ip: '9.9.9.9', pubkey_ed25519: keys[0]!.ed25519.toUpperCase() }),
        ],
      },
    });
    expect(list.nodes).toHaveLength(1);
    expect(list.nodes[0]?.ip).toBe('127.0.0.1');
    expect(list.skipped).toBe(1);
  });

  it('knows a swarm only when the list says it exactly', () => {
    const ids = (change: Record<string, unknown>) =>
      parseServiceNodeStates({ result: { service_node_states: [entry(0, { swarm: undefined, ...change })] } })
        .nodes[0]?.swarmId;
    expect(ids({})).toBe(null);
    expect(ids({ swarm: 'ffffffffffffffff' })).toBe(null);
    expect(ids({ swarm: '0' })).toBe(0n);
    expect(ids({ swarm: 'xyz' })).toBe(null);
    expect(ids({ swarm_id: 12 })).toBe(12n);
    expect(ids({ swarm_id: 2 ** 60 })).toBe(null);
  });

  it('refuses an answer without a list, and an endless one', () => {
    for (const bad of [null, 3, 'x', [], {}, { result: null }, { result: { service_node_states: {} } }])
      expect(code(() => parseServiceNodeStates(bad))).toBe('malformed');
    const endless = { result: { service_node_states: new Array(10_001).fill(null) } };
    expect(code(() => parseServiceNodeStates(endless))).toBe('too-large');
  });

  it('reads five thousand entries in one go', () => {
    const many = Array.from({ length: 5000 }, (_, i) => entry(i % keys.length));
    const list = parseServiceNodeStates({ result: { service_node_states: many } });
    expect(list.nodes.length + list.skipped).toBe(5000);
  });
});

describe('a swarm answer', () => {
  const member = (index: number, change: Record<string, unknown> = {}) => ({
    address: 'x.snode',
    ip: `127.0.${index}.1`,
    port: '22021',
    port_https: 22021,
    pubkey_ed25519: keys[index]?.ed25519,
    pubkey_x25519: keys[index]?.x25519,
    ...change,
  });

  it('reads members and swarm, by the old textual port too', () => {
    const answer = parseSwarmAnswer({
      snodes: [member(0), member(1, { port_https: undefined }), member(2, { ip: '0.0.0.0' })],
      swarm: '00000000000000ff',
      t: 1,
      hf: [19, 5],
    });
    expect(answer.nodes.map((n) => [n.ip, n.port, n.swarmId])).toEqual([
      ['127.0.0.1', 22021, 255n],
      ['127.0.1.1', 22021, 255n],
    ]);
    expect(answer.skipped).toBe(1);
  });

  it('takes an empty list for "no swarm" and refuses what is no list', () => {
    expect(parseSwarmAnswer({ snodes: [], swarm: 'ffffffffffffffff' })).toEqual({
      nodes: [],
      skipped: 0,
      swarmId: null,
    });
    for (const bad of [null, 'no', {}, { snodes: 3 }])
      expect(code(() => parseSwarmAnswer(bad))).toBe('malformed');
    expect(code(() => parseSwarmAnswer({ snodes: new Array(201).fill({}) }))).toBe('too-large');
  });
});

describe('addresses', () => {
  it('takes dotted hosts only', () => {
    for (const good of ['127.0.11.1', '8.8.8.8', '10.0.0.255']) expect(isHostAddress(good)).toBe(true);
    for (const bad of [
      '',
      '0.1.2.3',
      '224.0.0.1',
      '255.255.255.255',
      '01.2.3.4',
      '1.2.3.256',
      '1.2.3.4.5',
      'a.b.c.d',
    ])
      expect(isHostAddress(bad)).toBe(false);
  });
});
