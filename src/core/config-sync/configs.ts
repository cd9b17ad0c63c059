/** The four configs of an account as one thing: from the dumps in the store and back. */

import { ProtocolError } from '../../errors.ts';
import type { AccountKeys } from '../../protocol/account.ts';
import type { Config } from '../../protocol/config/config.ts';
import { createConfig } from '../../protocol/config/index.ts';
import { type ConfigKind, configKinds, kindTable } from '../../protocol/config/kinds.ts';
import { fromBase64, toBase64 } from '../../util/bytes.ts';
import type { Records } from './edits.ts';

export type Configs = Readonly<Record<ConfigKind, Config>>;

/** From the dumps in the store. A dump that can't be read is as good as none: the swarm has the config. */
export function loadConfigs(keys: AccountKeys, records: Records): Configs {
  const load = (kind: ConfigKind): Config => {
    const dump = fromBase64(records.get('configs', kind) ?? '');
    if (dump === null || dump.length === 0) return createConfig(kind, keys);
    try {
      return createConfig(kind, keys, dump);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return createConfig(kind, keys);
    }
  };
  return {
    UserProfile: load('UserProfile'),
    Contacts: load('Contacts'),
    UserGroups: load('UserGroups'),
    ConvoInfoVolatile: load('ConvoInfoVolatile'),
  };
}

/** What has to be stored of each config that changed since it was last asked for; `all`: of each. */
export function dumpsOf(configs: Configs, all = false): readonly (readonly [ConfigKind, string])[] {
  return configKinds
    .filter((kind) => all || configs[kind].needsDump)
    .map((kind) => [kind, toBase64(configs[kind].dump())] as const);
}

/** The config that is stored in a namespace, or null. */
export function kindOf(namespace: number): ConfigKind | null {
  return configKinds.find((kind) => kindTable[kind].namespace === namespace) ?? null;
}
