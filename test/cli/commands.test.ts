import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { jsonLine } from '../../src/cli/output/schemas.ts';
import type { Conversation } from '../../src/core/types.ts';
import { NetworkError } from '../../src/errors.ts';
import { type CliOptions, type CliResult, cli as runCommand } from '../support/cli.ts';
import { alice, bob, FakeMessenger, fakeMessage, online, phrase } from '../support/fake-messenger.ts';

let folder: string;
let passwordFile: string;
let messenger: FakeMessenger;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-tui-cli-'));
  passwordFile = join(folder, 'password');
  await writeFile(passwordFile, 'correct horse\nsecond line\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => {
  messenger = new FakeMessenger();
});

/** Runs a command; every JSON line it prints must fit the schema. */
async function cli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const result = await runCommand(messenger, args, options);
  if (args.includes('--json') && args[0] !== 'schema') {
    for (const line of result.json) expect(v.safeParse(jsonLine, line).issues).toBeUndefined();
  }
  return result;
}

const conversation: Conversation = {
  id: bob,
  kind: 'contact',
  name: 'B\u202eo\x1b[31mb',
  unread: 2,
  lastMessageAt: 5,
  preview: '',
  request: false,
  pinned: false,
  mutedUntil: null,
  draft: '',
};

describe('wrong usage', () => {
  it.each([
    ['an unknown command', ['fly']],
    ['an unknown option', ['conversations', '--fly']],
    ['an unknown global option', ['--fly']],
    ['a command of a later version', ['group', 'create']],
    ['a group without a command', ['account']],
    ['a missing argument', ['send']],
    ['too many arguments', ['read', bob, 'x']],
    ['a bad number', ['messages', bob, '--limit', '0']],
    ['a bad time', ['receive', '--since', 'yesterday']],
    ['a bad wait', ['send', bob, 'x', '--wait', '-1']],
    ['a bad account ID', ['send', '05abcdefabcdefabcdefabcdefabcdef', 'x']],
    ['an empty text', ['send', bob, '']],
    ['a bad proxy', ['receive', '--proxy', 'http://x:1']],
    ['a missing network file', ['receive', '--network', '/nowhere/net.json']],
    ['a missing password file', ['receive', '--password-file', '/nowhere/password']],
    ['a bad profile name', ['receive', '--profile', '../x']],
    ['two ways to a password', ['account', 'create', '--no-password', '--password-file', 'x']],
    ['a bad log level', ['conversations', '--log-level', 'loud']],
    ['the chat UI without a terminal', []],
    ['--demo with a command', ['conversations', '--demo']],
  ])('%s gives code 2 and one line, and opens nothing', async (_, args) => {
    messenger.has();
    const { code, stdout, stderr } = await cli(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^session-tui: [^\n]+\n$/);
    expect(messenger.opened).toBe(0);
  });

  it('is also an error object with --json', async () => {
    const { json, code } = await cli(['fly', '--json']);
    expect(code).toBe(2);
    expect(json).toEqual([{ event: 'error', code: 'usage', message: expect.stringContaining('fly') }]);
  });
});

