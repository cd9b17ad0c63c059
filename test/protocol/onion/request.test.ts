import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CryptoError, ProtocolError, SessionTuiError } from '../../../src/errors.ts';
import type { EncType } from '../../../src/protocol/onion/layer.ts';
import { type NodeKeys, type Peeled, peelRequest } from '../../../src/protocol/onion/peel.ts';
import {
  buildOnionRequest,
  maxOnionBody,
  type OnionDestination,
  onionHop,
} from '../../../src/protocol/onion/request.ts';
import { openNodeResponse, sealResponse } from '../../../src/protocol/onion/response.ts';
import { readLe32, toBase64, toHex, utf8DecodeLenient, utf8Encode } from '../../../src/util/bytes.ts';
import { bytes, counting, queued, type TestNode, testNode, vectorCases } from './support.ts';

type Keyed = { ed25519: string; x25519: string; x25519_seckey: string };
type Case = {
  name: string;
  kind: string;
  enc_type: EncType;
  hops: Keyed[];
  destination: Keyed & {
    kind: string;
    host: string;
    target: string;
    protocol: 'http' | 'https';
    port?: number;
  };
  payload: string;
  layers: { routing: Record<string, unknown>; inner_blob_length: number }[];
  destination_plaintext: string | null;
  randomness: { ephemeral_seckeys: string[]; nonces: string[] };
  final_pubkey: string;
  blob: string;
};
const cases = vectorCases<Case>('onion_requests');
const keysOf = (k: Keyed): NodeKeys => ({
  x25519PublicKey: bytes(k.x25519),
  x25519SecretKey: bytes(k.x25519_seckey),
});

function relayed(peeled: Peeled): { destination: string; body: Uint8Array } {
  if (peeled.kind !== 'relay') throw new Error(`expected a relay, got ${peeled.kind}`);
  return peeled;
}

