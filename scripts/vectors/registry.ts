/** Which adapter judges which vector file: one line a file. The names are those of test/vectors/README.md. */
import { accounts, mnemonic } from './accounts.ts';
import { communityUrls } from './communities.ts';
import { configCrypto, configMessage } from './config-message.ts';
import { configScenario } from './config-scenarios.ts';
import { messageHashes, messagePadding, messagePipeline, sessionProtocol } from './messages.ts';
import { onionRequests, onionResponses, v4Codec } from './onion.ts';
import { protobuf } from './protobuf.ts';
import type { Adapter } from './run.ts';
import { names, requestSignatures } from './storage.ts';

export const adapters: Readonly<Record<string, Adapter>> = {
  accounts,
  community_urls: communityUrls,
  config_contacts: configScenario('Contacts'),
  config_convo_info_volatile: configScenario('ConvoInfoVolatile'),
  config_crypto: configCrypto,
  config_message: configMessage,
  config_user_groups: configScenario('UserGroups'),
  config_user_profile: configScenario('UserProfile'),
  message_hash: messageHashes,
  message_padding: messagePadding,
  message_pipeline: messagePipeline,
  mnemonic,
  onion_requests: onionRequests,
  onion_responses: onionResponses,
  ons: names,
  protobuf,
  request_signatures: requestSignatures,
  session_protocol: sessionProtocol,
  v4_codec: v4Codec,
};

/** Files whose code is still to come. An entry in `adapters` wins over one here. */
export const pendingFiles: ReadonlySet<string> = new Set([
  'attachments_deterministic',
  'attachments_legacy',
  'blinded_dm',
  'blinding',
  'group_info',
  'group_keys',
  'group_keys_rejected',
  'group_members',
  'group_messages',
  'group_subaccounts',
  'multi_encrypt',
  'push_notifications',
  'version_blinding',
]);
