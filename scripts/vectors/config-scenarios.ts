/** config_user_profile, config_contacts, config_convo_info_volatile and config_user_groups: scenarios of several devices. */
import type { AccountKeys } from '../../src/protocol/account.ts';
import type { Config } from '../../src/protocol/config/config.ts';
import { createConfig } from '../../src/protocol/config/index.ts';
import { type ConfigKind, kindTable } from '../../src/protocol/config/kinds.ts';
import { compressConfig, expandConfig, openConfig } from '../../src/protocol/config/packing.ts';
import { unwrapConfig } from '../../src/protocol/config/wrap.ts';
import { accountOfSeed, CaseFailure, expectEqual, expectRefused, expectTrue, VectorCase } from './case.ts';
import { applyOp, stateOf } from './config-ops.ts';
import type { Adapter } from './run.ts';

type Scenario = Readonly<{
  kind: ConfigKind;
  account: AccountKeys;
  now: number;
  message: (id: string) => Readonly<{ hash: string; data: Uint8Array }>;
}>;

/** Each device is saved and loaded again between its steps: nothing may hang on what is only in memory. */
const reloaded = (config: Config, { kind, account }: Scenario): Config =>
  createConfig(kind, account, config.dump());

export const configScenario =
  (kind: ConfigKind): Adapter =>
  (testCase) => {
    const { domain, namespace } = kindTable[kind];
    expectEqual(testCase.text('type'), kind, 'the type');
    expectEqual(testCase.text('domain'), domain, 'the domain');
    expectEqual(testCase.number('namespace'), namespace, 'the namespace');
    testCase.ignore('description', 'words');
    testCase.ignore('devices', 'their names, which the steps tell too');
    const messages = testCase.object('messages');
    const scenario: Scenario = {
      kind,
      account: accountOfSeed(testCase.bytes('seed')),
      now: testCase.number('now_ms'),
      message: (id) => {
        const message = messages.object(id);
        return { hash: message.text('hash'), data: message.bytes('data') };
      },
    };
    const devices = new Map<string, Config>();
    for (const [index, value] of testCase.list('steps').entries()) {
      const step = new VectorCase(value);
      const name = step.text('device');
      const before = devices.get(name);
      const config = before === undefined ? createConfig(kind, scenario.account) : reloaded(before, scenario);
      devices.set(name, config);
      try {
        run(step, config, scenario);
        if (step.unread.length > 0) throw new CaseFailure(`nothing checks ${step.unread.join(', ')}`);
      } catch (error) {
        if (!(error instanceof CaseFailure)) throw error;
        throw new CaseFailure(`step ${index} (${step.text('action')} on ${name}): ${error.message}`);
      }
    }
    return undefined;
  };

function run(step: VectorCase, config: Config, scenario: Scenario): void {
  const expected = step.has('expect') ? step.object('expect') : new VectorCase({});
  const { now } = scenario;
  switch (step.text('action')) {
    case 'mutate':
      for (const op of step.list('ops')) applyOp(config, new VectorCase(op), now);
      break;
    case 'mutate_fails':
      expectRefused(() => applyOp(config, step.object('op'), now), 'the change');
      break;
    case 'push':
      pushing(step.text('message'), expected, config, scenario);
      break;
    case 'confirm':
      config.confirmPushed(config.seqno, [scenario.message(step.text('message')).hash]);
      break;
    case 'merge': {
      const incoming = step.list('messages').map((id) => scenario.message(String(id)));
      const { accepted } = config.merge(incoming, now);
      expectEqual(accepted, expected.list('accepted'), 'what was accepted');
      break;
    }
    case 'state':
      break;
    default:
      throw new CaseFailure('there is no such action');
  }
  checkExpected(expected, config, scenario);
}

function pushing(
  id: string,
  expected: VectorCase,
  config: Config,
  { account, kind, now, message }: Scenario,
): void {
  const pushed = config.push(now);
  const plain = expected.bytes('plaintext');
  expectEqual(pushed.seqno, expected.number('seqno'), 'the counter');
  expectEqual(pushed.obsoleteHashes, expected.list('obsolete'), 'the obsolete hashes');
  // A boolean in the file: whether the compressed form was the shorter one.
  const compressed = compressConfig(plain);
  expectEqual(compressed.length < plain.length, expected.raw('compressed'), 'whether it is compressed');
  const [data, ...more] = pushed.messages;
  if (data === undefined || more.length > 0) throw new CaseFailure('the push is not one message');
  const mine = expandConfig(
    openConfig(data, {
      keys: [account.seed32],
      domain: kindTable[kind].domain,
      wrap: { kind: kindTable[kind].wrapKind, account },
    }),
  );
  expectEqual(mine, plain, 'the plaintext');
  const inner = unwrapConfig(data, { kind: kindTable[kind].wrapKind, account });
  expectEqual(inner, expected.bytes('config_ciphertext'), 'what is wrapped');
  expectEqual(data, message(id).data, 'what is stored');
  const again = config.push(now);
  expectEqual(again.messages, pushed.messages, 'the second push');
  expectEqual(again.obsoleteHashes, [], 'the obsolete hashes of the second push');
}

function checkExpected(expected: VectorCase, config: Config, { kind }: Scenario): void {
  const differs = expected.has('may_differ') ? expected.list('may_differ') : [];
  expected.ignore('reference_throws', 'what matters is that nothing is accepted');
  if (differs.length > 0) expectTrue(!config.needsPush, 'the copy does not count as a confirmation');
  if (expected.has('needs_push')) {
    const value = expected.boolean('needs_push');
    if (!differs.includes('needs_push')) expectEqual(config.needsPush, value, 'needs_push');
  }
  if (expected.has('current_hashes')) {
    const value = expected.list('current_hashes');
    if (!differs.includes('current_hashes')) expectEqual(config.currentHashes, value, 'the current hashes');
  }
  if (expected.has('state')) expectEqual(stateOf(kind, config.data), expected.raw('state'), 'the state');
  if (expected.unread.length > 0) throw new CaseFailure(`nothing checks ${expected.unread.join(', ')}`);
}
