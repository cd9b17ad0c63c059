import { describe, expect, it } from 'vitest';
import { clipboardBytes } from '../../src/ui/terminal/clipboard.ts';
import { startChat } from '../support/chat.ts';
import { FakeSession, testId } from '../support/fake-session.ts';
import { outsideSession } from '../support/output-grammar.ts';

const own = testId('f');
const base64 = Buffer.from(own).toString('base64');

describe('Alt-A copies the own Account ID', () => {
  it.each([
    ['a terminal', null, `\x1b]52;c;${base64}\x07`],
    ['tmux', 'tmux', `\x1b]52;c;${base64}\x07\x1bPtmux;\x1b\x1b]52;c;${base64}\x07\x1b\\`],
    ['screen', 'screen', `\x1bP\x1b]52;c;${base64}\x07\x1b\\`],
  ] as const)('in %s, also while it is shown, and says so', async (_, multiplexer, expected) => {
    const { screen } = startChat({ session: new FakeSession({ accountId: own }), multiplexer });
    await screen.waitFor('No conversation is open');
    await screen.press('\x1bOQ');
    await screen.press('\x1ba');
    const { written } = screen;
    expect(written.split(expected)).toHaveLength(2);
    expect(outsideSession(written.replace(expected, ''))).toBeNull();
    await screen.press('\x1b');
    await screen.press('\x1ba');
    expect(screen.text()).toContain('on the clipboard');
  });
});

it('screen gets no piece longer than it can hold, and the pieces make the whole', () => {
  const text = 'ä'.repeat(2000);
  const pieces = clipboardBytes(text, 'screen').split('\x1b\\').slice(0, -1);
  for (const piece of pieces) expect(piece.length).toBeLessThan(768);
  const whole = pieces.map((piece) => piece.replace(/^\x1bP/, '')).join('');
  expect(whole).toBe(`\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`);
});
