import { expect, test } from 'vitest';
import { ProtocolError } from '../../src/errors.ts';
import { createContent, decodeContent, encodeContent } from '../../src/protocol/content.ts';
import { buildTextContent, readContent } from '../../src/protocol/data-message.ts';
import { toHex } from '../../src/util/bytes.ts';

const sentAt = 1700000000123;
const author = `05${'ab'.repeat(32)}`;
const read = (fields: Parameters<typeof createContent>[0]) =>
  readContent(decodeContent(encodeContent(createContent(fields))));

test('writes a text exactly as Session Desktop does, expiry switched off explicitly', () => {
  const bytes = encodeContent(buildTextContent({ body: 'hello', sentAt, profileName: '' }));
  expect(toHex(bytes)).toBe('0a070a0568656c6c6f6000680078fbd095ffbc31');
});

test('reads back what it builds', () => {
  const quote = { author, sentAt: 1699999999999 };
  const content = buildTextContent({
    body: 'Grüße',
    sentAt,
    profileName: 'Fox',
    profileUpdatedAtSec: 1700000000,
    syncTarget: author,
    quote,
  });
  expect(readContent(content)).toMatchObject({
    kind: 'data',
    body: 'Grüße',
    flags: 0,
    quote,
    syncTarget: author,
    profile: { name: 'Fox', updatedAtSec: 1700000000 },
    expirationType: 'none',
  });
});

test('leaves the profile out when there is no name to send', () => {
  expect(readContent(buildTextContent({ body: 'x', sentAt, profileName: '' }))).toMatchObject({
    profile: null,
  });
});

test('builds no message with a time that is not whole milliseconds', () => {
  for (const time of [1.5, -1, Number.NaN, 2 ** 60]) {
    expect(() => buildTextContent({ body: 'x', sentAt: time, profileName: '' })).toThrow(ProtocolError);
  }
});

test('a picture counts only with both URL and key', () => {
  const profile = { displayName: 'Fox', profilePicture: 'http://x/file/7' };
  const key = new Uint8Array(32).fill(1);
  expect(read({ dataMessage: { profile, profileKey: key } })).toMatchObject({
    profile: { pictureUrl: 'http://x/file/7', pictureKey: key },
  });
  for (const profileKey of [new Uint8Array(), key.subarray(1)]) {
    const data = read({ dataMessage: { profile, profileKey } });
    expect(data).toMatchObject({ profile: { name: 'Fox' } });
    expect(data).not.toHaveProperty('profile.pictureUrl');
  }
});

test('takes profile times in milliseconds for what they are', () => {
  const time = (lastProfileUpdateSeconds: bigint) =>
    read({ dataMessage: { profile: { lastProfileUpdateSeconds } } });
  expect(time(1700000000n)).toMatchObject({ profile: { updatedAtSec: 1700000000 } });
  expect(time(1700000000123n)).toMatchObject({ profile: { updatedAtSec: 1700000000 } });
  expect(time(2n ** 64n - 1n)).toMatchObject({ profile: { updatedAtSec: 0 } });
});

test('expiry needs a timer and a mode', () => {
  const expiry = (expirationType: number, expirationTimer: number) =>
    read({ dataMessage: { body: 'x' }, expirationType, expirationTimer });
  expect(expiry(1, 60)).toMatchObject({ expirationType: 'after-read', expirationTimerSec: 60 });
  expect(expiry(2, 60)).toMatchObject({ expirationType: 'after-send', expirationTimerSec: 60 });
  expect(expiry(2, 0)).toMatchObject({ expirationType: 'none' });
  expect(expiry(0, 60)).toMatchObject({ expirationType: 'none' });
});

test('says what a data message holds that is not text', () => {
  expect(
    read({
      dataMessage: {
        attachments: [{ deprecatedId: 1n, fileName: 'a.png', contentType: 'image/png', size: 9, flags: 1 }],
        preview: [{ url: 'https://example.org' }],
        reaction: { id: 1n, author, emoji: '🦊', action: 0 },
        communityInvitation: { url: 'http://x/y', name: 'Y' },
        groupUpdateMessage: { memberLeftMessage: {} },
        flags: 2,
      },
    }),
  ).toMatchObject({
    flags: 2,
    attachments: [{ fileName: 'a.png', contentType: 'image/png', sizeBytes: 9, voice: true }],
    hasPreview: true,
    reaction: { author, sentAt: 1, emoji: '🦊', remove: false },
    hasCommunityInvitation: true,
    hasGroupUpdate: true,
  });
});

test('reads each control message', () => {
  expect(read({ receiptMessage: { type: 1, timestamp: [5n, 2n ** 63n, 6n] } })).toEqual({
    kind: 'receipt',
    sentAt: [5, 6],
  });
  expect(read({ typingMessage: { timestamp: 5n, action: 0 } })).toEqual({
    kind: 'typing',
    started: true,
    timestamp: 5,
  });
  expect(read({ dataExtractionNotification: { type: 2 } })).toEqual({
    kind: 'extraction',
    what: 'media-saved',
  });
  expect(read({ unsendRequest: { timestamp: 5n, author } })).toEqual({ kind: 'unsend', author, sentAt: 5 });
  expect(read({ callMessage: { type: 6, uuid: 'u' } })).toEqual({
    kind: 'call',
    what: 'pre-offer',
    uuid: 'u',
  });
  expect(read({ messageRequestResponse: { isApproved: true, profile: { displayName: 'Fox' } } })).toEqual({
    kind: 'request-response',
    isApproved: true,
    profile: { name: 'Fox', updatedAtSec: 0 },
  });
  expect(read({ sharedConfigMessage: { kind: 1, seqno: 1n, data: new Uint8Array(1) } })).toEqual({
    kind: 'config',
  });
});

test('tells retired, empty and senseless contents from those of a later version', () => {
  expect(read({})).toEqual({ kind: 'retired' });
  expect(read({ receiptMessage: { type: 0, timestamp: [5n] } })).toEqual({ kind: 'retired' });
  expect(read({ unsendRequest: { timestamp: 2n ** 63n, author } })).toEqual({ kind: 'retired' });
  // field 7 (a configuration of old) and field 42, each with two bytes
  expect(readContent(decodeContent(Uint8Array.of(0x3a, 2, 8, 1)))).toEqual({ kind: 'retired' });
  expect(readContent(decodeContent(Uint8Array.of(0xd2, 2, 2, 8, 1)))).toEqual({ kind: 'unknown' });
});

test('takes the first of several contents, in the order of Session Desktop', () => {
  const several = {
    receiptMessage: { type: 1, timestamp: [5n] },
    unsendRequest: { timestamp: 5n, author },
    callMessage: { type: 1, uuid: 'u' },
    messageRequestResponse: { isApproved: true },
  };
  expect(read({ ...several, dataMessage: { body: 'x' } })).toMatchObject({ kind: 'data' });
  expect(read(several)).toMatchObject({ kind: 'receipt' });
});

test('a quote of a time beyond all dates refers to nothing', () => {
  const data = read({ dataMessage: { body: 'x', quote: { id: 2n ** 64n - 1n, author } } });
  expect(data).not.toHaveProperty('quote');
});
