/** The decoders that read what others wrote, each with a few well-formed inputs to start from. */
import { StoreError, UsageError } from '../../src/errors.ts';
import { parseNetworkFile } from '../../src/net/network-file.ts';
import { deriveAccount } from '../../src/protocol/account.ts';
import { decodeBencode } from '../../src/protocol/bencode.ts';
import { parseCommunityUrl } from '../../src/protocol/config/communities.ts';
import { zstdCompress } from '../../src/protocol/config/compress.ts';
import { changeContact, listBlindedContacts, listContacts } from '../../src/protocol/config/contacts.ts';
import { readConvoInfo } from '../../src/protocol/config/convo-info.ts';
import { createConfig } from '../../src/protocol/config/index.ts';
import { kindTable } from '../../src/protocol/config/kinds.ts';
import { mergeConfigMessages } from '../../src/protocol/config/merge.ts';
import { buildConfigMessage, parseConfigMessage } from '../../src/protocol/config/message.ts';
import { parsePart, splitConfig } from '../../src/protocol/config/multipart.ts';
import { expandConfig, openConfig } from '../../src/protocol/config/packing.ts';
import { listCommunities, listGroups, listLegacyGroups } from '../../src/protocol/config/user-groups.ts';
import { readUserProfile } from '../../src/protocol/config/user-profile.ts';
import { decodeContent, encodeContent } from '../../src/protocol/content.ts';
import { buildTextContent, readContent } from '../../src/protocol/data-message.ts';
import { unwrapEnvelope, wrapEnvelope } from '../../src/protocol/envelope.ts';
import { parseAccountId } from '../../src/protocol/ids.ts';
import { decodeRecoveryPhrase, encodeRecoveryPhrase } from '../../src/protocol/mnemonic.ts';
import { decryptOneToOne, encryptOneToOne } from '../../src/protocol/one-to-one.ts';
import { peelRequest } from '../../src/protocol/onion/peel.ts';
import { buildOnionRequest } from '../../src/protocol/onion/request.ts';
import { openNodeResponse, openServerResponse, sealResponse } from '../../src/protocol/onion/response.ts';
import {
  decodeV4Request,
  decodeV4Response,
  encodeV4Request,
  encodeV4Response,
} from '../../src/protocol/onion/v4.ts';
import { padMessage, unpadMessage } from '../../src/protocol/padding.ts';
import { parseServiceNodeStates, parseSwarmAnswer } from '../../src/protocol/service-node.ts';
import { encryptForRecipient } from '../../src/protocol/session-protocol.ts';
import {
  parseBatchAnswer,
  parseExpiriesAnswer,
  parseInfoAnswer,
  parseOnsAnswer,
  parseRecursiveAnswer,
  parseRetrieveAnswer,
  parseStoreAnswer,
} from '../../src/protocol/storage-rpc/answers.ts';
import { decodeKeysFile } from '../../src/store/vault.ts';
import { sanitizeFileName } from '../../src/text/file-name.ts';
import { toJsonLine } from '../../src/text/json.ts';
import { sanitizeName, sanitizeText } from '../../src/text/sanitize.ts';
import { toBase64, utf8DecodeLenient, utf8Encode } from '../../src/util/bytes.ts';
import { createRng } from './mutate.ts';

export type Target = Readonly<{
  name: string;
  seeds: readonly Uint8Array[];
  /** must return, or throw ProtocolError or CryptoError */
  run: (input: Uint8Array) => void;
  /** error families allowed besides those two */
  alsoAllowed?: readonly (new (
    ...args: never[]
  ) => Error)[];
}>;

// Keys and randomness are fixed, so that an input found today is a finding tomorrow.
const random = createRng(1).bytes;
const alice = deriveAccount(random(16));
const bob = deriveAccount(random(16));
const key = random(32);
const json = (value: unknown): Uint8Array => utf8Encode(JSON.stringify(value));
const parsed = (input: Uint8Array): unknown => {
  try {
    return JSON.parse(utf8DecodeLenient(input));
  } catch {
    return utf8DecodeLenient(input);
  }
};

const sentAt = 1_764_000_000_000;
const content = buildTextContent({
  body: 'hello',
  sentAt,
  profileName: 'Alice',
  quote: { author: bob.accountId, sentAt: sentAt - 1000 },
});
const contentBytes = encodeContent(content);
const recipient = parseAccountId(bob.accountId) ?? bob.accountId;
const stored = encryptOneToOne({ content, sentAt, sender: alice, recipient, random });
const node = { ed25519: 'aa'.repeat(32), x25519: bob.x25519PublicKey };
const v4 = { code: 200, headers: { 'content-type': 'text/plain' }, body: utf8Encode('hello') };

