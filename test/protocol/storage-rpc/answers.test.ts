import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../../src/errors.ts';
import * as answers from '../../../src/protocol/storage-rpc/answers.ts';
import { utf8Encode } from '../../../src/util/bytes.ts';

const hashA = 'Q/7uBbI4XirEGxEXocqTejK3LnOMzvUWDblW8H6Nzpw';
const hashB = 'L4IxPVQ0pkKbHnFNHpMXWZAW1bTyZ2RrcwpTFWrsFoQ';
const node1 = '8fcf25695fc720f0f0f242a8cf3d4d36fe6f0ca6f9476cbcab1b0cd9ee3c71b3';
const node2 = '9a53475feee4a5beedf55255726d4f81fb0f73c9f57a5750c851eba1870e7d64';
const signature = 'pDnplJGeBnu41SlNQmuG1yrhmsB5kY5PNTrwAz3xrV/9M+ZsgQwwgqC6qd6v/wH+FZ84FNByC/Y00rp287cSDg==';

function code(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'none';
}

describe('a batch answer', () => {
  it('gives code and body of each, object or text', () => {
    const recorded = {
      results: [
        { body: { hf: [19, 5], t: 1795469442677, timestamp: 1795469442677, version: [2, 8, 0] }, code: 200 },
        { body: 'retrieve: request signature required', code: 401 },
      ],
    };
    const [info, retrieve] = answers.parseBatchAnswer(recorded);
    expect(retrieve).toEqual({ code: 401, body: 'retrieve: request signature required' });
    expect(answers.parseInfoAnswer(info?.body)).toEqual({
      version: [2, 8, 0],
      time: 1795469442677,
      state: { time: 1795469442677, hardFork: [19, 5] },
    });
  });

  it('is refused when it is none, or longer than any batch', () => {
    for (const bad of [
      null,
      'x',
      {},
      { results: {} },
      { results: [1] },
      { results: [{ body: '' }] },
      { results: [{ code: '200', body: '' }] },
      { results: new Array(21).fill({ code: 200, body: '' }) },
    ])
      expect(code(() => answers.parseBatchAnswer(bad))).toBe('malformed');
  });
});

describe('the server state', () => {
  it('is read where it is and null elsewhere', () => {
    expect(answers.parseServerState({ t: 5, hf: [19, 5] })).toEqual({ time: 5, hardFork: [19, 5] });
    for (const none of [null, 'text', [], {}, { t: '5', hf: [19] }, { t: -1, hf: 'x' }, { t: 1.5 }])
      expect(answers.parseServerState(none)).toEqual({ time: null, hardFork: null });
  });
});

describe('a store answer', () => {
  const stored = { already: 1, expiry: 1795473042589, hash: hashA, signature };
  const recorded = {
    hash: hashA,
    hf: [19, 5],
    t: 1795469442600,
    swarm: {
      [node1]: stored,
      [node2]: { ...stored, already: true },
      ['ab'.repeat(32)]: { failed: true, timeout: true },
    },
  };

  it('tells who has the message', () => {
    const result = answers.parseStoreAnswer(recorded);
    expect(result.hash).toBe(hashA);
    expect(result.failed).toBe(1);
    expect(result.state.time).toBe(1795469442600);
    expect([...result.stored]).toEqual(
      [node1, node2].map((node) => [node, { hash: hashA, signature, expiry: 1795473042589, already: true }]),
    );
  });

  it('counts a damaged member as failed and takes the hash from a whole one', () => {
    const result = answers.parseStoreAnswer({
      swarm: {
        [node1]: { hash: hashA, signature },
        [node2]: { hash: 'short', signature },
        ['cd'.repeat(32)]: 7,
        'not a key': { hash: hashB, signature },
      },
    });
    expect(result.hash).toBe(hashA);
    expect(result.failed).toBe(2);
    expect([...result.stored.keys()]).toEqual([node1]);
  });

  it('with no member that has it is no success', () => {
    const failed = { failed: true, code: '421', reason: 'x' };
    expect(code(() => answers.parseStoreAnswer({ hash: hashA, swarm: { [node1]: failed } }))).toBe(
      'not-stored',
    );
    expect(code(() => answers.parseStoreAnswer({ hash: hashA }))).toBe('not-stored');
    for (const bad of [null, 'text', { hash: 3 }, { swarm: [] }])
      expect(code(() => answers.parseStoreAnswer(bad))).toBe('malformed');
  });
});

