/**
 * A sequence of encrypted messages in one order and with one end: libsodium's secretstream (XChaCha20-Poly1305).
 * Each message is 17 bytes longer than its plaintext. One that is changed, left out, repeated or in another place does
 * not open, and the last one says that it is the last.
 */
import { CryptoError } from '../errors.ts';
import { expectLength } from './check.ts';
import { sodium } from './sodium.ts';

export const streamHeaderLength = 24;
/** How much longer an encrypted message is. */
export const streamOverhead = 17;

export type StreamWriter = Readonly<{
  /** 24 bytes that the reader needs; random, drawn by libsodium */
  header: Uint8Array;
  /** Encrypts the next message; `aad` is authenticated and not transmitted, `final` ends the stream. */
  push(plaintext: Uint8Array, aad: Uint8Array, final: boolean): Uint8Array;
}>;

export type StreamReader = Readonly<{
  /** Opens the next message. CryptoError `decrypt-failed` for anything but that one. */
  pull(ciphertext: Uint8Array, aad: Uint8Array): Readonly<{ plaintext: Uint8Array; final: boolean }>;
}>;

/** Begins a stream under a 32-byte key. */
export function writeStream(key: Uint8Array): StreamWriter {
  const { state, header } = sodium.crypto_secretstream_xchacha20poly1305_init_push(
    expectLength(key, 32, 'A stream key'),
  );
  return {
    header,
    push: (plaintext, aad, final) =>
      sodium.crypto_secretstream_xchacha20poly1305_push(
        state,
        plaintext,
        aad,
        final
          ? sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL
          : sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE,
      ),
  };
}

/** Reads a stream from its 24-byte header, under the 32-byte key it was written with. */
export function readStream(key: Uint8Array, header: Uint8Array): StreamReader {
  const state = sodium.crypto_secretstream_xchacha20poly1305_init_pull(
    expectLength(header, streamHeaderLength, 'A stream header', 'bad-length'),
    expectLength(key, 32, 'A stream key'),
  );
  return {
    pull(ciphertext, aad) {
      const failed = (): CryptoError =>
        new CryptoError('decrypt-failed', 'A message of the stream does not open');
      if (ciphertext.length < streamOverhead) throw failed();
      const pulled = sodium.crypto_secretstream_xchacha20poly1305_pull(state, ciphertext, aad);
      // The types leave out that it is false for what does not open.
      if (!pulled) throw failed();
      const final = pulled.tag === sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL;
      return { plaintext: pulled.message, final };
    },
  };
}
