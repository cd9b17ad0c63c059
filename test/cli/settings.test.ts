import { describe, expect, it } from 'vitest';
import { defaultDataDir } from '../../src/cli/data-dir.ts';
import { exitCodeOf, Interrupted } from '../../src/cli/exit-codes.ts';
import { parseTime, secondsToMs } from '../../src/cli/numbers.ts';
import { isWeak } from '../../src/cli/password.ts';
import { readSettings } from '../../src/cli/settings.ts';
import { firstLineOf } from '../../src/cli/stdin.ts';
import { NetworkError, NotFoundError, ProtocolError, StoreError, UsageError } from '../../src/errors.ts';
import { utf8Decode, utf8Encode } from '../../src/util/bytes.ts';

const defaults = { password: true, color: true };

describe('settings', () => {
  it('take an option before its variable, and a variable before the default', () => {
    const env = { SESSION_TUI_PROFILE: 'env', SESSION_TUI_PROXY: '', SESSION_TUI_DATA_DIR: '/data' };
    expect(readSettings(defaults, env)).toMatchObject({ profile: 'env', proxy: null, dataDir: '/data' });
    expect(readSettings({ ...defaults, profile: 'option' }, env).profile).toBe('option');
    expect(readSettings(defaults, {})).toMatchObject({
      profile: 'default',
      network: 'mainnet',
      passwordFile: null,
      noPassword: false,
      json: false,
      lowBandwidth: false,
      logLevel: null,
      color: true,
    });
  });

  it('find the proxy in --proxy or --tor, else SESSION_TUI_PROXY, else an ALL_PROXY that is SOCKS5', () => {
    const proxy = (options: object, env: Record<string, string>) => {
      const settings = readSettings({ ...defaults, ...options }, env);
      return [settings.proxy, settings.proxySource];
    };
    const general = { ALL_PROXY: 'socks5://all:1080' };
    const own = { ...general, SESSION_TUI_PROXY: 'socks5h://own:1' };
    expect(proxy({ proxy: 'socks5h://option:1' }, own)).toEqual(['socks5h://option:1', '--proxy']);
    expect(proxy({ tor: true }, own)).toEqual(['socks5h://127.0.0.1:9050', '--tor']);
    expect(() => proxy({ tor: true, proxy: 'socks5h://option:1' }, {})).toThrow('not both');
    expect(proxy({}, own)).toEqual(['socks5h://own:1', 'SESSION_TUI_PROXY']);
    expect(proxy({}, general)).toEqual(['socks5://all:1080', 'ALL_PROXY']);
    expect(proxy({}, { all_proxy: 'SOCKS5H://all:1' })).toEqual(['SOCKS5H://all:1', 'ALL_PROXY']);
    for (const other of ['http://all:3128', 'socks4://all:1', 'socks://all:1', 'all:1080', ''])
      expect(proxy({}, { ALL_PROXY: other }), other).toEqual([null, null]);
    expect(proxy({}, { ALL_PROXY: 'http://all:1', all_proxy: 'socks5://all:2' })[0]).toBe('socks5://all:2');
  });

  it('read SESSION_TUI_LOG as LEVEL, LEVEL:FILE or FILE', () => {
    const log = (value: string) => readSettings(defaults, { SESSION_TUI_LOG: value });
    expect(log('debug')).toMatchObject({ logLevel: 'debug', logFile: null });
    expect(log('trace:/tmp/x:y')).toMatchObject({ logLevel: 'trace', logFile: '/tmp/x:y' });
    expect(log('/tmp/x')).toMatchObject({ logLevel: 'info', logFile: '/tmp/x' });
    expect(
      readSettings({ ...defaults, logLevel: 'warn' }, { SESSION_TUI_LOG: 'debug:/tmp/x' }),
    ).toMatchObject({
      logLevel: 'warn',
      logFile: '/tmp/x',
    });
  });

  it('turn colours off for NO_COLOR, and bandwidth low for anything but a no', () => {
    expect(readSettings(defaults, { NO_COLOR: '1' }).color).toBe(false);
    expect(readSettings(defaults, { NO_COLOR: '' }).color).toBe(true);
    expect(readSettings({ ...defaults, color: false }, {}).color).toBe(false);
    expect(readSettings(defaults, { SESSION_TUI_LOW_BANDWIDTH: '1' }).lowBandwidth).toBe(true);
    expect(readSettings(defaults, { SESSION_TUI_LOW_BANDWIDTH: 'no' }).lowBandwidth).toBe(false);
  });
});