describe('a retrieve answer', () => {
  const message = (hash: string, data = 'ZHVw', expiration = 1796669600000) => ({
    hash,
    data,
    expiration,
    timestamp: 1795460000000,
  });

  it('gives the messages in order, and where to go on', () => {
    const result = answers.parseRetrieveAnswer({
      hf: [19, 5],
      messages: [message(hashA), message(hashB, 'Y2Zn', 5)],
      more: true,
      t: 1,
    });
    expect(result).toEqual({
      messages: [
        { hash: hashA, data: utf8Encode('dup'), timestamp: 1795460000000, expiresAt: 1796669600000 },
        { hash: hashB, data: utf8Encode('cfg'), timestamp: 1795460000000, expiresAt: 5 },
      ],
      cursor: { hash: hashB, expiresAt: 5 },
      more: true,
      malformed: 0,
      state: { time: 1, hardFork: [19, 5] },
    });
    expect(answers.parseRetrieveAnswer({ messages: [], more: false })).toMatchObject({
      cursor: null,
      more: false,
    });
  });

  it('loses no good message to a bad one, and goes on behind it', () => {
    const bad = [
      null,
      7,
      {},
      message('short'),
      { ...message(hashB), data: 3 },
      { ...message(hashB), timestamp: '1' },
      { ...message(hashB), expiration: -1 },
      message(hashB, 'x'.repeat(102_404)),
    ];
    const result = answers.parseRetrieveAnswer({ messages: [...bad, message(hashA), message(hashB, '!!')] });
    expect(result.messages.map((m) => m.hash)).toEqual([hashA]);
    expect(result.malformed).toBe(bad.length + 1);
    expect(result.cursor?.hash).toBe(hashB);
  });

  it('is refused without messages, or with more than any node sends', () => {
    for (const bad of [null, 'x', {}, { messages: {} }, { messages: [], more: 'yes' }])
      expect(code(() => answers.parseRetrieveAnswer(bad))).toBe('malformed');
    expect(code(() => answers.parseRetrieveAnswer({ messages: new Array(20_001).fill(null) }))).toBe(
      'too-large',
    );
  });
});

describe('other answers', () => {
  it('of a swarm tell each member’s outcome', () => {
    const result = answers.parseRecursiveAnswer({
      swarm: {
        [node1.toUpperCase()]: { deleted: [hashA], signature },
        [node2]: { failed: true, timeout: true },
        ['01'.repeat(32)]: { failed: true, code: '421', reason: 'x' },
        ['02'.repeat(32)]: { failed: true, bad_peer_response: true },
        ['03'.repeat(32)]: { failed: true, query_failure: true },
        ['04'.repeat(32)]: { failed: true },
        ['05'.repeat(32)]: null,
      },
    });
    expect([...result.values()].map((m) => (m.kind === 'ok' ? 'ok' : `${m.why} ${m.code}`))).toEqual([
      'ok',
      'timeout null',
      'code 421',
      'bad-peer-response null',
      'query-failure null',
      'unknown null',
      'unknown null',
    ]);
    expect(result.has(node1)).toBe(true);
    const endless = Object.fromEntries(
      Array.from({ length: 201 }, (_, i) => [i.toString(16).padStart(64, '0'), {}]),
    );
    expect(code(() => answers.parseRecursiveAnswer({ swarm: endless }))).toBe('too-large');
  });

  it('of get_expiries keep what is a hash with a time', () => {
    const result = answers.parseExpiriesAnswer({ expiries: { [hashA]: 5, [hashB]: 'x', short: 3 } });
    expect([...result]).toEqual([[hashA, 5]]);
  });

  it('of a name give value and nonce, or nothing for an unknown name', () => {
    expect(answers.parseOnsAnswer({ hf: [19, 5], result: {}, t: 1 })).toBe(null);
    expect(answers.parseOnsAnswer({ result: { encrypted_value: 'ab', nonce: 'cd' } })).toEqual({
      encryptedValue: 'ab',
      nonce: 'cd',
    });
    expect(answers.parseOnsAnswer({ result: { encrypted_value: 'ab' } })).toEqual({
      encryptedValue: 'ab',
      nonce: '',
    });
    for (const bad of [
      {},
      { result: 3 },
      { result: { encrypted_value: 'xy' } },
      { result: { encrypted_value: 'ab'.repeat(300) } },
    ])
      expect(code(() => answers.parseOnsAnswer(bad))).toBe('malformed');
  });

  it('never throw anything but ProtocolError, whatever comes', () => {
    const parsers = [
      answers.parseBatchAnswer,
      answers.parseStoreAnswer,
      answers.parseRetrieveAnswer,
      answers.parseInfoAnswer,
      answers.parseRecursiveAnswer,
      answers.parseExpiriesAnswer,
      answers.parseOnsAnswer,
      answers.parseServerState,
    ];
    const names = fc.constantFrom(
      'results',
      'messages',
      'swarm',
      'hash',
      'expiries',
      'result',
      'version',
      'code',
      'body',
      node1,
    );
    const json = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(names, tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    fc.assert(
      fc.property(json, (body) => {
        for (const parser of parsers) code(() => parser(body));
      }),
    );
  });
});
