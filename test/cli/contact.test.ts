import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { formatHuman } from '../../src/cli/output/human.ts';
import { contactLine, conversationLine } from '../../src/cli/output/json-lines.ts';
import { jsonLine } from '../../src/cli/output/schemas.ts';
import { mutedForGood } from '../../src/core/types.ts';
import { cli } from '../support/cli.ts';
import { bob, FakeMessenger } from '../support/fake-messenger.ts';
import { testId } from '../support/fake-session.ts';

describe('contact', () => {
  let messenger: FakeMessenger;
  let session: ReturnType<FakeMessenger['has']>;
  beforeEach(() => {
    messenger = new FakeMessenger();
    session = messenger.has();
  });

  it('add, rename, pin, mute and list print the contact as a JSON line that fits the schema', async () => {
    const commands = [
      ['add', bob, '--name', 'Bobby'],
      ['rename', bob, 'Robert'],
      ['pin', bob],
      ['mute', bob],
      ['list'],
    ];
    const printed = [];
    for (const command of commands) {
      const { code, json } = await cli(messenger, ['contact', ...command, '--json']);
      expect([code, json.length]).toEqual([0, 1]);
      for (const line of json) expect(v.safeParse(jsonLine, line).issues).toBeUndefined();
      printed.push(json[0]);
    }
    expect(printed.map((line) => [line?.nickname, line?.pinned, line?.mutedUntil])).toEqual([
      ['Bobby', false, null],
      ['Robert', false, null],
      ['Robert', true, null],
      ['Robert', true, mutedForGood],
      ['Robert', true, mutedForGood],
    ]);
  });

  it.each([
    [['contact', 'pin', bob], 'sync 30000'],
    [['contact', 'add', bob, '--wait', '2.5'], 'sync 2500'],
    [['contact', 'block', bob, '--wait', '0'], 'sync 0'],
    [['settings', 'set', 'name', 'Ada', '--wait', '1'], 'sync 1000'],
  ])('%j waits for the network, and ends with 4 while that lacks the change', async (args, logged) => {
    await cli(messenger, ['contact', 'add', bob]);
    session.log.length = 0;
    const done = await cli(messenger, args);
    expect([done.code, session.log.filter((line) => line.startsWith('sync'))]).toEqual([0, [logged]]);
    session.sync = () => ({ status: 'pending', reason: 'No node answered.' });
    const { code, stderr } = await cli(messenger, args);
    expect(code).toBe(4);
    expect(stderr).toContain('No node answered. The next command that goes online sends it.');
  });

  it('does not go online for a setting of this device alone', async () => {
    const { code } = await cli(messenger, ['settings', 'set', 'theme', 'dark']);
    expect([code, session.log.filter((line) => line.startsWith('sync'))]).toEqual([0, []]);
  });

  it('mute --for ends at its time, and unmute before', async () => {
    await cli(messenger, ['contact', 'add', bob]);
    const before = Date.now();
    const { json } = await cli(messenger, ['contact', 'mute', bob, '--for', '8h', '--json']);
    const until = Number(json[0]?.mutedUntil);
    expect(until).toBeGreaterThanOrEqual(before + 8 * 3_600_000);
    expect(until).toBeLessThanOrEqual(Date.now() + 8 * 3_600_000);
    const unmuted = await cli(messenger, ['contact', 'unmute', bob, '--json']);
    expect(unmuted.json[0]?.mutedUntil).toBeNull();
  });

  it.each(['0h', '8', 'h', '-1h', '1.5h', '521w', '999999999d', ''])(
    'mute --for %j is wrong usage and opens nothing',
    async (time) => {
      const { code, stderr } = await cli(messenger, ['contact', 'mute', bob, `--for=${time}`]);
      expect([code, messenger.opened]).toEqual([2, 0]);
      expect(stderr).toContain('30m, 8h');
    },
  );

  it('accept, block, unblock and remove print how the contact stands, decline and remove how it was', async () => {
    const session = messenger.has();
    const bobby = await session.addContact(testId('b'), 'Bobby');
    session.people.set(bob, { ...bobby, id: bob, request: true, approvedMe: true });
    const printed = [];
    for (const what of ['accept', 'block', 'unblock', 'remove']) {
      const { code, json } = await cli(messenger, ['contact', what, bob, '--json']);
      expect([code, json.length]).toEqual([0, 1]);
      expect(v.safeParse(jsonLine, json[0]).issues).toBeUndefined();
      printed.push([what, json[0]?.approved, json[0]?.blocked, json[0]?.removed]);
    }
    expect(printed).toEqual([
      ['accept', true, false, undefined],
      ['block', true, true, undefined],
      ['unblock', true, false, undefined],
      ['remove', true, false, true],
    ]);
    session.people.set(bob, { ...bobby, id: bob, request: true, approvedMe: true });
    const declined = await cli(messenger, ['contact', 'decline', bob, '--json']);
    expect([declined.code, declined.json[0]?.removed]).toEqual([0, true]);
    expect((await cli(messenger, ['contact', 'decline', bob])).code).toBe(8);
  });

  it('show draws the account ID as a QR code for a person, and not into JSON', async () => {
    await cli(messenger, ['contact', 'add', bob]);
    const shown = await cli(messenger, ['contact', 'show', bob, '--qr']);
    expect(shown.stdout).toMatch(/[▀▄█]{10}/);
    const json = await cli(messenger, ['contact', 'show', bob, '--qr', '--json']);
    expect(json.stdout.trim().split('\n')).toHaveLength(1);
  });

  it.each([
    ['pin'],
    ['unpin'],
    ['mute'],
    ['unmute'],
    ['hide'],
    ['accept'],
    ['decline'],
    ['block'],
    ['unblock'],
    ['remove'],
    ['show'],
  ])('%s of nobody on record ends with 8', async (change) => {
    expect((await cli(messenger, ['contact', change, bob])).code).toBe(8);
  });

  it('add of what is no account ID is wrong usage', async () => {
    expect((await cli(messenger, ['contact', 'add', bob.slice(0, -2)])).code).toBe(2);
  });

  it('list and conversations say in words, and in a field, that a name looks like another one', async () => {
    const contact = {
      id: bob,
      name: 'Аnа',
      nickname: null,
      approved: true,
      approvedMe: true,
      blocked: false,
      request: false,
      pinned: false,
      mutedUntil: null,
      lookAlike: { kind: 'another', id: bob, name: 'Ana' },
    } as const;
    const { blocked: _, ...rest } = contact;
    const conversation = {
      ...rest,
      kind: 'contact',
      unread: 1,
      lastMessageAt: 5,
      preview: '',
      draft: '',
    } as const;
    for (const line of [contactLine(contact), conversationLine(conversation)]) {
      expect(v.safeParse(jsonLine, line).issues).toBeUndefined();
      expect(line.lookAlike).toBe('another');
      expect(formatHuman(line, () => null)).toContain('Аnа  (! the name looks like that of another contact)');
    }
  });
});