describe('help and version', () => {
  it('lists the commands there are, with code 0', async () => {
    const { code, stdout } = await cli(['--help']);
    expect(code).toBe(0);
    for (const name of [
      'account',
      'backup',
      'send',
      'receive',
      'devnet',
      'doctor',
      'schema',
      '--demo',
      '--proxy',
    ])
      expect(stdout).toContain(name);
    expect(stdout).not.toMatch(/--attach/);
    expect((await cli(['send', '--help'])).stdout).toContain('--password-file');
    expect((await cli(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('account', () => {
  it('create prints the account ID and never the phrase', async () => {
    const made = await cli([
      'account',
      'create',
      '--name',
      ' Alice ',
      '--password-file',
      passwordFile,
      '--json',
    ]);
    expect(made.code).toBe(0);
    expect(made.json).toEqual([{ event: 'account', accountId: alice, name: 'Alice', profile: 'default' }]);
    expect(made.stdout + made.stderr).not.toContain(phrase);
    expect(messenger.profiles.get('default')?.password).toBe('correct horse');
    expect(messenger.profiles.get('default')?.session.log).toEqual([]);
  });

  it('create takes the first line of standard input, and no password where told so', async () => {
    await cli(['account', 'create', '--password-file', '-', '--profile', 'a'], {
      stdin: 'pass word\r\nrest',
    });
    expect(messenger.profiles.get('a')?.password).toBe('pass word');
    await cli(['--profile', 'b', 'account', 'create', '--no-password'], {
      env: { SESSION_TUI_PASSWORD_FILE: passwordFile },
    });
    expect(messenger.profiles.get('b')?.password).toBeNull();
  });

  it('create without a terminal, password or --no-password is code 5; so is an empty password', async () => {
    const { code, json } = await cli(['account', 'create', '--json']);
    expect([code, json[0]?.code]).toEqual([5, 'password-needed']);
    expect((await cli(['account', 'create', '--password-file', '-'], { stdin: '\n' })).code).toBe(5);
    expect(messenger.profiles.size).toBe(0);
  });

  it('create and restore never touch an account: code 2, before the password is looked at', async () => {
    messenger.has('default', 'secret');
    expect((await cli(['account', 'create'])).code).toBe(2);
    expect((await cli(['account', 'restore'], { stdin: phrase })).code).toBe(2);
    expect(messenger.profiles.get('default')?.password).toBe('secret');
  });

  it('restore reads the words from standard input, after the password line', async () => {
    const made = await cli(['account', 'restore', '--password-file', '-', '--json'], {
      stdin: `secret\n${phrase.replaceAll(' ', '\n')}\n`,
    });
    expect([made.code, made.json[0]?.accountId]).toEqual([0, alice]);
    expect(messenger.profiles.get('default')?.password).toBe('secret');
  });

  it('restore names what is wrong with a phrase: code 2', async () => {
    const { code, stderr } = await cli(['account', 'restore', '--no-password'], { stdin: 'x y z' });
    expect(code).toBe(2);
    expect(stderr).toContain('Word 3');
    expect(messenger.profiles.size).toBe(0);
    // usage comes before the password
    const without = await cli(['account', 'restore'], { stdin: 'x y z' });
    expect([without.code, without.stderr]).toEqual([2, stderr]);
    expect((await cli(['account', 'restore'], { stdin: phrase })).code).toBe(5);
  });

  it('show draws a QR code on request', async () => {
    messenger.has();
    const plain = await cli(['account', 'show']);
    expect(plain.stdout).toBe(`${alice}\nAlice\n`);
    const drawn = await cli(['account', 'show', '--qr']);
    expect(drawn.stdout.split('\n').length).toBeGreaterThan(15);
    expect(drawn.stdout).toMatch(/[▀▄█]/);
  });

  it('phrase prints the words and nothing else, with --yes only where nobody can be asked', async () => {
    messenger.has();
    expect((await cli(['account', 'phrase'])).code).toBe(2);
    for (const args of [[], ['--json']]) {
      const { code, stdout, stderr } = await cli(['account', 'phrase', '--yes', ...args]);
      expect([code, stdout, stderr]).toEqual([0, `${phrase}\n`, '']);
    }
  });
});

describe('the order of checks', () => {
  it('tells a missing account (8) before the lock (7), the lock before the password (5)', async () => {
    messenger.locked = true;
    expect((await cli(['conversations'])).code).toBe(8);
    messenger.has('default', 'secret');
    expect((await cli(['conversations'])).code).toBe(7);
    expect((await cli(['conversations', '--password-file', passwordFile])).code).toBe(7);
    messenger.locked = false;
    expect((await cli(['conversations'])).code).toBe(5);
    expect((await cli(['conversations', '--password-file', passwordFile])).code).toBe(5);
  });

  it('takes the password from a file, the environment, or standard input', async () => {
    messenger.has('default', 'correct horse');
    expect((await cli(['conversations', '--password-file', passwordFile])).code).toBe(0);
    expect((await cli(['conversations'], { env: { SESSION_TUI_PASSWORD_FILE: passwordFile } })).code).toBe(0);
    expect((await cli(['conversations', '--password-file', '-'], { stdin: 'correct horse' })).code).toBe(0);
  });

  it('does not wait for the end of standard input when it has the password line', async () => {
    messenger.has('default', 'correct horse');
    const endless = new Readable({ read() {} });
    endless.push('correct horse\n');
    expect((await cli(['conversations', '--password-file', '-'], { stdin: endless })).code).toBe(0);
  });
});

describe('profile', () => {
  it('lists and removes', async () => {
    messenger.has('a');
    messenger.has('b');
    expect((await cli(['profile', 'list'])).stdout).toBe('a\nb\n');
    expect((await cli(['profile', 'remove', 'c'])).code).toBe(8);
    messenger.locked = true;
    expect((await cli(['profile', 'remove', 'a'])).code).toBe(7);
    messenger.locked = false;
    expect((await cli(['profile', 'remove', 'a'])).code).toBe(0);
    expect([...messenger.profiles.keys()]).toEqual(['b']);
  });
});

describe('send', () => {
  it('is done when the swarm has the message', async () => {
    const session = messenger.has();
    const { code, json } = await cli(['send', 'Bob', 'hi', '--json']);
    expect(code).toBe(0);
    expect(json).toEqual([{ event: 'sent', id: 'q0', conversation: bob, timestamp: 1000, hash: 'HASH' }]);
    expect(session.log).toEqual(['queue hi', 'online', 'wait 30000']);
    expect(session.closed).toBe(true);
  });

  it('takes all of standard input but one final newline', async () => {
    const session = messenger.has();
    await cli(['send', bob], { stdin: ' a\nb\n\n' });
    await cli(['send', bob, '-'], { stdin: 'c\r\n' });
    expect(session.stored.map(({ body }) => body)).toEqual([' a\nb\n', 'c']);
  });

  it('gives password and text their own part of standard input', async () => {
    const session = messenger.has('default', 'secret');
    expect((await cli(['send', bob, '--password-file', '-'], { stdin: 'secret\ntext\n' })).code).toBe(0);
    expect(session.stored[0]?.body).toBe('text');
  });

  it('refuses invalid UTF-8, nothing, and too much, before anything is opened', async () => {
    messenger.has();
    expect((await cli(['send', bob], { stdin: new Uint8Array([0x61, 0xff]) })).code).toBe(2);
    expect((await cli(['send', bob], { stdin: '' })).code).toBe(2);
    expect((await cli(['send', bob], { stdin: '\n' })).code).toBe(2);
    expect((await cli(['send', bob, '😀'.repeat(2001)])).code).toBe(2);
    expect(messenger.opened).toBe(0);
    expect((await cli(['send', bob, '😀'.repeat(2000)])).code).toBe(0);
  });

  it('names what stays queued: code 4, or 3 when nothing at all answered', async () => {
    const session = messenger.has();
    session.delivery = (message) => ({ status: 'queued', message, reason: 'slow.', anythingAnswered: true });
    const late = await cli(['send', bob, 'x', '--wait', '0.5', '--json']);
    expect(late.code).toBe(4);
    expect(late.json[0]).toEqual({ event: 'queued', id: 'q0', conversation: bob, reason: 'slow.' });
    expect(late.json[1]).toMatchObject({ event: 'error', code: 'not-delivered' });
    expect(late.stderr).toContain('q0');
    expect(session.log).toContain('wait 500');
    session.delivery = (message) => ({
      status: 'queued',
      message,
      reason: 'no path',
      anythingAnswered: false,
    });
    expect((await cli(['send', bob, 'y'])).code).toBe(3);
  });

  it('exits with 8 for a name nobody has, or a message to reply to that is not there', async () => {
    messenger.has();
    expect((await cli(['send', 'Nobody', 'x'])).code).toBe(8);
    expect((await cli(['send', bob, 'x', '--reply-to', 'zzz'])).code).toBe(8);
  });
});

describe('receive', () => {
  it('sends what is queued, fetches, prints by sent time, then remembers what it printed', async () => {
    const session = messenger.has();
    session.round = async () => {
      session.add(fakeMessage({ id: 'late', sentAt: 20, body: 'b' }));
      session.add(
        fakeMessage({
          id: 'early',
          sentAt: 10,
          body: 'a\x9b31m',
          quote: { author: alice, sentAt: 5 },
          attachments: [{ id: 'f', name: 'x', contentType: 'text/plain', sizeBytes: 3 }],
          expiresAt: 99,
          request: true,
        }),
      );
      return { answered: 2, stored: 2, skipped: 0 };
    };
    const first = await cli(['receive', '--json']);
    expect(first.code).toBe(0);
    expect(first.json.map(({ id }) => id)).toEqual(['early', 'late']);
    expect(first.json[0]).toEqual({
      event: 'message',
      id: 'early',
      conversation: bob,
      from: bob,
      direction: 'in',
      timestamp: 10,
      receivedAt: 2000,
      body: 'a\x9b31m',
      status: 'received',
      quote: { author: alice, timestamp: 5 },
      attachments: [{ id: 'f', name: 'x', contentType: 'text/plain', size: 3 }],
      expiresAt: 99,
      request: true,
    });
    expect(first.stdout).not.toContain('\x9b');
    expect(session.log).toEqual(['flush', 'round', 'ack early,late']);
    session.round = async () => ({ answered: 2, stored: 0, skipped: 0 });
    const second = await cli(['receive', '--json']);
    expect([second.code, second.stdout]).toEqual([0, '']);
  });

  it('exits with 3 if no member answered, and still prints what others had fetched', async () => {
    const session = messenger.has();
    session.add(fakeMessage());
    session.round = async () => ({ answered: 0, stored: 0, skipped: 0 });
    const { code, json } = await cli(['receive', '--json']);
    expect(code).toBe(3);
    expect(json.map(({ event }) => event)).toEqual(['message', 'error']);
    session.round = async () => {
      throw new NetworkError('proxy', 'The proxy refused.');
    };
    expect((await cli(['receive'])).code).toBe(3);
  });

  it('prints stored messages again with --since, each once', async () => {
    const session = messenger.has();
    session.stored = [
      fakeMessage({ id: 'old', sentAt: 1, receivedAt: 1 }),
      fakeMessage({ id: 'seen', sentAt: 1_700_000_000_000, receivedAt: 1_700_000_000_001 }),
    ];
    session.add(fakeMessage({ id: 'fresh-old', sentAt: 2, receivedAt: 2 }));
    session.add(fakeMessage({ id: 'fresh', sentAt: 1_700_000_000_002 }));
    const { json } = await cli(['receive', '--json', '--since', '2023-11-14T22:13:20Z']);
    expect(json.map(({ id }) => id)).toEqual(['fresh-old', 'seen', 'fresh']);
    expect(session.fresh.size).toBe(0);
  });

  it('keeps for the next time what a closed pipe cut off, and ends quietly', async () => {
    const session = messenger.has();
    for (const id of ['a', 'b', 'c']) session.add(fakeMessage({ id }));
    const { code, stderr } = await cli(['receive'], { closeAfter: 1 });
    expect([code, stderr]).toEqual([0, '']);
    expect([...session.fresh]).toEqual(['b', 'c']);
  });

  it('--follow prints round by round until SIGINT (130), and closes the profile', async () => {
    const session = messenger.has();
    session.add(fakeMessage({ id: 'before' }));
    let seen = 0;
    const running = cli(['receive', '--follow', '--json'], {
      onOutput: () => {
        seen += 1;
        if (seen === 1) {
          setTimeout(() => {
            session.add(fakeMessage({ id: 'y', sentAt: 8 }));
            session.add(fakeMessage({ id: 'x', sentAt: 7 }));
            session.events.emit({ event: 'notice', conversation: bob, text: 'timer set' });
            session.events.emit({ event: 'round', answered: 2, stored: 2 });
          }, 1);
        } else if (seen === 4) {
          setTimeout(() => process.emit('SIGINT'), 5);
        }
      },
    });
    const { code, json, stderr } = await running;
    expect(code).toBe(130);
    expect(json.map((line) => line.id ?? line.event)).toEqual(['before', 'x', 'y', 'notice']);
    expect(session.log).toContain('online+poll');
    expect([session.closed, session.fresh.size, stderr]).toEqual([true, 0, '']);
  });

  it('--follow ends with 143 on SIGTERM', async () => {
    messenger.has();
    const running = cli(['receive', '--follow']);
    setTimeout(() => process.emit('SIGTERM'), 20);
    expect((await running).code).toBe(143);
  });
});

describe('conversations, messages, read', () => {
  it('prints them as JSON lines and, sanitised, for people', async () => {
    const session = messenger.has();
    session.conversations = [conversation];
    const { json } = await cli(['conversations', '--json']);
    expect(json).toEqual([
      {
        event: 'conversation',
        id: bob,
        kind: 'contact',
        name: conversation.name,
        unread: 2,
        lastMessageAt: 5,
        request: false,
      },
    ]);
    const human = await cli(['conversations']);
    expect(human.stdout).toBe(`${bob}  2 unread  B⟦RLO⟧o␛[31mb\n`);
    session.stored = [fakeMessage({ body: 'a\x1b[2J\nb\rc' })];
    const shown = await cli(['messages', bob]);
    expect(shown.stdout).toContain('  a␛[2J\n  b␍c\n');
    expect(shown.stdout).toContain('B⟦RLO⟧o␛[31mb (05bb…bbbb)');
  });

  it('messages gives the newest ones and ends with 8 for an unknown conversation', async () => {
    const session = messenger.has();
    session.stored = ['a', 'b', 'c'].map((id) => fakeMessage({ id, body: id }));
    const { json } = await cli(['messages', bob, '--limit', '2', '--json']);
    expect(json.map(({ id }) => id)).toEqual(['b', 'c']);
    expect((await cli(['messages', 'Nobody'])).code).toBe(8);
  });

  it('read marks as read', async () => {
    const session = messenger.has();
    session.conversations = [conversation];
    expect((await cli(['read', bob, '--json'])).json[0]).toMatchObject({ id: bob, unread: 0 });
  });

  it('names a damaged file, after printing what is readable: code 6', async () => {
    const session = messenger.has();
    session.stored = [fakeMessage()];
    session.damaged = [{ file: 'ab12', keptAs: 'ab12.damaged', what: 'authentication failed' }];
    const { code, json, stderr } = await cli(['messages', bob, '--json']);
    expect(code).toBe(6);
    expect(json.map(({ event }) => event)).toEqual(['message', 'error']);
    expect(json[1]).toMatchObject({ code: 'damaged', file: 'ab12' });
    expect(stderr).toContain('ab12.damaged');
    session.damaged = [{ file: 'ab12', keptAs: '', what: 'is missing' }];
    const missing = await cli(['messages', bob]);
    expect(missing.stderr).toContain('ab12 is damaged (is missing). Nothing of it is left to be kept;');
  });
});

describe('network', () => {
  it('prints the path hop by hop', async () => {
    messenger.has();
    const { json } = await cli(['network', 'path', '--json']);
    expect(json[0]).toMatchObject({
      event: 'network',
      online: true,
      proxy: null,
      nodes: 9,
      nodeListAt: online.nodeListAt,
    });
    const human = await cli(['network', 'path']);
    expect(human.stdout).toMatch(/guard .*127\.0\.11\.1:1001.*\n.*middle .*\n.*exit /);
  });

  it('prints the state of each guard, and where the proxy was named', async () => {
    const session = messenger.has();
    const ip = { ip: '127.0.11.1', port: 1, ed25519: 'a'.repeat(64) };
    const network = {
      ...online,
      detail: 'Guard 2 timed out; using the other one while it is replaced.',
      proxy: 'socks5h://127.0.0.1:1',
      proxySource: 'ALL_PROXY' as const,
      guards: [
        { ...ip, state: 'good' as const, failures: 0 },
        { ...ip, ip: '127.0.12.1', state: 'troubled' as const, failures: 2 },
      ],
    };
    session.connecting = async () => {
      session.network = network;
    };
    const { json } = await cli(['network', 'path', '--json']);
    expect(json[0]).toMatchObject({ guards: network.guards, proxySource: 'ALL_PROXY' });
    const human = await cli(['network', 'path']);
    expect(human.stdout).toContain('proxy socks5h://127.0.0.1:1 from ALL_PROXY\nGuard 2 timed out');
    expect(human.stdout).toContain(
      'guard 1  127.0.11.1:1  good\nguard 2  127.0.12.1:1  troubled (2 failures)',
    );
  });

  it('status prints how things stand even when the network can’t be reached: code 3', async () => {
    const session = messenger.has();
    session.connecting = async () => {
      throw new NetworkError('seed', 'No seed node answered.');
    };
    const { code, json } = await cli(['network', 'status', '--json']);
    expect(code).toBe(3);
    expect(json.map(({ event }) => event)).toEqual(['network', 'error']);
    expect(json[0]).toMatchObject({ online: false });
  });

  it('refresh fetches the list', async () => {
    const session = messenger.has();
    expect((await cli(['network', 'refresh'])).code).toBe(0);
    expect(session.log).toEqual(['flush', 'refresh']);
  });

  it('status --watch prints changes until interrupted', async () => {
    const session = messenger.has();
    const { code, json } = await cli(['network', 'status', '--watch', '--json'], {
      onOutput: () =>
        setTimeout(() => {
          if (session.network.nodes === 9) {
            session.network = { ...online, nodes: 10 };
            session.events.emit({ event: 'network', network: session.network });
          } else process.emit('SIGINT');
        }, 1),
    });
    expect(code).toBe(130);
    expect(json.map(({ nodes }) => nodes)).toEqual([9, 10]);
  });
});

describe('schema', () => {
  it('prints a JSON Schema that names every event of the contract printed so far', async () => {
    const { code, stdout } = await cli(['schema']);
    expect(code).toBe(0);
    const text = JSON.stringify(JSON.parse(stdout));
    for (const event of [
      'account',
      'message',
      'sent',
      'queued',
      'conversation',
      'network',
      'notice',
      'error',
    ])
      expect(text).toContain(`"const":"${event}"`);
  });
});
