import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attacks } from '../fixtures/attacks.ts';
import { cli } from '../support/cli.ts';
import { bob, FakeMessenger, fakeMessage, online } from '../support/fake-messenger.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-tui-attacks-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** No control but the line end, no bidi embedding or override, nothing that is half a character. */
const acts = /[\0-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e]|\p{Cs}/u;
const actsInJson = /[\0-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]|\p{Cs}/u;

/** Bob's name, messages and files are each attack in turn; the account's own name is the last one. */
function attacked(): FakeMessenger {
  const messenger = new FakeMessenger();
  const session = messenger.has();
  session.network = { ...online, detail: attacks.map(({ text }) => text.slice(0, 50)).join('') };
  for (const [index, { text }] of attacks.entries()) {
    const attachments = [{ id: 'f', name: text, contentType: text, sizeBytes: 5 }];
    session.add(fakeMessage({ id: `m${index}`, body: text, attachments }));
    session.conversations.push({
      id: index === 0 ? bob : `05${index.toString(16).padStart(64, '0')}`,
      kind: 'contact',
      name: text,
      unread: 1,
      lastMessageAt: 5,
      preview: text,
      request: index % 2 === 0,
      pinned: false,
      mutedUntil: null,
      draft: text,
    });
    session.people.set(String(index), {
      id: `05${index.toString(16).padStart(64, '0')}`,
      name: text,
      nickname: index % 2 === 0 ? text : null,
      approved: true,
      approvedMe: true,
      blocked: false,
      request: false,
      pinned: false,
      mutedUntil: null,
    });
  }
  session.name = attacks.at(-1)?.text ?? '';
  return messenger;
}

const commands = [
  ['messages', bob, '--limit', '1000'],
  ['read', bob],
  ['receive'],
  ['conversations'],
  ['contact', 'list'],
  ['account', 'show'],
  ['network', 'status'],
  ['settings', 'list'],
  ['profile', 'list'],
] as const;

describe('what strangers wrote, in the output of commands', () => {
  it.each(commands.map((command) => [command.join(' '), command]))(
    '%s: nothing of it acts',
    async (_, command) => {
      const human = await cli(attacked(), command);
      expect(human).toMatchObject({ code: 0, stderr: '' });
      expect(human.stdout + human.stderr).not.toMatch(acts);
      expect(human.stdout).not.toBe('');
      const json = await cli(attacked(), ['--json', ...command]);
      expect(json.stdout + json.stderr).not.toMatch(actsInJson);
      expect(json.json.length).toBeGreaterThan(0);
      expect(json.code).toBe(human.code);
    },
  );

  it('each message shows something, whatever is in it', async () => {
    const { stdout } = await cli(attacked(), ['messages', bob, '--limit', '1000']);
    const blocks = stdout.split(/^(?=\d{4}-\d\d-\d\d )/m);
    expect(blocks).toHaveLength(attacks.length);
    for (const block of blocks) {
      const shown = block.split('\n').slice(1);
      expect(
        shown.some((row) => /^ {2}(?!\[file: )[^\n]*[^\s\p{Default_Ignorable_Code_Point}\u2800]/u.test(row)),
      ).toBe(true);
    }
  });

  it('exported to a file, it is words as well', async () => {
    for (const extension of ['md', 'html', 'jsonl']) {
      const file = join(folder, `out.${extension}`);
      const { code } = await cli(attacked(), ['messages', bob, '--export', file]);
      expect(code).toBe(0);
      expect(await readFile(file, 'utf8')).not.toMatch(acts);
    }
  });

  it('as an argument that is refused, it does not act either', async () => {
    for (const { text } of attacks.filter((_, index) => index % 4 === 0)) {
      const { stdout, stderr } = await cli(attacked(), ['read', text.slice(0, 500)]);
      expect(stdout + stderr).not.toMatch(acts);
    }
  });
});