describe('the data folder', () => {
  it('is under XDG_CONFIG_HOME only if that is absolute, else the platform’s own place', () => {
    expect(defaultDataDir({ XDG_CONFIG_HOME: '/x' }, 'linux', '/home/a')).toBe('/x/session-tui');
    expect(defaultDataDir({ XDG_CONFIG_HOME: 'x' }, 'linux', '/home/a')).toBe('/home/a/.config/session-tui');
    expect(defaultDataDir({}, 'linux', '/home/a')).toBe('/home/a/.config/session-tui');
    expect(defaultDataDir({}, 'darwin', '/home/a')).toBe('/home/a/Library/Application Support/session-tui');
    expect(defaultDataDir({ APPDATA: '/roaming' }, 'win32', '/home/a')).toBe('/roaming/session-tui');
  });
});

describe('exit codes', () => {
  it('follow from the kind of error alone', () => {
    const codes: [unknown, number][] = [
      [new Error('bug'), 1],
      [new UsageError('x', ''), 2],
      [new ProtocolError('phrase-checksum', ''), 2],
      [new ProtocolError('malformed', ''), 1],
      [new NetworkError('proxy', ''), 3],
      [new StoreError('wrong-password', ''), 5],
      [new StoreError('password-needed', ''), 5],
      [new StoreError('damaged', ''), 6],
      [new StoreError('locked', ''), 7],
      [new StoreError('write-failed', ''), 1],
      [new NotFoundError('no-account', ''), 8],
      [new Interrupted('SIGINT'), 130],
      [new Interrupted('SIGTERM'), 143],
    ];
    for (const [error, code] of codes) expect(exitCodeOf(error)).toBe(code);
  });
});

describe('option values', () => {
  it('reads times as ISO 8601 or milliseconds, and nothing else', () => {
    expect(parseTime('1700000000000', 's')).toBe(1_700_000_000_000);
    expect(parseTime('2023-11-14T22:13:20Z', 's')).toBe(1_700_000_000_000);
    expect(parseTime('2023-11-14 23:13:20.5+01:00', 's')).toBe(1_700_000_000_500);
    expect(parseTime('2023-11-14', 's')).toBe(Date.UTC(2023, 10, 14));
    for (const bad of ['', 'now', '12', '2023', '2023-13-01', '14.11.2023', '2023-11-14T25:00'])
      expect(() => parseTime(bad, 's'), bad).toThrow(UsageError);
  });

  it('reads seconds with fractions, at most a day', () => {
    expect(secondsToMs(undefined, '--wait', 30)).toBe(30_000);
    expect(secondsToMs('0.25', '--wait', 30)).toBe(250);
    expect(secondsToMs('0', '--wait', 30)).toBe(0);
    for (const bad of ['', '-1', '1e3', '86401', 'x'])
      expect(() => secondsToMs(bad, '--wait', 30)).toThrow(UsageError);
  });
});

describe('passwords', () => {
  it('end at the first newline, with or without a carriage return', () => {
    const split = (text: string) => {
      const { line, rest } = firstLineOf(utf8Encode(text));
      return [utf8Decode(line), utf8Decode(rest)];
    };
    expect(split('a b')).toEqual(['a b', '']);
    expect(split('a\nb\n')).toEqual(['a', 'b\n']);
    expect(split('a\r\n\nb')).toEqual(['a', '\nb']);
    expect(split('\n')).toEqual(['', '']);
  });

  it('are remarked on when short or monotonous', () => {
    expect(isWeak('secret')).toBe(true);
    expect(isWeak('aaaaaaaaaaaaaa')).toBe(true);
    expect(isWeak('correct horse battery')).toBe(false);
  });
});
