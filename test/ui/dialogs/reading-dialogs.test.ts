import { describe, expect, it } from 'vitest';
import { findLinks } from '../../../src/text/links.ts';
import { sanitizeText } from '../../../src/text/sanitize.ts';
import type { DialogLine } from '../../../src/ui/dialogs/dialog-view.ts';
import { lensLines } from '../../../src/ui/dialogs/lens.ts';
import { linksView } from '../../../src/ui/dialogs/links.ts';
import { lookAlikeLines } from '../../../src/ui/dialogs/look-alike.ts';
import { wholeMessageLines } from '../../../src/ui/dialogs/whole-message.ts';
import { cellWidth } from '../../../src/ui/text/cells.ts';
import { theme } from '../../../src/ui/theme/theme.ts';
import { attacks } from '../../fixtures/attacks.ts';
import { FakeSession, testId } from '../../support/fake-session.ts';

const alice = testId('a');
const rooms = [
  { width: 36, height: 7 },
  { width: 72, height: 27 },
];

/** Fits its room, says how wide it is, and holds nothing that acts. */
function check(lines: readonly DialogLine[], width: number, name: string): void {
  for (const { text, width: said } of lines) {
    const shown = text.replace(/\x1b\[\d+m/g, '');
    expect(cellWidth(shown), name).toBe(said);
    expect(said, name).toBeLessThanOrEqual(width);
    expect(shown, name).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028-\u202e]/);
  }
}

describe('the dialogs of reading', () => {
  it('hold every attack: in a message, in a name, in a link', () => {
    for (const [number, { name, text }] of attacks.entries()) {
      const session = new FakeSession();
      const conversation = session.addConversation(alice, text);
      session.addConversation(testId('b'), text);
      const message = session.receive(alice, text.slice(0, 2_000));
      const links = findLinks(
        sanitizeText(`https://a.example/${text.slice(0, 900)} mailto:${text.slice(0, 90)}@b.example`),
      );
      for (const room of [rooms[number % rooms.length] ?? { width: 72, height: 27 }]) {
        check(lensLines(message, conversation, room, theme), room.width, name);
        check(wholeMessageLines(message, room, theme), room.width, name);
        const known = session.getState().conversations[0];
        check(lookAlikeLines(known, room, theme), room.width, name);
        for (const index of links.keys()) {
          const dialog = {
            kind: 'links',
            links: links.map(({ url }) => url),
            index,
            top: 0,
            code: null,
            opener: null,
          } as const;
          const view = linksView(dialog, room, theme);
          expect(view.lines.length).toBeLessThanOrEqual(room.height);
          check(view.lines, room.width, name);
        }
      }
    }
  });
});
