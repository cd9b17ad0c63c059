import type { SenderProfile } from '../../protocol/data-message.ts';
import type { StoredContact, StoredPicture, StoreTransaction } from '../../store/index.ts';
import { toHex, utf8Decode, utf8Encode } from '../../util/bytes.ts';

/** UTF-8 bytes of a display name, at most (accounts.md section 8). */
const maxNameBytes = 100;
/** Bytes of a picture's URL, at most; a longer one can't be handed to one's other devices, so there is no picture. */
const maxUrlBytes = 223;

type Known = Readonly<{ name: string; profileUpdatedAtSec: number }>;

/**
 * When the profile that came with a message may replace what is known of its sender: only a newer one may, or one
 * without a time where none had one so far (accounts.md section 10). A newer one without a picture takes it away.
 */
export function profileChange(
  contact: Known,
  profile: SenderProfile | null,
): Partial<Pick<StoredContact, 'name' | 'profileUpdatedAtSec' | 'picture'>> {
  if (profile === null) return {};
  const { updatedAtSec } = profile;
  const current = contact.profileUpdatedAtSec;
  if (!((updatedAtSec === 0 && current === 0) || updatedAtSec > current)) return {};
  const name = boundedName(profile.name);
  return {
    profileUpdatedAtSec: updatedAtSec,
    picture: pictureOf(profile),
    ...(name === '' ? {} : { name }),
  };
}

function pictureOf({ pictureUrl, pictureKey }: SenderProfile): StoredPicture | null {
  if (pictureUrl === undefined || pictureKey?.length !== 32) return null;
  return utf8Encode(pictureUrl).length > maxUrlBytes ? null : { url: pictureUrl, keyHex: toHex(pictureKey) };
}

/** Trimmed, and cut at a character boundary to what a config holds. */
function boundedName(name: string): string {
  const trimmed = name.trim();
  const bytes = utf8Encode(trimmed);
  if (bytes.length <= maxNameBytes) return trimmed;
  let end = maxNameBytes;
  for (; end > 0; end--) {
    const cut = utf8Decode(bytes.subarray(0, end));
    if (cut !== null) return cut.trim();
  }
  return '';
}

/** Takes the profile over for somebody on record; nobody gets on record by it. */
export function applyProfile(tx: StoreTransaction, from: string, profile: SenderProfile | null): void {
  const contact = tx.get('contacts', from);
  if (contact === undefined) return;
  const change = profileChange(contact, profile);
  if (Object.keys(change).length > 0) tx.put('contacts', from, { ...contact, ...change });
}
