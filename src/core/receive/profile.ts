import type { StoredContact } from '../../store/index.ts';

type Profile = Readonly<{ name: string; updatedAtSec: number }>;

/** When the profile that came with a message may replace what is known of its sender: accounts.md section 10. */
export function profileChange(
  contact: Readonly<{ name: string; profileUpdatedAtSec: number }>,
  profile: Profile | null,
): Partial<Pick<StoredContact, 'name' | 'profileUpdatedAtSec'>> {
  if (profile === null) return {};
  const { updatedAtSec } = profile;
  const current = contact.profileUpdatedAtSec;
  if (!((updatedAtSec === 0 && current === 0) || updatedAtSec > current)) return {};
  return { profileUpdatedAtSec: updatedAtSec, ...(profile.name === '' ? {} : { name: profile.name }) };
}
