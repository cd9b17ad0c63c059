import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/core/types.ts';
import { safe } from '../../../src/text/sanitize.ts';
import type { People } from '../../../src/ui/panes/mentions.ts';
import { type BlockContext, type MessageKeys, messageBlock } from '../../../src/ui/panes/message-block.ts';
import { theme } from '../../../src/ui/theme/theme.ts';
import { testId } from '../../support/fake-session.ts';

const alice = testId('a');
const me = testId('f');
// Noon in UTC is the same day in most time zones, and the tests do not look at the hour.
const noon = Date.UTC(2026, 10, 24, 12, 0);

function message(change: Partial<Message> = {}): Message {
  return {
    id: 'm',
    conversation: alice,
    from: alice,
    direction: 'in',
    sentAt: noon,
    receivedAt: noon,
    body: 'hello',
    status: 'received',
    attachments: [],
    ...change,
  };
}

function own(change: Partial<Message> = {}): Message {
  return message({ from: me, direction: 'out', status: 'sent', ...change });
}

const people: People = {
  isOwn: (id) => id === me,
  nameOf: (id) => safe(id === me ? 'You' : id === alice ? 'Alice Liddell' : id.slice(0, 4)),
};

const keys: MessageKeys = { whole: 'v', retry: 'r' };

/** The block's text without colours. */
function block(subject: Message, change: Partial<BlockContext> = {}): string[] {
  const context: BlockContext = {
    width: 40,
    theme,
    compact: true,
    name: safe('Alice'),
    people,
    keys,
    previous: undefined,
    next: undefined,
    quoted: undefined,
    unread: 0,
    ...change,
  };
  return messageBlock(subject, context).map(({ text }) => text.replace(/\x1b\[\d+m/g, '').trimEnd());
}

describe('a message', () => {
  it('comes with its day and its sender when nothing is before it', () => {
    const [day, head, body] = block(message());
    expect(day).toMatch(/^─+ .*24 November 2026 ─+$/);
    expect(head).toMatch(/^Alice {2}\d\d:\d\d$/);
    expect(body).toBe('  hello');
  });

  it('follows another of the same sender without a head, and one of another sender with one', () => {
    expect(block(message({ sentAt: noon + 60_000 }), { previous: message() })).toEqual(['  hello']);
    expect(block(own({ sentAt: noon + 60_000 }), { previous: message() })).toHaveLength(2);
    expect(block(message({ sentAt: noon + 10 * 60_000 }), { previous: message() })).toHaveLength(2);
  });

  it('says that it is queued and why, that it failed and what to do, and that it was sent', () => {
    const after = { previous: own({ sentAt: noon - 1 }) };
    expect(block(own({ status: 'queued' }), after)).toEqual(['~ hello  queued']);
    expect(block(own({ status: 'queued', reason: 'no network' }), after)).toEqual([
      '~ hello',
      '  queued: no network',
    ]);
    expect(block(own({ status: 'failed', reason: 'Refused' }), after)).toEqual([
      '! hello',
      '  failed: Refused. Select it and press',
      '  r to try again.',
    ]);
    expect(block(own(), after)).toEqual(['✓ hello  sent']);
    expect(block(own({ status: 'read' }), after)).toEqual(['✓ hello  read']);
  });

  it('says sent once for a run of messages', () => {
    expect(block(own(), { previous: own({ sentAt: noon - 1 }), next: own({ sentAt: noon + 1 }) })).toEqual([
      '✓ hello',
    ]);
  });

  it('names attachments and quotes without letting them break the line', () => {
    const attachment = { id: 'a', name: 'evil\x1b[2J\n.png', contentType: 'image/png', sizeBytes: 2048 };
    expect(block(message({ body: '', attachments: [attachment] })).slice(-2)).toEqual([
      '  [attachment: evil␛[2J .png, 2.0 KiB]',
      '  [hidden characters]',
    ]);
    const quote = { author: alice, sentAt: noon };
    expect(block(own({ quote }), { quoted: message({ body: 'one\ntwo' }) }).slice(2)).toEqual([
      '✓ > one two',
      '  hello  sent',
    ]);
    expect(block(own({ quote })).slice(2)).toEqual(['✓ > an earlier message', '  hello  sent']);
  });

  it('folds a wall of line ends, and shows something for nothing', () => {
    const lines = block(message({ body: '\n'.repeat(5000) }));
    expect(lines.length).toBeLessThan(450);
    expect(lines.at(-1)).toMatch(/more lines: v shows all/);
    const others = block(message({ body: 'x\n'.repeat(5000) }), { keys: { whole: 'Ctrl-T', retry: null } });
    expect(others.at(-1)).toMatch(/more lines: Ctrl-T shows all\]/);
    expect(block(message({ body: '' })).at(-1)).toBe('  [empty message]');
  });

  it('takes any time for what it is worth', () => {
    expect(() => block(message({ sentAt: Number.NaN }))).not.toThrow();
    expect(() => block(message({ sentAt: 9e15 }))).not.toThrow();
  });

  it('has the place where reading stopped above it, and its sender named again', () => {
    const before = message({ sentAt: noon - 1 });
    expect(block(message(), { previous: before, unread: 3 }).slice(0, 2)).toEqual([
      expect.stringMatching(/^─+ 3 new ─+$/),
      expect.stringMatching(/^Alice {2}/),
    ]);
    const [day, line] = block(message(), { unread: 12 });
    expect(day).toMatch(/2026 ─+$/);
    expect(line).toMatch(/^─+ 12 new ─+$/);
  });

  it('shows whom it mentions by name, over line ends too, oneself in a colour of its own; links stay whole', () => {
    const body = `hi @${alice} and @${me.toUpperCase()}, not @${me}0 or https://x.example/@${me}`;
    expect(block(message({ body }), { width: 200 }).at(-1)).toBe(
      `  hi @Alice Liddell and @You, not @${me}0 or https://x.example/@${me}`,
    );
    const narrow = messageBlock(message({ body: `hello my dear @${alice}! @${me}` }), {
      width: 24,
      theme,
      compact: true,
      name: safe('Alice'),
      people,
      keys,
      previous: message(),
      next: undefined,
      quoted: undefined,
      unread: 0,
    }).map(({ text }) => text);
    const painted = (code: string) =>
      narrow.flatMap((text) =>
        Array.from(text.matchAll(new RegExp(`\x1b\\[${code}m(.*?)\x1b`, 'g')), (m) => m[1]),
      );
    expect(painted('36')).toEqual(['@Alice', 'Liddell']);
    expect(painted('33')).toEqual(['@You']);
  });

  it('quotes a message with the names it mentions', () => {
    const quoted = message({ id: 'q', body: `ask @${alice}` });
    const lines = block(own({ quote: { author: alice, sentAt: noon } }), { quoted });
    expect(lines.join('\n')).toContain('> ask @Alice Liddell');
  });

  it('has its links underlined, over line ends too, and no other word', () => {
    const styled = messageBlock(
      message({ body: 'see https://example.org/a/very/long/path/indeed/it/is now' }),
      {
        width: 30,
        theme,
        compact: true,
        name: safe('Alice'),
        people,
        keys,
        previous: message(),
        next: undefined,
        quoted: undefined,
        unread: 0,
      },
    );
    const underlined = styled.flatMap(({ text }) =>
      [...text.matchAll(/\x1b\[4m(.*?)\x1b\[24m/g)].map((m) => m[1]),
    );
    expect(underlined.length).toBeGreaterThan(1);
    expect(underlined.join('')).toBe('https://example.org/a/very/long/path/indeed/it/is');
    expect(block(message({ body: 'javascript:alert(1) www.example.org' })).join('')).not.toContain('\x1b[4m');
  });

  it('says that it carries hidden characters, and does not of emoji', () => {
    expect(block(message({ body: 'in\u202evoice' })).at(-1)).toBe('  [hidden characters]');
    expect(block(message({ body: '👨‍👩‍👧 ❤️' })).join('')).not.toContain('hidden');
  });
});

describe('what is no text', () => {
  it('shows reactions under the message, each emoji with how many put it there', () => {
    const reactions = [
      { emoji: '👍', from: [alice, me] },
      { emoji: '❤️', from: [me] },
    ];
    const after = { previous: message({ sentAt: noon - 1 }) };
    expect(block(message({ reactions }), after)).toEqual(['  hello', '  👍 2  ❤️ 1']);
    const sent = block(own({ reactions }), { previous: own({ sentAt: noon - 1 }) });
    expect(sent).toEqual(['✓ hello', '  👍 2  ❤️ 1  sent']);
  });

  it('cuts reactions that do not fit, and shows none that could do anything to the terminal', () => {
    const reactions = Array.from({ length: 40 }, () => ({ emoji: '\u001b[2J', from: [alice] }));
    const [, line = ''] = block(message({ reactions }), { previous: message({ sentAt: noon - 1 }) });
    expect(line.length).toBeLessThanOrEqual(40);
    expect(line).toContain('␛');
  });

  it('shows a line in words where nobody wrote, with who it is about and no head', () => {
    const after = { previous: message({ sentAt: noon - 1 }) };
    const line = (notice: NonNullable<Message['notice']>, by = message): string =>
      block(by({ body: '', notice }), { ...after, width: 100 })
        .join(' ')
        .trim();
    expect(line({ kind: 'deleted' })).toBe('Alice deleted this message');
    expect(line({ kind: 'missed-call' })).toBe('Alice called: missed call, calls are not supported here');
    expect(line({ kind: 'timer', expiry: { mode: 'after-read', seconds: 43_200 } })).toBe(
      'Alice set their messages to disappear 12 hours after they are read',
    );
    expect(line({ kind: 'timer', expiry: null })).toBe('Alice set their messages to stay');
    expect(line({ kind: 'unknown' })).toContain('can’t show');
    expect(line({ kind: 'media-saved' })).toContain('saved a file');
  });
});
