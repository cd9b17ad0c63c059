import { describe, expect, it } from 'vitest';
import { keyPairFromSeed } from '../../../src/crypto/ed25519.ts';
import { ProtocolError } from '../../../src/errors.ts';
import {
  canonicalBaseUrl,
  communityUrl,
  parseCommunityUrl,
} from '../../../src/protocol/config/communities.ts';
import {
  changeBlindedContact,
  changeContact,
  eraseBlindedContact,
  listBlindedContacts,
  listContacts,
  readContact,
} from '../../../src/protocol/config/contacts.ts';
import { changeReadMark, eraseReadMark, readConvoInfo } from '../../../src/protocol/config/convo-info.ts';
import { type ConfigDict, getIn, setIn } from '../../../src/protocol/config/data.ts';
import { truncateName } from '../../../src/protocol/config/fields.ts';
import { createConfig } from '../../../src/protocol/config/index.ts';
import type { ConfigKind } from '../../../src/protocol/config/kinds.ts';
import {
  changeCommunity,
  changeGroup,
  listCommunities,
  listGroups,
} from '../../../src/protocol/config/user-groups.ts';
import { changeUserProfile, readUserProfile } from '../../../src/protocol/config/user-profile.ts';
import { parseAccountId } from '../../../src/protocol/ids.ts';
import { toHex, utf8Encode } from '../../../src/util/bytes.ts';
import { account, idOf, now } from './devices.ts';

const make = (kind: ConfigKind, data: ConfigDict = new Map()) => {
  const config = createConfig(kind, account);
  config.edit(() => data);
  return config;
};
const key = new Uint8Array(32).fill(5);
const picture = (n: number) => ({ url: `http://filev2.getsession.org/file/${n}`, key });
const pubkey = new Uint8Array(32).fill(6);
const dayMs = 86_400_000;

describe('the user profile', () => {
  it('dates what contacts see, in the time that counts, and nothing that is unchanged', () => {
    const config = make('UserProfile');
    changeUserProfile(config, { name: 'Ann', priority: 1, expirySeconds: 60 }, 100);
    expect(readUserProfile(config.data)).toMatchObject({ name: 'Ann', changedAt: 100, updatedAt: 100 });
    changeUserProfile(config, { name: 'Ann' }, 200);
    changeUserProfile(config, { priority: -1, expirySeconds: 0 }, 200);
    expect(readUserProfile(config.data)).toMatchObject({ changedAt: 100, priority: -1, expirySeconds: 0 });
    changeUserProfile(config, { picture: picture(1) }, 300);
    changeUserProfile(config, { reuploadedPicture: picture(2) }, 400);
    expect(readUserProfile(config.data)).toMatchObject({ changedAt: 300, reuploadedAt: 400, updatedAt: 400 });
    expect(readUserProfile(config.data).picture).toEqual(picture(2));
    changeUserProfile(config, { blindedRequests: false }, 500);
    expect(readUserProfile(config.data)).toMatchObject({
      reuploadedAt: 500,
      changedAt: 300,
      blindedRequests: false,
    });
    expect(config.data.get('M')).toBe(0n);
    changeUserProfile(config, { picture: null }, 600);
    expect(readUserProfile(config.data)).toMatchObject({
      picture: null,
      reuploadedPicture: null,
      changedAt: 600,
      reuploadedAt: 600,
    });
  });

  it('leaves what belongs to Session Pro untouched', () => {
    const pro: ConfigDict = new Map<string, ConfigDict extends ReadonlyMap<string, infer V> ? V : never>([
      ['f', [0n, 1n]],
      ['E', 1_800_000_000_000n],
      ['s', utf8Encode('credential')],
      ['A', 1n],
      ['G', 60n],
      ['R', 5n],
      ['I', 6n],
    ]);
    const config = make('UserProfile', pro);
    changeUserProfile(config, { name: 'Ann', picture: picture(1) }, 10);
    for (const [field, value] of pro) expect(config.data.get(field)).toEqual(value);
    expect(readUserProfile(config.data).pro).toEqual({
      features: [0, 1],
      expiresAt: 1_800_000_000,
      hasCredential: true,
      autoRenewing: true,
      graceSeconds: 60,
      refundRequestedAt: 5,
      purchaseAt: 6,
    });
  });

  it('refuses names over 100 bytes, and cuts them between characters where that is asked for', () => {
    const config = make('UserProfile');
    expect(() => changeUserProfile(config, { name: 'é'.repeat(51) }, 1)).toThrow(ProtocolError);
    expect(config.data.size).toBe(0);
    expect(truncateName(`${'x'.repeat(97)}🦊`)).toBe('x'.repeat(97));
    expect(truncateName(`${'x'.repeat(95)}🦊🦊`)).toBe(`${'x'.repeat(95)}🦊`);
    expect(() => changeUserProfile(config, { picture: { url: 'x'.repeat(224), key } }, 1)).toThrow(
      ProtocolError,
    );
    expect(() => changeUserProfile(config, { picture: { url: 'x', key: key.subarray(1) } }, 1)).toThrow(
      ProtocolError,
    );
  });

  it('reads absurd values as absent and never fails', () => {
    const config = make(
      'UserProfile',
      new Map<string, bigint | Uint8Array | bigint[]>([
        ['n', 5n],
        ['p', utf8Encode('x'.repeat(300))],
        ['q', key],
        ['+', 2n ** 62n],
        ['e', -5n],
        ['M', utf8Encode('x')],
        ['f', [-1n, 3n, 2n ** 40n]],
      ]),
    );
    expect(readUserProfile(config.data)).toMatchObject({
      name: '',
      picture: null,
      priority: 0,
      expirySeconds: 0,
      blindedRequests: null,
      pro: { features: [3] },
    });
  });
});

