/** The configs of an account: where each is stored, and under which names it is encrypted and wrapped (config.md, section 5). */
import { namespaces } from '../namespaces.ts';
import { SharedConfigMessage_Kind } from '../proto/session_pb.js';

/** The user configs, in the order in which merged ones are applied (section 13.2). */
export const configKinds = ['UserProfile', 'Contacts', 'UserGroups', 'ConvoInfoVolatile'] as const;
export type ConfigKind = (typeof configKinds)[number];

type KindRow = Readonly<{ namespace: number; domain: string; wrapKind: SharedConfigMessage_Kind }>;

export const kindTable: Readonly<Record<ConfigKind, KindRow>> = {
  UserProfile: {
    namespace: namespaces.userProfile,
    domain: 'UserProfile',
    wrapKind: SharedConfigMessage_Kind.USER_PROFILE,
  },
  Contacts: {
    namespace: namespaces.contacts,
    domain: 'Contacts',
    wrapKind: SharedConfigMessage_Kind.CONTACTS,
  },
  ConvoInfoVolatile: {
    namespace: namespaces.convoInfoVolatile,
    domain: 'ConvoInfoVolatile',
    wrapKind: SharedConfigMessage_Kind.CONVO_INFO_VOLATILE,
  },
  UserGroups: {
    namespace: namespaces.userGroups,
    domain: 'UserGroups',
    wrapKind: SharedConfigMessage_Kind.USER_GROUPS,
  },
};

/** How long a stored config lives, ms. */
export const configTtlMs = 30 * 86_400_000;
