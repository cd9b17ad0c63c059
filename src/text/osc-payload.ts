/** Text within a sequence to the terminal's own surroundings: the desktop's notifications, its history, a log. */
import { sanitizeName } from './sanitize.ts';

declare const brand: unique symbol;

/** Safe between `OSC n ;` and its end, and as an argument of a program. */
export type OscPayload = string & { readonly [brand]: true };

const maxCodePoints = 120;
const ellipsis = '…';

/**
 * The one way for words into such a sequence. Each piece is made safe as a name is (one line, control characters and
 * direction overrides as symbols), and `;`, which separates fields there, becomes a comma. At most 120 code points.
 */
export function oscPayload(...pieces: readonly string[]): OscPayload {
  const words = pieces
    .map((piece) => sanitizeName(piece))
    .filter((piece) => piece !== '')
    .join(' ')
    .replaceAll(';', ',')
    // Nothing of the kind is left by now. What may not come is left out here all the same, whatever comes before.
    .replace(/\p{Cc}/gu, '');
  const points = [...words];
  const cut = points.length > maxCodePoints ? points.slice(0, maxCodePoints - 1).join('') + ellipsis : words;
  return cut as OscPayload;
}