const hash = 'A'.repeat(43);
const signature = 'B'.repeat(86);
const answers: readonly unknown[] = [
  {
    results: [
      { code: 200, body: { messages: [], more: false } },
      { code: 421, body: 'wrong swarm' },
    ],
  },
  {
    messages: [{ hash, data: toBase64(stored), timestamp: sentAt, expiration: sentAt + 1000 }],
    more: true,
    t: sentAt,
    hf: [19, 4],
  },
  { swarm: { [node.ed25519]: { hash, signature, expiry: sentAt } }, hash, t: sentAt, hf: [19, 4] },
  { version: [2, 11, 0], timestamp: sentAt },
  { expiries: { [hash]: sentAt } },
  { jsonrpc: '2.0', result: { encrypted_value: 'ab'.repeat(49), nonce: 'cd'.repeat(24) } },
];

const nodeState = {
  public_ip: '127.0.11.1',
  storage_port: 22021,
  pubkey_ed25519: Buffer.from(alice.ed25519PublicKey).toString('hex'),
  pubkey_x25519: Buffer.from(alice.x25519PublicKey).toString('hex'),
  swarm_id: 1234567890123,
  storage_server_version: [2, 11, 0],
};

const contacts = createConfig('Contacts', alice);
changeContact(contacts, bob.accountId, { name: 'Bob', approved: true, createdAt: 1_764_000_000 });
const wrapping = {
  keys: [alice.seed32],
  domain: kindTable.Contacts.domain,
  wrap: { kind: kindTable.Contacts.wrapKind, account: alice },
};
const storedConfig = contacts.push(sentAt).messages[0] ?? new Uint8Array();
const openedConfig = openConfig(storedConfig, wrapping);
const ownConfig = parseConfigMessage(expandConfig(openedConfig));
const configSeeds = [
  expandConfig(openedConfig),
  utf8Encode(
    `d1:#i9e1:&d1:ad1:bi-5ee1:sli1e1:xee1:<lli8e32:${'a'.repeat(32)}d1:s0:eee1:=d1:a1:-1:slli1eeleee1:~64:${'b'.repeat(64)}e`,
  ),
  utf8Encode(`d1:#i2e1:&d1:Cd1:xd1:n0:ee1:1d1:xd1:ri1eeee1:<le1:=de1:Ai1ee`),
];

