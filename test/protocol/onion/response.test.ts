import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scalarMult } from '../../../src/crypto/x25519.ts';
import { ProtocolError } from '../../../src/errors.ts';
import { type EncType, layerKey } from '../../../src/protocol/onion/layer.ts';
import type { OnionReplyKey } from '../../../src/protocol/onion/request.ts';
import {
  maxAnswerBody,
  openNodeResponse,
  openReply,
  openServerResponse,
  sealResponse,
} from '../../../src/protocol/onion/response.ts';
import { encodeV4Response } from '../../../src/protocol/onion/v4.ts';
import { toBase64, toBase64Unpadded, toHex, utf8Encode } from '../../../src/util/bytes.ts';
import { bytes, counting, queued, vectorCases } from './support.ts';

type Case = {
  name: string;
  kind: 'ok' | 'reject';
  enc_type: EncType;
  destination_x25519: string;
  final_pubkey: string;
  final_seckey: string;
  nonce?: string;
  plaintext?: string;
  ciphertext: string;
};

function replyOf(c: Case): OnionReplyKey {
  const shared = scalarMult(bytes(c.final_seckey), bytes(c.destination_x25519));
  const key = (encType: EncType) =>
    layerKey(encType, shared, bytes(c.final_pubkey), bytes(c.destination_x25519));
  return {
    encType: c.enc_type,
    key: key(c.enc_type),
    ...(c.enc_type === 'xchacha20' ? { gcmKey: key('aes-gcm') } : {}),
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

describe('answers', () => {
  for (const c of vectorCases<Case>('onion_responses')) {
    it(`${c.kind === 'ok' ? 'open as in' : 'are refused as by'} the reference: ${c.name}`, () => {
      const reply = replyOf(c);
      if (c.kind === 'reject') {
        expect(code(() => openReply(bytes(c.ciphertext), reply))).toBe('decrypt-failed');
        return;
      }
      expect(toHex(openReply(bytes(c.ciphertext), reply))).toBe(c.plaintext);
      if (c.nonce === undefined) return;
      const sealed = sealResponse(bytes(c.plaintext!), reply.key, c.enc_type, queued([bytes(c.nonce)]));
      expect(toHex(sealed)).toBe(c.ciphertext);
    });
  }
});

describe('the answer of a node', () => {
  const reply: OnionReplyKey = { encType: 'aes-gcm', key: new Uint8Array(32).fill(7) };
  const seal = (text: string) => sealResponse(utf8Encode(text), reply.key, reply.encType, counting());
  const open = (text: string) => openNodeResponse(utf8Encode(toBase64(seal(text))), reply);

  it('is a value, from JSON in a string or from JSON itself, or text', () => {
    expect(open('{"body":"{\\"t\\":1}","status":200}')).toEqual({ status: 200, body: { t: 1 } });
    expect(open('{"status":200,"body":{"t":1}}')).toEqual({ status: 200, body: { t: 1 } });
    expect(open('{"body":" [1]","status":200}')).toEqual({ status: 200, body: [1] });
    expect(open('{"body":"Invalid json","status":400}')).toEqual({ status: 400, body: 'Invalid json' });
    expect(open('{"body":"{broken","status":500}')).toEqual({ status: 500, body: '{broken' });
    expect(open('{"body":"12","status":200}')).toEqual({ status: 200, body: '12' });
    expect(open('{"body":null,"status":200}')).toEqual({ status: 200, body: null });
  });

  it('may come without base64 padding, with a line end, or inside the JSON of old nodes', () => {
    const sealed = seal('{"body":"x","status":200}');
    const forms = [
      toBase64(sealed),
      toBase64Unpadded(sealed),
      `${toBase64(sealed)}\n`,
      JSON.stringify({ result: toBase64(sealed) }),
    ];
    for (const form of forms)
      expect(openNodeResponse(utf8Encode(form), reply)).toEqual({ status: 200, body: 'x' });
  });

  it('is refused when it is not base64, not ours, not JSON, or without status or body', () => {
    for (const bad of ['', '   ', '!!!!', '{}', '{"result":1}', '{"result":', 'a', '\u00e9\u00e9'])
      expect(code(() => openNodeResponse(utf8Encode(bad), reply))).toBe('malformed');
    expect(code(() => openNodeResponse(bytes('ff'), reply))).toBe('malformed');
    for (const bad of ['AAAA', toBase64(new Uint8Array(60))])
      expect(code(() => openNodeResponse(utf8Encode(bad), reply))).toBe('decrypt-failed');
    for (const bad of [
      '',
      'x',
      '3',
      '[]',
      'null',
      '{}',
      '{"status":200}',
      '{"body":"x"}',
      '{"body":"x","status":"200"}',
      '{"body":"x","status":2}',
      '{"body":"x","status":200.5}',
    ])
      expect(code(() => open(bad))).toBe('malformed');
  });

  it('is not even decoded above its bound', () => {
    expect(code(() => openNodeResponse(new Uint8Array(maxAnswerBody + 1), reply))).toBe('too-large');
    expect(code(() => openServerResponse(new Uint8Array(maxAnswerBody + 1), reply))).toBe('too-large');
  });

  it('is refused when one byte is changed or the end is missing', () => {
    const sealed = seal('{"body":"{\\"messages\\":[]}","status":200}');
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Uint8Array.from(sealed);
        changed[at] = (changed[at] ?? 0) ^ flip;
        expect(code(() => openNodeResponse(utf8Encode(toBase64(changed)), reply))).toBe('decrypt-failed');
        const cut = code(() => openNodeResponse(utf8Encode(toBase64(sealed.subarray(0, at))), reply));
        expect(['decrypt-failed', 'malformed']).toContain(cut);
      }),
    );
  });

  it('of another key is never opened, nor one in AES-GCM when nothing but AES-GCM of another key is there', () => {
    const other: OnionReplyKey = { encType: 'xchacha20', key: new Uint8Array(32).fill(8) };
    const sealed = seal('{"body":"x","status":200}');
    expect(code(() => openReply(sealed, other))).toBe('decrypt-failed');
    expect(code(() => openReply(sealed, { ...other, gcmKey: new Uint8Array(32).fill(9) }))).toBe(
      'decrypt-failed',
    );
  });
});

describe('the answer of a server', () => {
  const reply: OnionReplyKey = { encType: 'xchacha20', key: new Uint8Array(32).fill(7) };

  it('is raw v4, and an encrypted complaint of the exit can not pass for it', () => {
    const answer = { code: 404, headers: { 'content-type': 'text/plain' }, body: utf8Encode('no') };
    const sealed = sealResponse(encodeV4Response(answer), reply.key, 'xchacha20', counting());
    expect(openServerResponse(sealed, reply)).toEqual(answer);
    expect(code(() => openServerResponse(utf8Encode(toBase64(sealed)), reply))).toBe('decrypt-failed');
    const text = sealResponse(utf8Encode('hello'), reply.key, 'xchacha20', counting());
    expect(code(() => openServerResponse(text, reply))).toBe('malformed');
  });
});
