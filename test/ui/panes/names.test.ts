import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../../src/core/types.ts';
import { lookAlikeLines } from '../../../src/ui/dialogs/look-alike.ts';
import { conversationHeading, conversationTitle } from '../../../src/ui/panes/names.ts';
import { cellWidth } from '../../../src/ui/text/cells.ts';
import { theme } from '../../../src/ui/theme/theme.ts';
import { FakeSession, testId } from '../../support/fake-session.ts';

const [ana, fake, eve] = [testId('a'), testId('b'), testId('e')];

function conversation(id: string, name: string): Conversation {
  const session = new FakeSession();
  session.addConversation(ana, 'Ana');
  session.addConversation(fake, 'Аnа'.repeat(1));
  session.addConversation(eve, 'E'.repeat(60), { request: true });
  const found = session.getState().conversations.find((one) => one.id === id);
  if (found === undefined) throw new Error('no such conversation');
  return { ...found, ...(name === '' ? {} : { name }) };
}

describe('what people are called', () => {
  it('a name that looks like another one has a mark and the end of its ID, on both of them', () => {
    expect(conversationTitle(conversation(ana, ''))).toBe('! Ana …aaaa');
    expect(conversationTitle(conversation(fake, ''))).toBe('! Аnа …bbbb');
    expect(conversationHeading(conversation(fake, ''))).toBe('! Аnа  05bb…bbbb');
  });

  it('a long name gives way to the mark and the end of the ID, which stay in any width', () => {
    for (const room of [12, 20, 36])
      for (const name of ['Ana '.repeat(20), '你'.repeat(50), '👨‍👩‍👧‍👦'.repeat(20)]) {
        const marked = conversationTitle(conversation(fake, name), room);
        expect(cellWidth(marked)).toBeLessThanOrEqual(room);
        expect(marked).toMatch(/^! .*…bbbb$/u);
      }
    const unknown = conversationTitle(conversation(eve, ''), 19);
    expect(cellWidth(unknown)).toBeLessThanOrEqual(19);
    expect(unknown).toMatch(/^E+… 05ee…eeee$/);
  });

  it('a marked name tells what in it is not what it looks like', () => {
    const words = (name: string, id = fake) =>
      lookAlikeLines(conversation(id, name), { width: 200, height: 20 }, theme)
        .map(({ text }) => text.replace(/\x1b\[\d+m/g, ''))
        .join('\n');
    expect(words('')).toBe(
      'The name looks like that of Ana 05aa…aaaa\nHere А (U+0410) there A (U+0041)\nHere а (U+0430) there a (U+0061)',
    );
    const session = new FakeSession({ name: 'Max' });
    session.addConversation(ana, 'Max');
    session.addConversation(fake, 'B\u202eob');
    session.addConversation(eve, 'Olga Иванова');
    const said = session.getState().conversations.map((one) =>
      lookAlikeLines(one, { width: 200, height: 20 }, theme)
        .map(({ text }) => text)
        .join(' '),
    );
    expect(said.join('\n')).toMatch(/looks like your own.*Each character of it is the same/);
    expect(said.join('\n')).toContain('1 × \\u202e right-to-left override');
    expect(said.join('\n')).toContain('mixes scripts: Latin, Cyrillic');
  });
});
