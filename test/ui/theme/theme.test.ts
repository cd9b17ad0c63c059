import { describe, expect, it } from 'vitest';
import {
  backgroundOf,
  type ColorDepth,
  colorsOf,
  darkest,
  lightest,
  luminance,
  type Rgb,
} from '../../../src/ui/theme/detect.ts';
import { inkNames, palettes } from '../../../src/ui/theme/palettes.ts';
import { startChat } from '../../support/chat.ts';
import { FakeSession, testId } from '../../support/fake-session.ts';
import { outsideSession } from '../../support/output-grammar.ts';
import { keys } from '../../support/screen.ts';

const rgbOf = (hex: string): Rgb => {
  const part = (at: number) => Number.parseInt(hex.slice(at, at + 2), 16) / 255;
  return [part(1), part(3), part(5)];
};

/** A colour of xterm's cube or grey ramp. */
function indexedRgb(index: number): Rgb {
  if (index >= 232) {
    const grey = (8 + 10 * (index - 232)) / 255;
    return [grey, grey, grey];
  }
  const level = (n: number) => (n === 0 ? 0 : 55 + 40 * n) / 255;
  const at = index - 16;
  return [level(Math.floor(at / 36)), level(Math.floor(at / 6) % 6), level(at % 6)];
}

/** The 16 colours of xterm and of the VGA console, which are the furthest apart. */
const own: Readonly<Record<string, readonly string[]>> = {
  '31': ['#cd0000', '#aa0000'],
  '34': ['#0000ee', '#0000aa'],
  '35': ['#cd00cd', '#aa00aa'],
  '91': ['#ff0000', '#ff5555'],
  '92': ['#00ff00', '#55ff55'],
  '93': ['#ffff00', '#ffff55'],
  '96': ['#00ffff', '#55ffff'],
  '97': ['#ffffff', '#ffffff'],
};

const ratio = (a: number, b: number) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);

describe('every colour is legible', () => {
  for (const [name, ground, least, plainGround] of [
    ['dark', darkest, 4.5, 0],
    ['light', lightest, 4.5, 1],
    ['darkContrast', darkest, 7, 0],
    ['lightContrast', lightest, 7, 1],
  ] as const)
    it.each(inkNames)(`${name} %s: at least ${least}:1 on the worst ground that counts as such`, (ink) => {
      const { rgb, indexed, basic } = palettes[name][ink];
      expect(ratio(luminance(rgbOf(rgb)), ground)).toBeGreaterThanOrEqual(least);
      expect(indexed).toBeGreaterThanOrEqual(16);
      expect(ratio(luminance(indexedRgb(indexed)), ground)).toBeGreaterThanOrEqual(least);
      // What its own 16 colours are is the terminal's business; on plain black and white the usual ones are legible.
      for (const hex of own[basic] ?? [])
        expect(ratio(luminance(rgbOf(hex)), plainGround)).toBeGreaterThanOrEqual(4.5);
    });

  it.each([
    ['#000000', 'dark'],
    ['#1e1e1e', 'dark'],
    ['#002b36', 'dark'],
    ['#2e3440', 'dark'],
    ['#ffffff', 'light'],
    ['#fdf6e3', 'light'],
    ['#eff1f5', 'light'],
    ['#808080', null],
    ['#ff0000', null],
  ])('%s counts as %s', (hex, background) => expect(backgroundOf(rgbOf(hex))).toBe(background));
});

describe('the environment says', () => {
  it.each<[Record<string, string>, ColorDepth]>([
    [{ TERM: 'xterm' }, '16'],
    [{ TERM: 'linux' }, '16'],
    [{ TERM: 'xterm-256color' }, '256'],
    [{ TERM: 'tmux-256color', COLORTERM: 'truecolor' }, 'true'],
    [{ TERM: 'xterm', COLORTERM: '24bit' }, 'true'],
    [{ TERM: 'xterm-kitty' }, 'true'],
    [{ TERM: 'foot-extra' }, 'true'],
    [{ TERM: 'xterm-direct' }, 'true'],
    [{ TERM: 'xterm-256color', TERM_PROGRAM: 'Apple_Terminal' }, '256'],
    [{ TERM: 'xterm-256color', TERM_PROGRAM: 'iTerm.app' }, 'true'],
    [{ WT_SESSION: 'x' }, 'true'],
    [{ TERM: 'screen-256color', COLORTERM: 'truecolor', STY: '1.a' }, '256'],
    [{ TERM: 'dumb', COLORTERM: 'truecolor' }, 'none'],
    [{ TERM: 'vt220' }, 'none'],
    [{ TERM: 'xterm-mono' }, 'none'],
    [{}, 'none'],
    [{ TERM: 'dumb', FORCE_COLOR: '' }, '16'],
    [{ TERM: 'xterm-256color', FORCE_COLOR: '1' }, '256'],
    [{ TERM: 'xterm', FORCE_COLOR: '2' }, '256'],
    [{ TERM: 'xterm', FORCE_COLOR: '3' }, 'true'],
    [{ TERM: 'xterm', FORCE_COLOR: '0' }, 'none'],
    [{ TERM: 'xterm', FORCE_COLOR: 'toString' }, '16'],
  ])('%j: %s colours', (env, depth) => expect(colorsOf(env, true).depth).toBe(depth));

  it('no colours where they are not wanted, whatever is forced', () => {
    expect(colorsOf({ TERM: 'xterm-256color', FORCE_COLOR: '3' }, false).depth).toBe('none');
  });

  it.each([
    ['15;0', 'dark'],
    ['0;15', 'light'],
    ['12;default;8', 'dark'],
    ['0;default;7', 'light'],
    ['0;default', null],
    ['0;99', null],
    ['', null],
  ])('COLORFGBG=%s is %s', (COLORFGBG, background) =>
    expect(colorsOf({ COLORFGBG }, true).background).toBe(background),
  );
});

