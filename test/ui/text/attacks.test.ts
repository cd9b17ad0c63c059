import { expect, it } from 'vitest';
import { cellWidth } from '../../../src/ui/text/cells.ts';
import { excerptOf } from '../../../src/ui/text/excerpt.ts';
import { attacks } from '../../fixtures/attacks.ts';

/** Controls, line ends included, bidi embeddings and overrides, halves of characters. */
const acts = /[\0-\x1f\x7f-\x9f\u2028-\u202e]|\p{Cs}/u;

it('the excerpt of what a search found is one line that fits and does nothing, whatever stands around the word', () => {
  for (const { name, text } of attacks) {
    const around = text.slice(0, 3000);
    const { before, hit, after } = excerptOf(`${around} needle ${around}`, 'needle', 40);
    expect(hit, name).toBe('needle');
    for (const piece of [before, after]) {
      expect(piece, name).not.toMatch(acts);
      const opened = piece.match(/[\u2066-\u2068]/g)?.length ?? 0;
      expect(piece.match(/\u2069/g)?.length ?? 0, name).toBeLessThanOrEqual(opened);
    }
    expect(cellWidth(before) + cellWidth(hit) + cellWidth(after), name).toBeLessThanOrEqual(40);
  }
});
