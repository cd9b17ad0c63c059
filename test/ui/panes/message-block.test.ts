import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/core/types.ts';
import { safe } from '../../../src/text/sanitize.ts';
import { type BlockContext, messageBlock } from '../../../src/ui/panes/message-block.ts';
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

/** The block's text without colours. */
function block(subject: Message, change: Partial<BlockContext> = {}): string[] {
  const context: BlockContext = {
    width: 40,
    theme,
    compact: true,
    name: safe('Alice'),
    previous: undefined,
    next: undefined,
    quoted: undefined,
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
    expect(block(message({ body: '', attachments: [attachment] })).at(-1)).toBe(
      '  [attachment: evil␛[2J .png, 2.0 KiB]',
    );
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
    expect(lines.at(-1)).toMatch(/more lines are not shown/);
    expect(block(message({ body: '' })).at(-1)).toBe('  [empty message]');
  });

  it('takes any time for what it is worth', () => {
    expect(() => block(message({ sentAt: Number.NaN }))).not.toThrow();
    expect(() => block(message({ sentAt: 9e15 }))).not.toThrow();
  });
});