export const targets: readonly Target[] = [
  {
    name: 'bencode',
    seeds: [utf8Encode('d1:ai1e1:bl1:xd1:ci-5eeee'), utf8Encode('d1:ai1e1:bl0:i-7eee')],
    run: (input) => decodeBencode(input),
  },
  {
    name: 'envelope',
    seeds: [stored, wrapEnvelope({ sentAt, sealed: random(100), proSig: random(64) })],
    run: (input) => unwrapEnvelope(input),
  },
  {
    name: 'config-message',
    seeds: configSeeds,
    run: (input) => {
      const message = parseConfigMessage(input);
      const merged = mergeConfigMessages([ownConfig, message])?.merged;
      if (merged != null) parseConfigMessage(buildConfigMessage(merged).bytes);
      for (const read of [
        readUserProfile,
        listContacts,
        listBlindedContacts,
        readConvoInfo,
        listGroups,
        listCommunities,
        listLegacyGroups,
      ])
        read(message.data);
    },
  },
  {
    name: 'config-stored',
    seeds: [storedConfig],
    run: (input) => {
      createConfig('Contacts', alice).merge([{ hash, data: input }], sentAt);
      parseConfigMessage(expandConfig(openConfig(input, wrapping)));
    },
  },
  {
    name: 'config-packed',
    seeds: [
      openedConfig,
      Uint8Array.of(0x7a, ...zstdCompress(random(300))),
      Uint8Array.of(0x7a, ...zstdCompress(new Uint8Array(100_000))),
    ],
    run: (input) => void expandConfig(input),
  },
  {
    name: 'config-part',
    seeds: splitConfig(random(80_000))
      .map((part) => part.subarray(0, 4000))
      .concat(splitConfig(random(76_720)).slice(1)),
    run: (input) => void parsePart(input),
  },
  {
    name: 'config-dump',
    seeds: [contacts.dump()],
    run: (input) => void createConfig('Contacts', alice, input).push(sentAt),
  },
  {
    name: 'community-url',
    seeds: [utf8Encode(`https://example.org:8080/r/Room?public_key=${'ab'.repeat(32)}`)],
    run: (input) => void parseCommunityUrl(utf8DecodeLenient(input)),
  },
  {
    name: 'content',
    seeds: [contentBytes],
    run: (input) => readContent(decodeContent(input)),
  },
  {
    name: 'padding',
    seeds: [padMessage(contentBytes)],
    run: (input) => unpadMessage(input),
  },
  {
    name: 'one-to-one',
    seeds: [stored],
    run: (input) => decryptOneToOne(input, bob),
  },
  {
    // What a correspondent can put inside a message that decrypts and verifies.
    name: 'one-to-one-inside',
    seeds: [padMessage(contentBytes)],
    run: (input) => {
      const sealed = encryptForRecipient(input, alice, bob.x25519PublicKey, random(32));
      readContent(decryptOneToOne(wrapEnvelope({ sentAt, sealed }), bob).content);
    },
  },
  {
    name: 'onion-peel',
    seeds: (['aes-gcm', 'xchacha20'] as const).map(
      (encType) =>
        buildOnionRequest({
          path: [node, node],
          destination: { kind: 'node', ...node },
          payload: json({ method: 'info', params: {} }),
          encType,
          random,
        }).body,
    ),
    run: (input) => {
      peelRequest(input, { x25519PublicKey: bob.x25519PublicKey, x25519SecretKey: bob.x25519SecretKey });
    },
  },
  {
    name: 'onion-response',
    seeds: [
      utf8Encode(toBase64(sealResponse(json({ status: 200, body: '{}' }), key, 'xchacha20', random))),
      json({ result: toBase64(sealResponse(json({ status: 200, body: '{}' }), key, 'aes-gcm', random)) }),
    ],
    run: (input) => openNodeResponse(input, { encType: 'xchacha20', key, gcmKey: key }),
  },
  {
    name: 'onion-response-inside',
    seeds: [json({ status: 200, body: '{"t":1}' }), json({ status_code: 421, body: { snodes: [] } })],
    run: (input) => {
      const wire = sealResponse(input, key, 'aes-gcm', random);
      openNodeResponse(utf8Encode(toBase64(wire)), { encType: 'aes-gcm', key });
    },
  },
  {
    name: 'v4',
    seeds: [
      encodeV4Response(v4),
      encodeV4Request({ method: 'POST', endpoint: '/room/x', headers: {}, body: utf8Encode('{}') }),
    ],
    run: (input) => {
      try {
        decodeV4Response(input);
      } finally {
        decodeV4Request(input);
      }
    },
  },
  {
    name: 'v4-inside',
    seeds: [encodeV4Response(v4)],
    run: (input) =>
      openServerResponse(sealResponse(input, key, 'aes-gcm', random), { encType: 'aes-gcm', key }),
  },
  ...(
    [
      ['answer-batch', parseBatchAnswer],
      ['answer-retrieve', parseRetrieveAnswer],
      ['answer-store', parseStoreAnswer],
      ['answer-info', parseInfoAnswer],
      ['answer-recursive', parseRecursiveAnswer],
      ['answer-expiries', parseExpiriesAnswer],
      ['answer-ons', parseOnsAnswer],
    ] as const
  ).map(
    ([name, parse]): Target => ({
      name,
      seeds: answers.map(json),
      run: (input) => void parse(parsed(input)),
    }),
  ),
  {
    name: 'node-list',
    seeds: [
      json({
        result: { service_node_states: [nodeState, { ...nodeState, public_ip: '0.0.0.0' }], height: 7 },
      }),
      json({ service_node_states: [nodeState] }),
    ],
    run: (input) => void parseServiceNodeStates(parsed(input)),
  },
  {
    name: 'swarm-answer',
    seeds: [json({ snodes: [{ ip: '127.0.11.1', port: '1', ...nodeState }], swarm: 'abc' })],
    run: (input) => void parseSwarmAnswer(parsed(input)),
  },
  {
    name: 'mnemonic',
    seeds: [utf8Encode(encodeRecoveryPhrase(random(16)))],
    run: (input) => void decodeRecoveryPhrase(utf8DecodeLenient(input)),
  },
  {
    name: 'sanitiser',
    seeds: [
      utf8Encode('a\x1b[31mb\u202e\u2067\u0301\u{e0041}👩🏽‍💻\r\n\t\u2028שלום'),
      utf8Encode('../../etc/pass\u202ewd'),
    ],
    run: (input) => {
      // as UTF-16 too, so that lone surrogates occur
      for (const text of [utf8DecodeLenient(input), Buffer.from(input).toString('utf16le')]) {
        for (const clean of [sanitizeText, sanitizeName, sanitizeFileName]) {
          const once = clean(text);
          if (clean(once) !== once) throw new Error(`${clean.name} is not idempotent`);
          if (/[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]/.test(once))
            throw new Error(`${clean.name} let a control character through`);
        }
        if (JSON.parse(toJsonLine(text)) !== text) throw new Error('toJsonLine changed the value');
      }
    },
  },
  {
    name: 'network-file',
    seeds: [
      json({
        name: 'my-net',
        seedNodes: [{ url: 'http://127.0.0.1:1234/json_rpc', certificateSha256: 'ab'.repeat(32) }],
        fileServer: { url: 'http://127.0.0.1:1235', publicKey: 'cd'.repeat(32) },
        subnetDiversity: false,
        minimumNodes: 6,
      }),
    ],
    run: (input) => void parseNetworkFile(utf8DecodeLenient(input)),
    alsoAllowed: [UsageError],
  },
  {
    name: 'keys-file',
    seeds: [
      json({ format: 'session-tui keys', version: 1, dataKey: 'ab'.repeat(32), check: 'cd'.repeat(16) }),
    ],
    run: (input) => void decodeKeysFile(input),
    alsoAllowed: [StoreError],
  },
];
