import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { formatProxy, parseProxyUrl } from '../../src/net/proxy-url.ts';

describe('proxy addresses', () => {
  test.each([
    ['socks5h://127.0.0.1:9050', { host: '127.0.0.1', port: 9050 }],
    ['socks5://Localhost:1/', { host: 'localhost', port: 1 }],
    ['socks5h://[::1]:9050', { host: '::1', port: 9050 }],
    [
      'socks5h://user:pa%3Ass@tor.example:65535',
      { host: 'tor.example', port: 65535, username: 'user', password: 'pa:ss' },
    ],
    ['socks5h://user@h:9', { host: 'h', port: 9, username: 'user', password: '' }],
    ['SOCKS5H://u:a:b@h:9', { host: 'h', port: 9, username: 'u', password: 'a:b' }],
  ])('reads %s', (text, expected) => {
    expect(parseProxyUrl(text)).toEqual(expected);
  });

  test.each([
    '',
    'http://127.0.0.1:9050',
    'socks4://127.0.0.1:9050',
    '127.0.0.1:9050',
    'socks5h://127.0.0.1',
    'socks5h://127.0.0.1:0',
    'socks5h://127.0.0.1:65536',
    'socks5h://[::zz]:9050',
    'socks5h://:secret@h:9',
    'socks5h://u:%zz@h:9',
    'socks5h://h:9/path',
    'socks5h://h o:9',
    `socks5h://${'u'.repeat(256)}:p@h:9`,
  ])('refuses %j', (text) => {
    expect(() => parseProxyUrl(text)).toThrow(UsageError);
  });

  test('never repeats a password, neither in errors nor when written out', () => {
    expect(() => parseProxyUrl('socks5h://u:secret@h')).toThrow(/^(?!.*secret).*$/s);
    expect(formatProxy({ host: '::1', port: 9, username: 'u', password: 'secret' })).toBe(
      'socks5h://[::1]:9',
    );
  });
});