describe('contacts', () => {
  const id = parseAccountId(idOf(1));
  if (id === null) throw new Error('no ID');
  const raw = Buffer.from(id, 'hex').toString('latin1');

  it('take times in ms and µs for what they are, on reading and on writing', () => {
    const config = make('Contacts');
    changeContact(config, id, { createdAt: 1_700_000_000_000, mutedUntil: 1_700_000_000_000_000 });
    expect(getIn(config.data, 'c', raw, 'j')).toBe(1_700_000_000n);
    expect(getIn(config.data, 'c', raw, '!')).toBe(1_700_000_000n);
    config.edit((data) => setIn(data, ['c', raw, 'j'], 1_600_000_000_000n));
    expect(readContact(config.data, id)?.createdAt).toBe(1_600_000_000);
  });

  it('have a name even when it is empty, and a picture only as a whole', () => {
    const config = make('Contacts');
    changeContact(config, id, {});
    expect(listContacts(config.data)).toMatchObject([{ id, name: '', picture: null, profileUpdatedAt: 0 }]);
    changeContact(config, id, { picture: picture(1), profileUpdatedAt: 7 });
    expect(readContact(config.data, id)).toMatchObject({ picture: picture(1), profileUpdatedAt: 7 });
    config.edit((data) => setIn(data, ['c', raw, 'q'], null));
    expect(readContact(config.data, id)?.picture).toBeNull();
  });

  it('of communities are kept by server, and the server goes with the last of them', () => {
    const config = make('Contacts');
    const address = { baseUrl: 'HTTPS://Example.org:443/', serverKey: pubkey, id: `15${'ab'.repeat(32)}` };
    changeBlindedContact(config, address, { name: 'Ann', priority: 1, createdAt: 9 });
    expect(listBlindedContacts(config.data)).toMatchObject([
      {
        baseUrl: 'https://example.org',
        serverKey: pubkey,
        id: address.id,
        name: 'Ann',
        priority: 1,
        createdAt: 9,
      },
    ]);
    changeBlindedContact(config, { ...address, id: `25${'cd'.repeat(32)}` }, { name: 'Ben' });
    expect(listBlindedContacts(config.data).map((contact) => contact.id.slice(0, 2))).toEqual(['15', '25']);
    eraseBlindedContact(config, address.baseUrl, address.id);
    eraseBlindedContact(config, address.baseUrl, `25${'cd'.repeat(32)}`);
    expect(config.data.size).toBe(0);
    expect(() => changeBlindedContact(config, { ...address, id: idOf(1) }, {})).toThrow(ProtocolError);
  });
});

describe('read marks', () => {
  it('of old conversations are not recorded, and leave when the config is stored, but for those marked unread', () => {
    const config = make('ConvoInfoVolatile');
    const at = (n: number) => ({ kind: 'oneToOne', id: idOf(n) }) as const;
    const room = { baseUrl: 'https://example.org', room: 'Lobby', pubkey };
    changeReadMark(config, at(1), { lastRead: now - 31 * dayMs }, now);
    expect(readConvoInfo(config.data).oneToOne).toEqual([]);
    changeReadMark(config, at(2), { lastRead: now - dayMs }, now);
    changeReadMark(config, at(2), { lastRead: now - 31 * dayMs }, now);
    expect(readConvoInfo(config.data).oneToOne).toMatchObject([{ lastRead: now - 31 * dayMs }]);
    changeReadMark(config, at(3), { lastRead: now - dayMs, unread: true }, now);
    changeReadMark(config, room, { lastRead: now - dayMs }, now);
    const { seqno } = config.push(now);
    config.confirmPushed(seqno, ['h']);
    config.push(now + 20 * dayMs);
    expect(readConvoInfo(config.data).oneToOne.map(({ id }) => id)).toEqual([idOf(3)]);
    expect(readConvoInfo(config.data).communities).toHaveLength(1);
    config.push(now + 50 * dayMs);
    expect(config.data.has('o')).toBe(false);
    expect(readConvoInfo(config.data).oneToOne).toHaveLength(1);
  });

  it('of blinded people carry their kind, and a Pro proof only as a whole', () => {
    const config = make('ConvoInfoVolatile');
    const id = `15${'ab'.repeat(32)}`;
    changeReadMark(config, { kind: 'blinded', id }, { lastRead: now }, now);
    const raw = Buffer.from(id, 'hex').toString('latin1');
    expect(getIn(config.data, 'b', raw, 'y')).toBe(1n);
    config.edit((data) => setIn(data, ['b', raw, 'e'], BigInt(now)));
    expect(readConvoInfo(config.data).blinded).toMatchObject([{ id, lastRead: now, pro: null }]);
    config.edit((data) => setIn(data, ['b', raw, 'g'], key));
    expect(readConvoInfo(config.data).blinded[0]?.pro).toEqual({ expiresAt: now / 1000, tag: key });
    eraseReadMark(config, { kind: 'blinded', id });
    expect(config.data.size).toBe(0);
    expect(() => changeReadMark(config, { kind: 'blinded', id: idOf(1) }, {}, now)).toThrow(ProtocolError);
    expect(() => changeReadMark(config, { kind: 'oneToOne', id: idOf(1) }, { lastRead: -1 }, now)).toThrow(
      ProtocolError,
    );
  });
});

