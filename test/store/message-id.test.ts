import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareMessages, conversationHash, messageId, parseMessageId } from '../../src/store/message-id.ts';
import { alice, bob } from '../support/stored.ts';

describe('a message ID', () => {
  it('is the same for ever', () => {
    expect(messageId(alice, bob, 1_700_000_000_123)).toBe('4zbxasbjmc6ijzqqeloyw3v5n');
  });

  it('is short, and leads back to conversation and sent time', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.maxSafeNat(), (conversation, from, sentAt) => {
        const id = messageId(conversation, from, sentAt);
        expect(id).toMatch(/^[0-9a-z]{18,28}$/);
        expect(parseMessageId(id)).toEqual({ conversationHash: conversationHash(conversation), sentAt });
      }),
    );
  });

  it('differs by conversation, author and sent time', () => {
    const ids = [
      messageId(alice, bob, 1),
      messageId(alice, bob, 2),
      messageId(alice, alice, 1),
      messageId(bob, bob, 1),
      messageId(`${alice}0`, bob.slice(1), 1),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('refuses times that are not whole milliseconds since 1970', () => {
    for (const sentAt of [-1, 1.5, Number.NaN, 2 ** 53])
      expect(() => messageId(alice, bob, sentAt)).toThrow(RangeError);
  });

  it('is recognised only in its one form', () => {
    const id = messageId(alice, bob, 5);
    for (const text of [
      '',
      id.slice(0, 17),
      `${id}${id}`,
      id.toUpperCase(),
      `${id.slice(0, 17)}05`,
      ` ${id}`,
    ]) {
      expect(parseMessageId(text)).toBeNull();
    }
  });

  it('orders messages by sent time first', () => {
    const order = [
      { sentAt: 2, id: 'a' },
      { sentAt: 1, id: 'b' },
      { sentAt: 1, id: 'a' },
    ].sort(compareMessages);
    expect(order.map(({ sentAt, id }) => `${sentAt}${id}`)).toEqual(['1a', '1b', '2a']);
  });
});
