/**
 * The own profile and Note to Self between the local records and the UserProfile config (config.md, sections 7 and 12).
 * As in contacts.ts: an edit is what the records say that the config does not.
 */
import type { UserProfile, UserProfileChange } from '../../protocol/config/user-profile.ts';
import type { StoredAccount, StoredConversation } from '../../store/index.ts';
import {
  expiryField,
  expiryOf,
  pictureField,
  pictureOf,
  priorityOf,
  samePicture,
  withPriority,
} from './contacts.ts';

/** Changes, and the time of those that contacts see, s. */
export type ProfileEdit = Readonly<{ change: UserProfileChange; updatedAtSec: number }>;

/**
 * What to change in the config so that it says what the records say, or null. `line` is Note to Self. `isNew`: no device
 * has published anything of this account yet; Note to Self is then hidden until it is used (accounts.md, section 12).
 */
export function profileEdit(
  account: StoredAccount,
  line: StoredConversation | undefined,
  current: UserProfile,
  { isNew, now }: Readonly<{ isNew: boolean; now: number }>,
): ProfileEdit | null {
  const updatedAtSec = account.profileUpdatedAtSec ?? 0;
  const picture = pictureOf(account.picture);
  const requests = account.blindedRequests ?? null;
  const isOlder = updatedAtSec < current.updatedAt;
  const priority = line === undefined ? (isNew ? -1 : current.priority) : priorityOf(line, current.priority);
  const expirySeconds = line === undefined ? current.expirySeconds : expiryOf(line.expiry).seconds;
  const change: UserProfileChange = {
    // A restored device has no name of its own until the config gives it one.
    ...(isOlder || account.name === '' || account.name === current.name ? {} : { name: account.name }),
    ...(isOlder || samePicture(picture, current.picture) ? {} : { picture }),
    ...(requests === null || requests === current.blindedRequests ? {} : { blindedRequests: requests }),
    ...(priority === current.priority ? {} : { priority }),
    ...(expirySeconds === current.expirySeconds ? {} : { expirySeconds }),
  };
  if (Object.keys(change).length === 0) return null;
  return { change, updatedAtSec: updatedAtSec || Math.floor(now / 1000) };
}

export type ProfileRecords = Readonly<{ account: StoredAccount; line: StoredConversation | undefined }>;

/** The records as the config has them; `emptyLine` becomes Note to Self where there is none and it is not hidden. */
export function profileRecords(
  profile: UserProfile,
  { account, line }: ProfileRecords,
  emptyLine: StoredConversation,
): ProfileRecords {
  const updatedAtSec = account.profileUpdatedAtSec ?? 0;
  const isNewer = profile.updatedAt >= updatedAtSec;
  const isShown = profile.priority >= 0 || profile.expirySeconds > 0;
  const self = line ?? (isShown ? emptyLine : undefined);
  const mode = self?.expiry?.mode === 'after-read' ? ('after_read' as const) : ('after_send' as const);
  return {
    account: {
      ...account,
      ...(isNewer
        ? {
            name: profile.name === '' ? account.name : profile.name,
            ...pictureField(profile.picture, account.picture),
            ...(profile.updatedAt === 0 ? {} : { profileUpdatedAtSec: profile.updatedAt }),
          }
        : {}),
      ...(profile.blindedRequests === null ? {} : { blindedRequests: profile.blindedRequests }),
    },
    line: self && {
      ...withPriority(self, profile.priority),
      ...expiryField({ mode, seconds: profile.expirySeconds }, self.expiry),
    },
  };
}
