import { describe, expect, it } from 'vitest';
import { dialogRoom } from '../../src/ui/dialogs/dialog-view.ts';
import { startChat } from '../support/chat.ts';
import { FakeSession, onlineNetwork, testId } from '../support/fake-session.ts';
import { keys } from '../support/screen.ts';

const alice = testId('a');

describe.each([
  [69, 24],
  [50, 16],
  [40, 10],
] as const)('in one column of %i×%i', (columns, rows) => {
  it('help, palette, settings and search have the whole width, and are worked by keys', async () => {
    const session = new FakeSession();
    session.addConversation(alice, 'Alice');
    session.fill(alice, 5, (i) => `needle ${i}`);
    session.setNetwork(onlineNetwork);
    const { screen, done } = startChat({ size: [columns, rows], session, openConversation: alice });
    await screen.waitFor('needle 4');
    const framed = () => screen.rows().filter((row) => /^[┌│└].*[┐│┘]$/u.test(row) && row.length === columns);
    await screen.press(keys.f1);
    const help = screen.text();
    expect(framed().length).toBe(rows - 1);
    await screen.press(keys.pageDown);
    expect(screen.text()).not.toBe(help);
    await screen.press(keys.escape, keys.ctrl('k'), 'settings');
    expect(screen.text()).toMatch(/> Settings.*F4/);
    await screen.press(keys.enter, 'auto-lock');
    expect(screen.text()).toMatch(/> auto-lock +15/);
    await screen.press(keys.escape, keys.escape, keys.ctrl('r'), 'needle');
    await screen.waitFor('5 found');
    await screen.press(keys.down, keys.enter);
    expect(screen.text()).toContain('needle 3');
    expect(framed()).toEqual([]);
    // Whatever the room, the network's facts can be read to their end.
    await screen.press(keys.f3);
    let facts = screen.text();
    for (let i = 0; i < 12; i++) {
      await screen.press(keys.down);
      facts += screen.text();
    }
    expect(facts).toContain('● guard');
    expect(facts).toMatch(/service nodes|known, listed/);
    expect(facts).toContain('Proxy: none');
    await screen.press(keys.escape);
    screen.send(keys.ctrl('q'));
    expect(await done).toBe(0);
  });
});

it('two columns leave the panes beside a dialog in sight', () => {
  expect(dialogRoom(69, 24).width).toBe(65);
  expect(dialogRoom(70, 24).width).toBeLessThan(70 - 4);
});
