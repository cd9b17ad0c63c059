/** A fault: a node that gives its own keys as everybody's, each pair consistent in itself. */
import type { Daemon } from './daemon.ts';
import { asObject, type Json } from './json.ts';
import { deriveIdentity } from './node/identity.ts';

/** Tells the truth of `daemon` but for the keys, which stay the same lies from one answer to the next. */
export function createLiar(daemon: Daemon, random: (length: number) => Uint8Array): Daemon {
  const lies = new Map<string, Readonly<{ ed25519: string; x25519: string }>>();
  const lieAbout = (key: string): Readonly<{ ed25519: string; x25519: string }> => {
    let lie = lies.get(key);
    if (lie === undefined) {
      lie = deriveIdentity(random(32));
      lies.set(key, lie);
    }
    return lie;
  };
  return {
    serviceNodes(params) {
      const truth = daemon.serviceNodes(params);
      const states = truth.service_node_states;
      if (!Array.isArray(states)) return truth;
      return {
        ...truth,
        service_node_states: states.map((state: Json, index) => {
          const entry = asObject(state) as Readonly<Record<string, Json>>;
          const { ed25519, x25519 } = lieAbout(String(entry.pubkey_ed25519 ?? entry.public_ip ?? index));
          return {
            ...entry,
            ...('pubkey_ed25519' in entry ? { pubkey_ed25519: ed25519 } : {}),
            ...('pubkey_x25519' in entry ? { pubkey_x25519: x25519 } : {}),
          };
        }),
      };
    },
    resolveName: (params) => daemon.resolveName(params),
  };
}
