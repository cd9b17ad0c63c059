/** Frames on the holder's socket: a length of four bytes, big-endian, and that much JSON in UTF-8. */
import { Buffer } from 'node:buffer';
import { ProtocolError } from '../../errors.ts';
import { utf8Decode } from '../../util/bytes.ts';

export function encodeFrame(value: unknown): Uint8Array {
  const body = Buffer.from(JSON.stringify(value), 'utf8');
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}

/** Puts the pieces of a stream together. Nothing is held for a frame but what has come of it. */
export class FrameReader {
  #chunks: Uint8Array[] = [];
  #held = 0;

  /**
   * The values of the frames that these bytes complete. Throws ProtocolError `too-large` for one that says that it is
   * longer than `maxBytes`, and `malformed` for what is not JSON.
   */
  push(chunk: Uint8Array, maxBytes: number): unknown[] {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    const values: unknown[] = [];
    for (let length = this.#nextLength(); length !== null; length = this.#nextLength()) {
      if (length > maxBytes) throw new ProtocolError('too-large', 'The frame is too large.');
      if (this.#held < 4 + length) break;
      const all = this.#joined();
      values.push(parseBody(all.subarray(4, 4 + length)));
      this.#chunks = [all.subarray(4 + length)];
      this.#held -= 4 + length;
    }
    return values;
  }

  #nextLength(): number | null {
    if (this.#held < 4) return null;
    const first = this.#chunks[0];
    const head = first !== undefined && first.length >= 4 ? first : this.#joined();
    return new DataView(head.buffer, head.byteOffset).getUint32(0);
  }

  #joined(): Uint8Array {
    const [first] = this.#chunks;
    if (first !== undefined && this.#chunks.length === 1) return first;
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }
}

function parseBody(body: Uint8Array): unknown {
  try {
    return JSON.parse(utf8Decode(body) ?? '');
  } catch (error) {
    throw new ProtocolError('malformed', 'The frame is not JSON.', { cause: error });
  }
}
