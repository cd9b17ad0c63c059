import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../../src/errors.ts';
import {
  decodeV4Request,
  decodeV4Response,
  encodeV4Request,
  encodeV4Response,
  invalidV4Text,
} from '../../../src/protocol/onion/v4.ts';
import { fromHex, toHex, utf8DecodeLenient, utf8Encode } from '../../../src/util/bytes.ts';

type Case = {
  name: string;
  kind: 'exchange' | 'bad_request';
  request?: { method: string; endpoint: string; headers: Record<string, string>; body: string | null };
  request_encoded: string;
  response_encoded: string;
  response: { code: number; headers?: Record<string, string>; body: string };
};
const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL('../../vectors/v4_codec.json', import.meta.url), 'utf8'),
);
const bytes = (hex: string) => fromHex(hex) ?? new Uint8Array();

describe('v4 payloads', () => {
  for (const c of cases) {
    it(`agree with the reference server: ${c.name}`, () => {
      const wire = bytes(c.request_encoded);
      const answer = decodeV4Response(bytes(c.response_encoded));
      expect({ code: answer.code, body: toHex(answer.body) }).toEqual({
        code: c.response.code,
        body: c.response.body,
      });
      expect(toHex(encodeV4Response(answer))).toBe(c.response_encoded);
      if (c.request === undefined) {
        expect(() => decodeV4Request(wire)).toThrow(ProtocolError);
        expect(utf8DecodeLenient(answer.body)).toBe(invalidV4Text);
        return;
      }
      expect(answer.headers).toEqual(c.response.headers);
      const request = { ...c.request, body: c.request.body === null ? null : bytes(c.request.body) };
      expect(decodeV4Request(wire)).toEqual(request);
      expect(toHex(encodeV4Request(request))).toBe(c.request_encoded);
    });
  }

  it('show the example of the notes', () => {
    const wire = encodeV4Request({ method: 'GET', endpoint: '/file/123', headers: {}, body: null });
    expect(utf8DecodeLenient(wire)).toBe('l52:{"method":"GET","endpoint":"/file/123","headers":{}}e');
  });

  it('read members in any order, with any spacing', () => {
    const meta = '{ "headers" : {},\n "endpoint": "/x", "method":"GET", "more": 1 }';
    expect(decodeV4Request(utf8Encode(`l${meta.length}:${meta}e`))).toEqual({
      method: 'GET',
      endpoint: '/x',
      headers: {},
      body: null,
    });
  });

  it('give back what went in', () => {
    const headers = fc.dictionary(fc.stringMatching(/^[a-z-]{1,12}$/), fc.string(), { maxKeys: 4 });
    fc.assert(
      fc.property(
        headers,
        fc.string(),
        fc.uint8Array(),
        fc.integer({ min: 100, max: 599 }),
        (h, path, body, code) => {
          const request = {
            method: 'POST',
            endpoint: `/${path.toWellFormed()}`,
            headers: wellFormed(h),
            body,
          };
          expect(decodeV4Request(encodeV4Request(request))).toEqual(request);
          const { 'content-length': _, ...kept } = wellFormed(h);
          expect(decodeV4Response(encodeV4Response({ code, headers: wellFormed(h), body }))).toEqual({
            code,
            headers: kept,
            body,
          });
        },
      ),
    );
  });

  it('are refused when cut off anywhere, and when more than two parts', () => {
    const wire = encodeV4Response({ code: 200, headers: { a: 'b' }, body: utf8Encode('hello') });
    for (let n = 0; n < wire.length; n++)
      expect(() => decodeV4Response(wire.subarray(0, n))).toThrow(ProtocolError);
    for (const bad of [
      'l2:{}e',
      'l2:{}0:0:e',
      'l2:{}0:ex',
      'l11:{"code":"x"}0:e',
      'l12:{"code":2e9}0:e',
      'i1e',
      'li1e0:e',
    ])
      expect(() => decodeV4Response(utf8Encode(bad))).toThrow(ProtocolError);
    for (const bad of ['{"code":200,"headers":[]}', '{"code":200,"headers":{"a":1}}', '[]', 'null'])
      expect(() => decodeV4Response(utf8Encode(`l${bad.length}:${bad}0:e`))).toThrow(ProtocolError);
  });

  it('never come from an endpoint without its slash', () => {
    expect(() => encodeV4Request({ method: 'GET', endpoint: 'x', headers: {}, body: null })).toThrow(
      ProtocolError,
    );
  });
});

function wellFormed(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.toWellFormed()]));
}
