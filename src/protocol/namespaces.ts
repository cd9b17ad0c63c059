/** Storage namespaces: what is kept where, and the rules that follow from the number (network.md 4.4). */

export const namespaces = {
  /** messages to one account */
  oneToOne: 0,
  userProfile: 2,
  contacts: 3,
  convoInfoVolatile: 4,
  userGroups: 5,
  groupMessages: 11,
  groupKeys: 12,
  groupInfo: 13,
  groupMembers: 14,
  /** tells removed members that they were removed */
  groupRevoked: -11,
  /** closed groups of old clients; read for nothing, written never */
  legacyGroup: -10,
} as const;

export const minNamespace = -32768;
export const maxNamespace = 32767;

const dayMs = 86_400_000;

/** The shortest time to live that a storage server takes, ms. */
export const minTtlMs = 10_000;

/** A 16-bit integer, as every namespace is. */
export function isNamespace(namespace: number): boolean {
  return Number.isInteger(namespace) && namespace >= minNamespace && namespace <= maxNamespace;
}

/** Anybody may store, only the owner may retrieve: multiples of ten, the legacy group included. */
export function isPublicInbox(namespace: number): boolean {
  return namespace % 10 === 0;
}

/** Only the owner may store (each store replaces everything in it), anybody may retrieve: −1, −21, −41, … */
export function isPublicOutbox(namespace: number): boolean {
  return namespace < 0 && -namespace % 20 === 1;
}

/** A revoked sub-account may still retrieve: −11, −111, … */
export function isUnrevocable(namespace: number): boolean {
  return namespace < 0 && -namespace % 100 === 11;
}

/** True if a store must be signed by the owner or a sub-account. */
export function storeNeedsSignature(namespace: number): boolean {
  return !isPublicInbox(namespace);
}

/** True if a retrieve must be signed. */
export function retrieveNeedsSignature(namespace: number): boolean {
  return namespace !== namespaces.legacyGroup && !isPublicOutbox(namespace);
}

/** The longest time to live that a storage server takes there, ms. */
export function maxTtlMs(namespace: number): number {
  return (isPublicInbox(namespace) ? 14 : 30) * dayMs;
}

/** A namespace as it stands in signed bytes and message hashes: nothing at all for 0, else decimal with sign. */
export function namespaceText(namespace: number | 'all'): string {
  return namespace === 0 ? '' : String(namespace);
}
