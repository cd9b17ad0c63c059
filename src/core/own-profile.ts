import type { ProfileFields } from '../protocol/data-message.ts';
import type { StoreTransaction } from '../store/index.ts';
import { pictureOf } from './config-sync/contacts.ts';

/**
 * What messages to others say of oneself (messages.md section 8): name, picture, and when either last changed. Others
 * go by that time alone, so that it must be with all of it, and the picture too: one that is missing is taken away.
 */
export function ownProfile(
  records: Pick<StoreTransaction, 'get'>,
): Omit<ProfileFields, 'syncTarget'> & Readonly<{ profileName: string }> {
  const account = records.get('account', 'account');
  const updatedAtSec = account?.profileUpdatedAtSec ?? 0;
  const picture = pictureOf(account?.picture);
  return {
    profileName: account?.name ?? '',
    ...(updatedAtSec === 0 ? {} : { profileUpdatedAtSec: updatedAtSec }),
    ...(picture === null ? {} : { profilePicture: picture }),
  };
}
