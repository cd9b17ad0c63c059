import { describe, expect, it } from 'vitest';
import { startChat } from '../support/chat.ts';
import { FakeSession, idleNetwork, onlineNetwork, testId } from '../support/fake-session.ts';
import { keys, type ScreenSize } from '../support/screen.ts';

const own = testId('7');
const hop = (i: number) => ({ ip: `127.0.${i}.1`, port: 22021, ed25519: String(i).repeat(32) });
const guard = (i: number, state: 'good' | 'testing' | 'troubled') => ({ ...hop(i), state, failures: 0 });

async function open(size: ScreenSize, key: string) {
  const session = new FakeSession({ accountId: own });
  session.setNetwork({ ...onlineNetwork, guards: [guard(11, 'good')] });
  const { screen } = startChat({ size, session });
  await screen.waitFor('F2', 20_000);
  await screen.press(key);
  return { session, screen };
}

describe('the picture of the path', () => {
  it.each([
    [100, 30],
    [80, 24],
  ] as const)('at %i×%i stands in three rows: who, where, how it stands', async (...size) => {
    const { session, screen } = await open(size, keys.f3);
    const row = screen.rows().findIndex((line) => line.includes('guard'));
    const [who = '', where = '', how = ''] = screen.rows().slice(row, row + 3);
    expect(who).toMatch(/you {1,3}─▶ ● guard .*─▶ ● middle .*─▶ ● exit .*─▶ swarm/);
    for (const [name, ip] of [
      ['● guard', '127.0.11.1'],
      ['● middle', '127.0.12.1'],
      ['● exit', '127.0.13.1'],
    ] as const) {
      expect(where.indexOf(ip)).toBe(who.indexOf(name));
      expect(how.slice(who.indexOf(name)).startsWith('ok')).toBe(true);
    }
    session.setNetwork({ ...onlineNetwork, proxy: 'socks5h://127.0.0.1:9050' });
    await screen.settle();
    expect(screen.text()).toMatch(/(?:─▶|▼) +proxy/);
    expect(screen.text()).toContain('127.0.0.1:9050');
  });

  it('at 40×10 stands below each other, whole', async () => {
    const { screen } = await open([40, 10], keys.f3);
    expect(screen.text()).toMatch(
      /you.*\n.*▼ ● guard +127\.0\.11\.1 {2}ok.*\n.*▼ ● middle +127\.0\.12\.1 {2}ok.*\n.*▼ ● exit +127\.0\.13\.1 {2}ok.*\n.*▼ +swarm/,
    );
  });

  it.each([
    [100, 30],
    [40, 10],
  ] as const)('at %i×%i follows the network while it is open', async (...size) => {
    const { session, screen } = await open(size, keys.f3);
    session.setNetwork({ ...idleNetwork, phase: 'connecting', guards: [guard(21, 'testing')] });
    await screen.settle();
    expect(screen.text()).toContain('◌ guard');
    expect(screen.text()).toContain('127.0.21.1');
    expect(screen.text()).toContain('being tested');
    expect(screen.text()).toContain('○ middle');
    session.setNetwork({
      ...onlineNetwork,
      guards: [guard(11, 'troubled')],
      paths: [{ hops: [hop(11), hop(12), hop(13)], builtAt: 0, failures: 1 }],
    });
    await screen.settle();
    expect(screen.text()).toContain('✕ guard');
    expect(screen.text()).toContain('failing');
    session.setNetwork(idleNetwork);
    await screen.settle();
    expect(screen.text()).toContain('○ guard');
    expect(screen.text()).toContain('not chosen');
  });
});

describe('the own account', () => {
  it.each([
    [100, 30],
    [80, 24],
  ] as const)('at %i×%i stands as a QR code that can be read back from the screen', async (...size) => {
    const { screen } = await open(size, keys.f2);
    await screen.waitFor('▄');
    expect(screen.text()).toContain(own);
    const { encode } = await import('uqr');
    const { data } = encode(own, { ecc: 'L', border: 1 });
    const rows = screen.rows().filter((row) => /[█▀▄]/.test(row));
    const left = Math.min(...rows.map((row) => row.search(/[█▀▄]/)));
    const isLight = (x: number, y: number) => {
      const cell = rows[y >> 1]?.charAt(left + x) ?? '';
      return cell === '█' || cell === (y % 2 === 0 ? '▀' : '▄');
    };
    for (const [y, line] of data.entries())
      for (const [x, isDark] of line.entries()) expect(isLight(x, y), `${x},${y}`).toBe(!isDark);
  });

  it('at 40×10 stands whole as text, and says how to get the code', async () => {
    const { screen } = await open([40, 10], keys.f2);
    await screen.settle();
    const shown = screen.text().replace(/[^0-9a-f]/g, '');
    expect(shown).toContain(own);
    expect(screen.text()).not.toMatch(/[▀▄]/);
    expect(screen.text().replace(/[│\s]+/g, ' ')).toContain('session-tui account show --qr');
  });
});