describe('groups', () => {
  const seed = new Uint8Array(32).fill(4);
  const id = `03${toHex(keyPairFromSeed(seed).publicKey)}`;
  const authData = new Uint8Array(100).fill(1);

  it('know a seed only when it is that of the group, and lose their keys when we are removed', () => {
    const config = make('UserGroups');
    changeGroup(config, id, { authData, name: 'Club', invited: true });
    expect(listGroups(config.data)).toMatchObject([{ name: 'Club', seed: null, authData, invited: true }]);
    changeGroup(config, id, { seed });
    expect(listGroups(config.data)[0]?.seed).toEqual(seed);
    changeGroup(config, id, { mark: 'kicked' });
    expect(listGroups(config.data)).toMatchObject([{ seed: null, authData: null, removed: 'kicked' }]);
    changeGroup(config, id, { mark: 'invited' });
    expect(listGroups(config.data)).toMatchObject([{ removed: 'none' }]);
    changeGroup(config, id, { seed: new Uint8Array(32).fill(9) });
    expect(listGroups(config.data)[0]?.seed).toBeNull();
    changeGroup(config, id, { mark: 'destroyed' });
    for (const mark of ['kicked', 'invited'] as const) changeGroup(config, id, { mark });
    expect(listGroups(config.data)).toMatchObject([{ removed: 'destroyed' }]);
    expect(() => changeGroup(config, id, { seed: authData })).toThrow(ProtocolError);
  });

  it('of the open kind keep the capitals of their room', () => {
    const config = make('UserGroups');
    const address = { baseUrl: 'https://example.org', room: 'FooBar', pubkey };
    changeCommunity(config, address, { priority: 1 });
    changeCommunity(config, { ...address, room: 'foobar' }, { notifications: 'mentions_only' });
    expect(listCommunities(config.data)).toMatchObject([
      { room: 'FooBar', priority: 1, notifications: 'mentions_only' },
    ]);
    expect(() => changeCommunity(config, address, { room: 'other' })).toThrow(ProtocolError);
  });
});

describe('community addresses', () => {
  it('have one form', () => {
    expect(canonicalBaseUrl('HTTP://Example.ORG:80/')).toBe('http://example.org');
    expect(canonicalBaseUrl('https://example.org:80')).toBe('https://example.org:80');
    const address = { baseUrl: 'https://example.org', room: 'Lobby', pubkey };
    expect(parseCommunityUrl(communityUrl(address))).toEqual(address);
    const base64 = Buffer.from(pubkey).toString('base64');
    for (const text of [base64, base64.replace('=', '')])
      expect(parseCommunityUrl(`https://example.org/r/Lobby?public_key=${text}`)).toEqual(address);
    // 32 bytes of zeros in z-base-32
    const zeros = parseCommunityUrl(`https://example.org/Lobby?public_key=${'y'.repeat(52)}`);
    expect(zeros.pubkey).toEqual(new Uint8Array(32));
  });

  it.each([
    'ftp://example.org',
    'https://a.b',
    'https://localhost',
    'https://example.org/path',
    'https://example.org:0',
    'https://ex ample.org',
    'x',
  ])('refuse %s as a server', (url) => expect(() => canonicalBaseUrl(url)).toThrow(ProtocolError));

  it.each([
    '',
    'https://example.org/r?public_key=ab',
    'https://example.org/lob%20by?public_key='.concat('ab'.repeat(32)),
  ])('refuse %s as a room', (url) => expect(() => parseCommunityUrl(url)).toThrow(ProtocolError));
});
