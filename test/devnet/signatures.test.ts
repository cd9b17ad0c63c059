/** The devnet builds signed bytes by itself; the vectors of the real client and server say whether rightly. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseAccount } from '../../src/devnet/rpc/account.ts';
import { access, isAuthorised } from '../../src/devnet/rpc/auth.ts';
import type { RpcContext } from '../../src/devnet/rpc/context.ts';
import { answerMethod } from '../../src/devnet/rpc/dispatch.ts';
import { MessageStore } from '../../src/devnet/storage/message-store.ts';

const read = <T>(name: string): T[] =>
  (
    JSON.parse(readFileSync(fileURLToPath(new URL(`../vectors/${name}.json`, import.meta.url)), 'utf8')) as {
      cases: T[];
    }
  ).cases;

type SignatureCase = Readonly<{
  name: string;
  method: string;
  params: Record<string, unknown>;
  pubkey: string;
  pubkey_ed25519?: string;
  subaccount?: string;
  subaccount_sig?: string;
  signature: string;
}>;

type SubaccountCase = Readonly<{
  kind: string;
  group_id: string;
  token: string;
  message: string;
  subaccount_sig: string;
  signature: string;
  verify: Record<string, boolean>;
}>;

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
const base64 = (hex: string): string => bytes(hex).toString('base64');

/** A node that is responsible for everybody, at the time of the vectors. */
function context(): RpcContext {
  return {
    ed25519: '00'.repeat(32),
    sign: () => new Uint8Array(64),
    store: new MessageStore(null),
    daemon: { serviceNodes: () => ({}), resolveName: () => ({}) },
    now: () => 1_737_331_200_123,
    height: () => 1,
    swarmOf: () => null,
    isOurs: () => true,
    forward: async () => ({}),
    hidesMessages: false,
    failingPart: null,
  };
}

function request(vector: SignatureCase): Record<string, unknown> {
  const { pubkey, params, subaccount, subaccount_sig } = vector;
  const stored = { data: 'AAAA', timestamp: 1_737_331_200_123, ttl: 60_000 };
  return {
    pubkey,
    ...(vector.method === 'store' ? stored : {}),
    ...params,
    ...(vector.pubkey_ed25519 === undefined ? {} : { pubkey_ed25519: vector.pubkey_ed25519 }),
    ...(subaccount === undefined ? {} : { subaccount }),
    ...(subaccount_sig === undefined ? {} : { subaccount_sig: base64(subaccount_sig) }),
    signature: base64(vector.signature),
  };
}

describe('signatures of the reference implementation', () => {
  const cases = read<SignatureCase>('request_signatures');

  it.each(cases)('$name is accepted', async (vector) => {
    const answer = await answerMethod(context(), vector.method, request(vector), true);
    expect(answer.status, answer.text).toBe(200);
  });

  // stores into namespace 0 are not checked at all
  it.each(cases.filter(({ method, params }) => method !== 'store' || params.namespace !== 0))(
    '$name is refused with another bit',
    async (vector) => {
      const signature = bytes(vector.signature);
      signature[3]! ^= 4;
      const params = { ...request(vector), signature: signature.toString('base64') };
      const answer = await answerMethod(context(), vector.method, params, true);
      expect(answer.status).toBe(401);
      expect(answer.text).toMatch(/signature verification failed$/);
    },
  );

  it.each(read<SubaccountCase>('group_subaccounts').filter(({ kind }) => kind === 'ok'))(
    'sub-account %# is allowed what the reference allows it',
    (vector) => {
      const account = parseAccount(vector.group_id);
      if (account === null) throw new Error('not an account');
      const signed = {
        account,
        ed25519: null,
        signature: bytes(vector.signature),
        subaccount: { token: bytes(vector.token), signature: bytes(vector.subaccount_sig) },
      };
      for (const [demand, allowed] of Object.entries(vector.verify)) {
        const needed =
          access.read |
          (demand.includes('write=True') ? access.write : 0) |
          (demand.includes('delete=True') ? access.delete : 0);
        expect(isAuthorised(new MessageStore(null), signed, needed, [bytes(vector.message)]), demand).toBe(
          allowed,
        );
      }
    },
  );
});
