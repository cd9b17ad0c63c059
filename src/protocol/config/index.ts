/** The configs of an account (config.md): how one is made. What is in them is read and changed by the file of each kind. */
import type { AccountKeys } from '../account.ts';
import { Config } from './config.ts';
import { withoutStaleMarks } from './convo-info.ts';
import { type ConfigKind, kindTable } from './kinds.ts';

/**
 * The user config `kind` of an account, empty or from what `dump()` gave. ProtocolError `malformed` or `unsupported`
 * for a dump that is none.
 */
export function createConfig(kind: ConfigKind, account: AccountKeys, dump?: Uint8Array): Config {
  const { domain, wrapKind } = kindTable[kind];
  const options = {
    keys: [account.seed32],
    domain,
    wrap: { kind: wrapKind, account },
    ...(kind === 'ConvoInfoVolatile' ? { beforePush: withoutStaleMarks } : {}),
  };
  return new Config(options, dump);
}
