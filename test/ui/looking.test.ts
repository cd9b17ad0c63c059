import { describe, expect, it } from 'vitest';
import { startChat } from '../support/chat.ts';
import { FakeSession, onlineNetwork, testId } from '../support/fake-session.ts';
import { outsideSession } from '../support/output-grammar.ts';
import { keys, type ScreenSize, screenSizes } from '../support/screen.ts';

const alice = testId('a');
const [altH, altJ] = ['\x1bh', '\x1bj'];
const dayMs = 86_400_000;

async function open(session: FakeSession, size: ScreenSize, last: string, options = {}) {
  session.setNetwork(onlineNetwork);
  const { screen } = startChat({ size, session, openConversation: alice, ...options });
  await screen.waitFor(last);
  await screen.settle();
  return screen;
}

function withMessages(...bodies: string[]): FakeSession {
  const session = new FakeSession();
  session.addConversation(alice, 'Alice');
  for (const body of bodies) session.receive(alice, body);
  return session;
}

describe.each(screenSizes)('a closer look at %i×%i', (columns, rows) => {
  const size: ScreenSize = [columns, rows];

  it('shows a link whole with its host, warns of it, copies it and gives its QR code', async () => {
    const url = 'https://xn--pypal-4ve.example/a/long/path?with=a&query=that-goes-on';
    const screen = await open(
      withMessages('look: https://pаypal.example/a/long/path?with=a&query=that-goes-on.'),
      size,
      'look:',
    );
    await screen.press(keys.shiftTab, 'o');
    await screen.waitFor('Link');
    await screen.press(keys.pageDown);
    const seen = [screen.text()];
    for (let i = 0; i < 6; i++) {
      await screen.press(keys.up);
      seen.push(screen.text());
    }
    const all = seen.join('\n');
    if (columns >= 80) expect(screen.text()).toContain(url);
    expect(all).toContain('punycode');
    await screen.press('q');
    await screen.waitFor('QR code');
    await screen.press('q');
    await screen.waitFor('c copies');
    await screen.press('c');
    expect(screen.text()).toContain('on the clipboard');
    const [, copied = ''] = /\x1b\]52;c;([^\x07]*)\x07/.exec(screen.written) ?? [];
    expect(Buffer.from(copied, 'base64').toString()).toBe(url);
  });

  it('writes out what is hidden in a message', async () => {
    const screen = await open(withMessages('in\u202evoice \\u202e'), size, 'hidden characters');
    await screen.press(keys.shiftTab, altH);
    await screen.waitFor('1 × \\u202e');
    expect(screen.text()).toContain('right-to-left override');
    await screen.press(keys.end);
    expect(screen.text()).toContain('in\\u202evoice \\\\u202e');
    expect(outsideSession(screen.written)).toBeNull();
  });

  it('shows all lines of a message that is folded', async () => {
    const body = Array.from({ length: 900 }, (_, i) => `line ${i}`).join('\n');
    const screen = await open(withMessages(body), size, 'line 0');
    await screen.press(keys.ctrlEnd);
    await screen.waitFor('500 more lines: v shows all');
    await screen.press(keys.shiftTab, 'v');
    await screen.waitFor('line 0');
    expect(screen.text()).toContain('/900');
    await screen.press(keys.end);
    expect(screen.text()).toContain('line 899');
    await screen.press(keys.escape);
    await screen.waitFor('more lines');
  });

  it('goes to a date, loaded or not, by key and by command', async () => {
    const session = new FakeSession();
    session.addConversation(alice, 'Alice');
    const start = new Date(2025, 0, 1, 12).getTime();
    for (let i = 0; i < 500; i++) session.receive(alice, `day ${i}`, { sentAt: start + i * dayMs });
    await session.markRead(alice);
    const screen = await open(session, size, 'day 499');
    await screen.press(altJ, '3 march 2025');
    await screen.waitFor('Monday 3 March 2025 00:00');
    await screen.press(keys.enter);
    await screen.waitFor(/> +day 61\b/);
    await screen.press('g', '1999', keys.enter);
    await screen.waitFor(/> +day 0\b/);
    await screen.waitFor(/The first message after Friday 1\s+January\s+1999/);
    await screen.press('g', 'soon', keys.enter);
    await screen.waitFor('That is no date');
    await screen.press(keys.escape, keys.escape);
    await screen.press('/date 2025-12-25', keys.enter);
    await screen.waitFor(/> +day 358\b/);
  });
});

describe('the links of a message', () => {
  it('are chosen by number or arrow, and opened by a program with arguments, never by a shell', async () => {
    const session = withMessages('http://one.example https://two.example/;rm%20-rf mailto:three@example.org');
    await session.setSetting('open-links', "browser --new '{url}' -- {url}");
    const started: (readonly string[])[] = [];
    const opener = {
      automatic: null,
      run: async (command: readonly string[]) => {
        started.push(command);
        return null;
      },
    };
    const screen = await open(session, [100, 30], 'one.example', { opener });
    await screen.press(keys.shiftTab, 'o');
    await screen.waitFor('Link 1 of 3');
    expect(screen.text()).toContain('not encrypted');
    await screen.press('2');
    await screen.waitFor('Link 2 of 3');
    await screen.press('o');
    await screen.waitFor('Given to browser');
    const url = 'https://two.example/;rm%20-rf';
    expect(started).toEqual([['browser', '--new', url, '--', url]]);
    await screen.press('o', keys.up, keys.down, keys.down, keys.enter);
    await screen.waitFor('Given to browser');
    expect(started[1]).toEqual([
      'browser',
      '--new',
      'mailto:three@example.org',
      '--',
      'mailto:three@example.org',
    ]);
  });

  it('are opened by nothing where the setting or the surroundings say so, and it is said', async () => {
    const opener = { automatic: 'xdg-open', run: async () => 'It could not be started.' };
    const session = withMessages('https://one.example');
    const screen = await open(session, [100, 30], 'one.example', { opener });
    await screen.press(keys.shiftTab, 'o');
    await screen.waitFor('o opens it with xdg-open');
    await screen.press('o');
    await screen.waitFor('It could not be started.');
    await session.setSetting('open-links', 'off');
    await screen.press('o');
    await screen.waitFor('Nothing here opens links');
    await screen.press('o');
    await screen.waitFor('settings set open-links');
  });

  it('that is none is said', async () => {
    const screen = await open(withMessages('javascript:alert(1)'), [80, 24], 'alert');
    await screen.press(keys.shiftTab, 'o');
    await screen.waitFor('That message has no link');
  });
});