describe('onion requests', () => {
  for (const c of cases.filter((c) => c.kind === 'request')) {
    it(`are those of the reference, to the byte: ${c.name}`, () => {
      const { kind, x25519, ...server } = c.destination;
      const destination: OnionDestination =
        kind === 'server'
          ? { ...server, kind, x25519: bytes(x25519) }
          : { kind: 'node', ed25519: c.destination.ed25519, x25519: bytes(x25519) };
      const { body, reply } = buildOnionRequest({
        path: c.hops.map((hop) => onionHop(hop)),
        destination,
        payload: bytes(c.payload),
        encType: c.enc_type,
        dialect: 'libsession',
        random: queued(
          c.randomness.ephemeral_seckeys.flatMap((secret, i) => [
            bytes(secret),
            bytes(c.randomness.nonces[i]!),
          ]),
        ),
      });
      expect(toHex(body)).toBe(c.blob);

      let next = bytes(c.blob);
      for (const [i, hop] of c.hops.entries()) {
        const peeled = peelRequest(next, keysOf(hop));
        const routing = c.layers[i]!.routing;
        if (i === c.hops.length - 1 && kind === 'server') {
          expect(peeled).toMatchObject({
            kind: 'proxy',
            host: routing.host,
            port: routing.port,
            protocol: routing.protocol,
            target: routing.target,
          });
          return;
        }
        expect(relayed(peeled).destination).toBe(routing.destination);
        next = relayed(peeled).body;
      }
      const final = peelRequest(next, keysOf(c.destination));
      expect(final).toMatchObject({ kind: 'final', control: { json: false, base64: true } });
      if (final.kind === 'final') {
        expect(toHex(final.payload)).toBe(c.payload);
        expect(final.answer).toEqual({ encType: c.enc_type, key: reply.key });
      }
    });
  }

  for (const c of cases.filter((c) => c.kind === 'reject_at_first_hop')) {
    it(`are refused by the guard: ${c.name}`, () => {
      expect(peelRequest(bytes(c.blob), keysOf(c.hops[0]!))).toMatchObject({ kind: 'rejected', status: 400 });
    });
  }

  it('are the published one of network.md 3.6, and open its answer', () => {
    const path = [0x11, 0x22, 0x33].map((b, i) => ({ ...testNode(b), ed25519: `a${i + 1}`.repeat(32) }));
    const fill = (length: number, byte: number) => new Uint8Array(length).fill(byte);
    const { body, reply } = buildOnionRequest({
      path,
      destination: { kind: 'node', ed25519: 'a4'.repeat(32), x25519: testNode(0x44).x25519 },
      payload: utf8Encode('{"jsonrpc":"2.0","method":"info","params":{}}'),
      control: { headers: {} },
      random: queued([3, 2, 1, 0].flatMap((i) => [fill(32, 0x50 + i), fill(12, 0xc0 + i)])),
    });
    expect(body.length).toBe(770);
    expect(toHex(body.subarray(0, 64))).toBe(
      'aa020000c0c0c0c0c0c0c0c0c0c0c0c0235ccbefdfb3360eb231c6f64d1355b06d9ff32d4b3511145c5935f625cdcb1fb70b80d44829a7d4a5cba8cbe58769d4',
    );
    expect(createHash('sha256').update(body).digest('hex')).toBe(
      '1313a4b0a1688f514b9d24ac087bb308aae1e40979cd542dd5b71db7864d3cea',
    );
    expect(toHex(reply.key)).toBe('0abcc7c632894414b5852a5ff2be0203dc11d41717a6b4069728a14602d6d18c');
    const published =
      '7u7u7u7u7u7u7u7uhIlRUXUHacbjN+2SJuSvNpx09oHvIGcNYB+RNrgIY46vYpEvsqHJsTQ8NyH0lX9DT2GMygjJkznC7DFys2+QIGXhWf9t5D22dybL';
    expect(openNodeResponse(utf8Encode(published), reply)).toEqual({
      status: 200,
      body: { hf: [19, 4], t: 1700000000000 },
    });
    const text = '{"body":"{\\"hf\\":[19,4],\\"t\\":1700000000000}","status":200}';
    expect(toBase64(sealResponse(utf8Encode(text), reply.key, reply.encType, queued([fill(12, 0xee)])))).toBe(
      published,
    );
  });

  it('leave every default out, as Session Desktop does', () => {
    const guard = testNode(1);
    const seen = (destination: OnionDestination, encType?: EncType) => {
      const { body } = buildOnionRequest({
        path: [guard],
        destination,
        payload: utf8Encode('x'),
        ...(encType ? { encType } : {}),
        random: counting(),
      });
      const peeled = peelRequest(body, guard);
      return { outer: jsonOf(body), inner: peeled.kind === 'proxy' ? jsonOf(peeled.body) : '' };
    };
    const server = {
      kind: 'server',
      host: 'h.example',
      target: '/oxen/v4/lsrpc',
      x25519: testNode(2).x25519,
    } as const;
    expect(seen({ ...server, protocol: 'https' }).outer).toMatch(/^\{"ephemeral_key":"[0-9a-f]{64}"\}$/);
    expect(seen({ ...server, protocol: 'https' }).inner).toMatch(
      /^\{"host":"h.example","target":"\/oxen\/v4\/lsrpc","method":"POST","ephemeral_key":"[0-9a-f]{64}"\}$/,
    );
    expect(seen({ ...server, protocol: 'http' }).inner).toMatch(
      /"[0-9a-f]{64}","protocol":"http","port":80\}$/,
    );
    expect(seen({ ...server, protocol: 'https', port: 8443 }).inner).toMatch(
      /,"protocol":"https","port":8443\}$/,
    );
    expect(seen({ ...server, protocol: 'https' }, 'xchacha20').inner).toMatch(/,"enc_type":"xchacha20"\}$/);
  });

  it('reach their destination through any number of hops, in any mixture of types, and back', () => {
    const encType = fc.constantFrom<EncType>('aes-gcm', 'xchacha20');
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 6 })
          .chain((hops) => fc.array(encType, { minLength: hops + 1, maxLength: hops + 1 })),
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(),
        (types, payload, seed) => {
          const nodes = types.map((_, i) => testNode(i + 1));
          const path = nodes.slice(0, -1);
          const destination = nodes.at(-1)!;
          const random = counting(seed);
          const { body, reply } = buildOnionRequest({
            path,
            destination: { kind: 'node', ...destination },
            payload,
            encType: types,
            random,
          });
          const final = walk(body, nodes);
          if (final.kind !== 'final') throw new Error(`got ${final.kind}`);
          expect(final.payload).toEqual(payload);
          expect(final.hop).toBe(path.length);
          const answer = sealResponse(
            utf8Encode('{"body":"ok","status":200}'),
            final.answer.key,
            final.answer.encType,
            random,
          );
          expect(openNodeResponse(utf8Encode(toBase64(answer)), reply)).toEqual({ status: 200, body: 'ok' });
        },
      ),
      { numRuns: 30 },
    );
  });

  it('never reach anybody with other content when one byte is changed or the end is missing', () => {
    const nodes = [1, 2, 3, 4].map(testNode);
    const payload = utf8Encode('{"method":"info","params":{}}');
    const { body } = buildOnionRequest({
      path: nodes.slice(0, 3),
      destination: { kind: 'node', ...nodes[3]! },
      payload,
      random: counting(),
    });
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Uint8Array.from(body);
        changed[at] = (changed[at] ?? 0) ^ flip;
        const peeled = peelRequest(changed, nodes[0]!);
        // a changed member name or digit case in the guard's own JSON may still mean the same; the content can't differ
        if (peeled.kind === 'relay') {
          const final = walk(changed, nodes);
          expect(final.kind === 'final' && toHex(final.payload)).toBe(toHex(payload));
        } else expect(peeled.kind).toBe('rejected');
        expect(peelRequest(body.subarray(0, at), nodes[0]!).kind).toBe('rejected');
      }),
      { numRuns: 150 },
    );
  });

  it('are not built without a path, with a type too few, above 10 MiB, or to a key of low order', () => {
    const node = testNode(1);
    const request = {
      path: [node],
      destination: { kind: 'node' as const, ...node },
      payload: utf8Encode('x'),
      random: counting(),
    };
    const code = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        return error instanceof SessionTuiError ? [error.constructor, error.code] : error;
      }
      return 'none';
    };
    expect(code(() => buildOnionRequest({ ...request, path: [] }))).toEqual([ProtocolError, 'malformed']);
    expect(code(() => buildOnionRequest({ ...request, encType: ['aes-gcm'] }))).toEqual([
      ProtocolError,
      'malformed',
    ]);
    for (const length of [maxOnionBody, maxOnionBody - 300])
      expect(code(() => buildOnionRequest({ ...request, payload: new Uint8Array(length) }))).toEqual([
        ProtocolError,
        'too-large',
      ]);
    const low = { ...request.destination, x25519: new Uint8Array(32) };
    expect(code(() => buildOnionRequest({ ...request, destination: low }))).toEqual([CryptoError, 'bad-key']);
  });
});

/** The text behind the blob of a frame. */
function jsonOf(framed: Uint8Array): string {
  return utf8DecodeLenient(framed.subarray(4 + readLe32(framed)));
}

/** Peels hop by hop, each by the node that the layer before names. */
function walk(body: Uint8Array, nodes: readonly TestNode[]): Peeled {
  let next = body;
  let node = nodes[0]!;
  for (;;) {
    const peeled = peelRequest(next, node);
    if (peeled.kind !== 'relay') return peeled;
    node = nodes.find((n) => n.ed25519 === peeled.destination)!;
    next = peeled.body;
  }
}
