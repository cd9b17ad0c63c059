/** The clipboard of the terminal's own machine (OSC 52), over SSH too. It is only written, never asked for. */
import { toBase64, utf8Encode } from '../../util/bytes.ts';
import { type Multiplexer, throughMultiplexer } from './notification.ts';

/** What screen hands on in one piece has at most 768 bytes. */
const screenPieceLength = 512;

/**
 * The bytes that put a text on the clipboard. tmux takes the sequence itself (`set-clipboard on`) or hands the wrapped
 * one on (`allow-passthrough on`), so it gets both; screen gets pieces that it can hold.
 */
export function clipboardBytes(text: string, multiplexer: Multiplexer): string {
  const sequence = `\x1b]52;c;${toBase64(utf8Encode(text))}\x07`;
  if (multiplexer === 'tmux') return sequence + throughMultiplexer(sequence, multiplexer);
  if (multiplexer === null) return sequence;
  let bytes = '';
  for (let at = 0; at < sequence.length; at += screenPieceLength)
    bytes += throughMultiplexer(sequence.slice(at, at + screenPieceLength), multiplexer);
  return bytes;
}
