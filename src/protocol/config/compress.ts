/** zstd as configs use it (config.md, section 4.2). */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { ProtocolError } from '../../errors.ts';

/** One frame at level 1 that states its content's size, as the reference writes it. */
export function zstdCompress(data: Uint8Array): Uint8Array {
  const frame = zstdCompressSync(data, {
    params: { [constants.ZSTD_c_compressionLevel]: 1 },
    pledgedSrcSize: data.length,
  });
  return new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength);
}

/** What `frame` holds. ProtocolError `malformed` for no whole frame, `too-large` for more than `maxLength` bytes. */
export function zstdDecompress(frame: Uint8Array, maxLength: number): Uint8Array {
  try {
    const data = zstdDecompressSync(frame, { maxOutputLength: maxLength });
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  } catch (cause) {
    const tooLarge = cause instanceof Error && Reflect.get(cause, 'code') === 'ERR_BUFFER_TOO_LARGE';
    throw tooLarge
      ? new ProtocolError('too-large', 'The compressed config holds too much', { cause })
      : new ProtocolError('malformed', 'The compressed config is damaged', { cause });
  }
}
