import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ProtocolError } from '../../src/errors.ts';
import { type Content, decodeContent, encodeContent } from '../../src/protocol/content.ts';
import { readContent } from '../../src/protocol/data-message.ts';
import { type Expiry, readExpiry } from '../../src/protocol/expiry.ts';
import {
  buildMediaSaved,
  buildReaction,
  buildReceipt,
  buildTimerUpdate,
  buildTyping,
  buildUnsend,
} from '../../src/protocol/kinds.ts';

const author = `05${'ab'.repeat(32)}`;
const time = fc.integer({ min: 0, max: 2 ** 45 });
const expiry: fc.Arbitrary<Expiry> = fc.option(
  fc.record({
    mode: fc.constantFrom('after-send' as const, 'after-read' as const),
    seconds: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  }),
);
const wired = (content: Content): Content => decodeContent(encodeContent(content));

test('reads back each kind that it builds', () => {
  fc.assert(
    fc.property(
      time,
      time,
      fc.boolean(),
      expiry,
      fc.array(time, { maxLength: 20 }),
      (sentAt, at, yes, timer, read) => {
        const target = { author, sentAt: at };
        const reaction = wired(buildReaction({ sentAt, emoji: '🦊', remove: yes, target, expiry: timer }));
        expect(readContent(reaction)).toMatchObject({
          kind: 'data',
          flags: 0,
          body: '',
          reaction: { author, sentAt: at, emoji: '🦊', remove: yes },
        });
        const update = wired(buildTimerUpdate({ sentAt, expiry: timer, syncTarget: author }));
        expect(readContent(update)).toMatchObject({ kind: 'data', flags: 2, syncTarget: author });
        expect(readContent(wired(buildUnsend({ sentAt, target })))).toEqual({
          kind: 'unsend',
          author,
          sentAt: at,
        });
        expect(readContent(wired(buildReceipt({ sentAt, read })))).toEqual({ kind: 'receipt', sentAt: read });
        expect(readContent(wired(buildTyping({ sentAt, started: yes })))).toEqual({
          kind: 'typing',
          started: yes,
          timestamp: sentAt,
        });
        const saved = wired(buildMediaSaved({ sentAt, savedSentAt: at, expiry: timer }));
        expect(readContent(saved)).toEqual({ kind: 'extraction', what: 'media-saved' });
        for (const content of [reaction, update, saved]) {
          expect(content.sigTimestamp).toBe(BigInt(sentAt));
          expect(readExpiry(content, false)).toEqual(timer);
          expect(readExpiry(content, true)).toEqual(timer && { ...timer, mode: 'after-send' });
        }
      },
    ),
    { numRuns: 100, seed: 7 },
  );
});

test('writes the numbers of the wire, not those of the configs, where they are swapped', () => {
  const type = (mode: 'after-send' | 'after-read') =>
    buildTimerUpdate({ sentAt: 1, expiry: { mode, seconds: 60 } }).expirationType;
  expect([type('after-read'), type('after-send')]).toEqual([1, 2]);
  const off = buildTimerUpdate({ sentAt: 1, expiry: null });
  expect([off.expirationType, off.expirationTimer]).toEqual([0, 0]);
});

test('builds nothing with a time that is not whole milliseconds', () => {
  for (const sentAt of [1.5, -1, Number.NaN, 2 ** 60])
    expect(() => buildUnsend({ sentAt: 1, target: { author, sentAt } })).toThrow(ProtocolError);
});
