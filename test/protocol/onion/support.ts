import { readFileSync } from 'node:fs';
import { publicFromSecret } from '../../../src/crypto/x25519.ts';
import { fromHex, toHex } from '../../../src/util/bytes.ts';

export const bytes = (hex: string): Uint8Array => {
  const out = fromHex(hex);
  if (out === null) throw new Error('bad hex in a test');
  return out;
};

/** Hands out the given byte strings one after the other, and complains about any other length. */
export function queued(parts: readonly Uint8Array[]): (length: number) => Uint8Array {
  const rest = [...parts];
  return (length) => {
    const next = rest.shift();
    if (next?.length !== length) throw new Error(`asked for ${length} bytes, had ${next?.length}`);
    return next;
  };
}

/** Repeatable bytes that differ from call to call. */
export function counting(seed = 1): (length: number) => Uint8Array {
  let state = seed >>> 0 || 1;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    });
}

export type TestNode = Readonly<{
  ed25519: string;
  x25519: Uint8Array;
  x25519PublicKey: Uint8Array;
  x25519SecretKey: Uint8Array;
}>;

/** A node with the X25519 secret `byte`×32; its Ed25519 name is only a label. */
export function testNode(byte: number): TestNode {
  const x25519SecretKey = new Uint8Array(32).fill(byte);
  const x25519PublicKey = publicFromSecret(x25519SecretKey);
  const ed25519 = toHex(new Uint8Array(32).fill(0x90 + byte));
  return { ed25519, x25519: x25519PublicKey, x25519PublicKey, x25519SecretKey };
}

export function vectorCases<T>(name: string): T[] {
  const file: { cases: T[] } = JSON.parse(
    readFileSync(new URL(`../../vectors/${name}.json`, import.meta.url), 'utf8'),
  );
  return file.cases;
}
