import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { jsonLine } from '../../src/cli/output/schemas.ts';
import { cli } from '../support/cli.ts';
import { FakeMessenger } from '../support/fake-messenger.ts';

let messenger: FakeMessenger;
beforeEach(() => {
  messenger = new FakeMessenger();
});

describe('settings', () => {
  it('are listed with their values, as JSON lines that fit the schema', async () => {
    messenger.has();
    const { code, json } = await cli(messenger, ['settings', 'list', '--json']);
    expect(code).toBe(0);
    for (const line of json) expect(v.safeParse(jsonLine, line).issues).toBeUndefined();
    expect(json.slice(0, 4).map((line) => [line.event, line.key, line.value])).toEqual([
      ['setting', 'name', 'Alice'],
      ['setting', 'auto-lock', 15],
      ['setting', 'notifications', 'bell'],
      ['setting', 'theme', 'auto'],
    ]);
  });

  it('get prints the value and nothing else, without control characters', async () => {
    const session = messenger.has();
    session.name = 'A\x1b[31m';
    expect((await cli(messenger, ['settings', 'get', 'name'])).stdout).toBe('A␛[31m\n');
    expect((await cli(messenger, ['settings', 'get', 'auto-lock'])).stdout).toBe('15\n');
  });

  it.each([
    ['name', 'Ada', 'Ada'],
    ['name', '  Ada  ', 'Ada'],
    ['auto-lock', '1', 1],
    ['auto-lock', '1440', 1440],
    ['auto-lock', 'off', 'off'],
    ['notifications', 'osc777', 'osc777'],
    ['notifications', 'off', 'off'],
    ['theme', 'contrast', 'contrast'],
    ['theme', 'none', 'none'],
    ['mouse', 'on', 'on'],
    ['title', 'off', 'off'],
    ['link', 'lean', 'lean'],
    ['notification-content', 'name', 'name'],
    ['notification-command', "notify-send -a 'my chat' {title}", "notify-send -a 'my chat' {title}"],
  ])('set %s %j stores %j and prints it', async (key, text, value) => {
    const session = messenger.has();
    const { code, json } = await cli(messenger, ['settings', 'set', key, text, '--json']);
    expect([code, json.length, json[0]?.value]).toEqual([0, 1, value]);
    expect(session.settings().find((setting) => setting.key === key)?.value).toBe(value);
    expect(session.closed).toBe(true);
  });

  it.each([
    ['get', 'colour'],
    ['set', 'colour', 'blue'],
    ['get', '__proto__'],
  ])('%s of an unknown key is wrong usage and names the keys', async (...args) => {
    messenger.has();
    const { code, stderr } = await cli(messenger, ['settings', ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain('name, auto-lock, notifications, theme');
    expect(messenger.opened).toBe(0);
  });

  it.each(['0', '-1', '1441', '1.5', '15m', '', ' 5', '1e2', 'never', 'OFF', '٣'])(
    'auto-lock %j is wrong usage, says what is allowed, and opens nothing',
    async (text) => {
      messenger.has();
      const { code, stderr } = await cli(messenger, ['settings', 'set', 'auto-lock', '--', text]);
      expect(code).toBe(2);
      expect(stderr).toContain('1 to 1440 (minutes), or off');
      expect(messenger.opened).toBe(0);
    },
  );

  it.each(['', 'on', 'BELL', 'osc8', 'bell ', 'toString'])(
    'notifications %j is wrong usage',
    async (text) => {
      messenger.has();
      const { code, stderr } = await cli(messenger, ['settings', 'set', 'notifications', text]);
      expect([code, messenger.opened]).toEqual([2, 0]);
      expect(stderr).toContain('bell, osc9, osc777, osc99, off');
    },
  );

  it.each(['', 'off', 'Dark', 'solarized', 'dark ', 'toString'])('theme %j is wrong usage', async (text) => {
    messenger.has();
    const { code, stderr } = await cli(messenger, ['settings', 'set', 'theme', text]);
    expect([code, messenger.opened]).toEqual([2, 0]);
    expect(stderr).toContain('auto, dark, light, contrast, terminal, none');
  });

  it.each(['', '   ', 'é'.repeat(51)])('the name %j is wrong usage', async (text) => {
    messenger.has();
    const { code, stderr } = await cli(messenger, ['settings', 'set', 'name', text]);
    expect([code, messenger.opened]).toEqual([2, 0]);
    expect(stderr).toContain('1 to 100 bytes');
  });

  it('wrong usage is told before a missing account, which is code 8', async () => {
    expect((await cli(messenger, ['settings', 'set', 'auto-lock', 'x'])).code).toBe(2);
    expect((await cli(messenger, ['settings', 'get', 'name'])).code).toBe(8);
  });
});