const alice = testId('a');
const bob = testId('b');
const darkReply = '\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\';
const lightReply = '\x1b]11;rgb:ff/ff/ff\x07';

/** A chat with every role on the screen. */
async function openChat(depth: ColorDepth, background: 'dark' | 'light' | null = null) {
  const session = new FakeSession();
  session.addConversation(alice, 'Alice');
  session.addConversation(bob, 'Bobby', { unread: 3 });
  session.receive(alice, 'first words');
  const { screen } = startChat({ session, openConversation: alice, colors: { depth, background } });
  await screen.waitFor('first words');
  await screen.settle();
  return { session, screen };
}

/** The kinds of colour in an output. */
function kinds(output: string): string[] {
  const found = new Set<string>();
  for (const [, parameters = ''] of output.matchAll(/\x1b\[([\d;]*)m/g)) {
    if (/(?:^|;)[34]8;2;/.test(parameters)) found.add('true');
    else if (/(?:^|;)[34]8;5;/.test(parameters)) found.add('256');
    else if (/(?:^|;)(?:[349]|10)[0-7](?:;|$)/.test(parameters)) found.add('16');
  }
  return [...found].sort();
}

describe('on the screen', () => {
  it.each([
    ['none', []],
    ['16', ['16']],
    ['256', ['256']],
    ['true', ['true']],
  ] as const)(
    'of a terminal with %s, every theme writes colours of that depth or none',
    async (depth, all) => {
      const { session, screen } = await openChat(depth, 'dark');
      expect(kinds(screen.written)).toEqual(all);
      for (const [choice, wanted] of [
        ['light', all],
        ['dark', all],
        ['contrast', all],
        ['terminal', depth === 'none' ? [] : ['16']],
        ['none', []],
      ] as const) {
        const text = screen.text();
        const before = screen.written.length;
        await session.setSetting('theme', choice);
        await screen.settle();
        expect([choice, kinds(screen.written.slice(before))]).toEqual([choice, wanted]);
        // The words say everything that the colours say.
        expect(screen.text()).toBe(text);
        if (choice === 'none') expect(screen.hasColour).toBe(false);
        if (choice !== 'dark' && choice !== 'none') continue;
        await screen.press(keys.f1, keys.escape, keys.ctrl('k'), keys.escape);
        expect([choice, kinds(screen.written.slice(before))]).toEqual([choice, wanted]);
      }
      expect(outsideSession(screen.written)).toBeNull();
    },
  );

  it('a terminal of unknown background gets its own 16 colours until it answers, then the theme for its background', async () => {
    const { screen } = await openChat('256');
    expect(kinds(screen.written)).toEqual(['16']);
    const typed = screen.text();
    let before = screen.written.length;
    for (const character of darkReply) screen.send(character);
    await screen.settle();
    expect(screen.written.slice(before)).toContain(`38;5;${palettes.dark.name.indexed}`);
    before = screen.written.length;
    screen.send(lightReply);
    await screen.settle();
    expect(screen.written.slice(before)).toContain(`38;5;${palettes.light.name.indexed}`);
    before = screen.written.length;
    screen.send('\x1b]11;rgb:8080/8080/8080\x1b\\');
    await screen.settle();
    expect(kinds(screen.written.slice(before))).toEqual(['16']);
    expect(screen.text()).toBe(typed);
  });

  it.each([
    '\x1b]11;rgb:zz/0/0\x07',
    '\x1b]11;#12345\x07',
    `\x1b]11;rgb:${'f'.repeat(5)}/0/0\x07`,
    '\x1b]11;?\x07',
    '\x1bP11;rgb:0/0/0\x1b\\',
    '\x1b]11;rgb:0/0/0\x18',
    '\x1b[200~\x1b]11;rgb:0/0/0\x07\x1b[201~\x15',
  ])('%j is no answer about the background', async (reply) => {
    const { screen } = await openChat('256');
    await screen.press(reply);
    expect(kinds(screen.written)).toEqual(['16']);
  });

  it('a theme that is set wins over what the terminal answers', async () => {
    const { session, screen } = await openChat('true', 'dark');
    await session.setSetting('theme', 'light');
    await screen.settle();
    const before = screen.written.length;
    await screen.press(darkReply);
    expect(screen.written.length).toBe(before);
  });
});
