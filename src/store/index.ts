/** The encrypted profile folder (docs/store.md). */
export { createMemoryStore } from './memory.ts';
export { compareMessages, messageId, startOf } from './message-id.ts';
export { type ChangePasswordOptions, changePassword, type PasswordChange } from './password.ts';
export {
  type CreateProfileOptions,
  createProfile,
  listProfiles,
  type OpenProfileOptions,
  openProfile,
  profileState,
  removeProfile,
} from './profiles.ts';
export { parseMessage, parseValue } from './schemas.ts';
export { openSealedAccount } from './sealed-account.ts';
export { foldText, parseWords, type Words } from './search/words.ts';
export { bucketSize } from './size-buckets.ts';
export type * from './types.ts';
export { defaultKdf, type KdfParameters } from './vault.ts';
