/** The account's own profile and its Note to Self (config.md, section 7). */
import { ProtocolError } from '../../errors.ts';
import type { Config } from './config.ts';
import { type ConfigDict, setIn } from './data.ts';
import {
  intValue,
  nameValue,
  type ProfilePicture,
  pictureValues,
  positiveValue,
  readBits,
  readFlag,
  readInt,
  readName,
  readPicture,
  readPositive,
  readSeconds,
  readTimer,
} from './fields.ts';

/** What the section's table holds. Times are unix seconds, 0 for none. */
export type UserProfile = Readonly<{
  name: string;
  /** the newer of the chosen picture and its automatic re-upload */
  picture: ProfilePicture | null;
  chosenPicture: ProfilePicture | null;
  reuploadedPicture: ProfilePicture | null;
  /** Note to Self: negative hidden, positive pinned */
  priority: number;
  /** Note to Self: seconds after sending; 0 for never */
  expirySeconds: number;
  /** blinded message requests; null: not decided */
  blindedRequests: boolean | null;
  /** of the last change by the person, or of the re-upload after it */
  updatedAt: number;
  changedAt: number;
  reuploadedAt: number;
  /** Session Pro: read only here, and sent on as it came */
  pro: Readonly<{
    /** bit positions */
    features: readonly number[];
    expiresAt: number;
    hasCredential: boolean;
    autoRenewing: boolean;
    graceSeconds: number;
    refundRequestedAt: number;
    purchaseAt: number;
  }>;
}>;

export function readUserProfile(data: ConfigDict): UserProfile {
  const changedAt = readSeconds(data, 't');
  const reuploadedAt = readSeconds(data, 'T');
  const chosenPicture = readPicture(data, 'p', 'q');
  const reuploadedPicture = readPicture(data, 'P', 'Q');
  const requests = data.get('M');
  const proExpiry = readPositive(data, 'E');
  return {
    name: readName(data, 'n'),
    picture: changedAt >= reuploadedAt ? chosenPicture : reuploadedPicture,
    chosenPicture,
    reuploadedPicture,
    priority: readInt(data, '+'),
    expirySeconds: readTimer(data, 'e'),
    blindedRequests: typeof requests === 'bigint' ? requests !== 0n : null,
    updatedAt: changedAt === 0 ? 0 : Math.max(changedAt, reuploadedAt),
    changedAt,
    reuploadedAt,
    pro: {
      features: readBits(data, 'f'),
      expiresAt: proExpiry > 1e12 ? Math.floor(proExpiry / 1000) : proExpiry,
      hasCredential: data.get('s') instanceof Uint8Array,
      autoRenewing: readFlag(data, 'A'),
      graceSeconds: proExpiry === 0 ? 0 : readPositive(data, 'G'),
      refundRequestedAt: readPositive(data, 'R'),
      purchaseAt: readPositive(data, 'I'),
    },
  };
}

/** What to change; what is not named stays. */
export type UserProfileChange = Readonly<{
  /** 100 bytes of UTF-8 at most; '' removes it */
  name?: string;
  picture?: ProfilePicture | null;
  /** the same picture, uploaded again because the server forgets */
  reuploadedPicture?: ProfilePicture | null;
  priority?: number;
  expirySeconds?: number;
  blindedRequests?: boolean | null;
}>;

/**
 * Changes the profile. `now` (unix seconds) is recorded as the time of a change that contacts see; null records none,
 * as clients did before 2025. An unchanged value touches nothing. ProtocolError `too-large` or `malformed`.
 */
export function changeUserProfile(config: Config, change: UserProfileChange, now: number | null): void {
  config.edit((data) => changed(data, change, now));
}

function changed(data: ConfigDict, change: UserProfileChange, now: number | null): ConfigDict {
  if (now !== null && !(Number.isSafeInteger(now) && now >= 0))
    throw new ProtocolError('malformed', 'The time of a change is in whole seconds');
  let next = data;
  const { name, picture, reuploadedPicture, priority, expirySeconds, blindedRequests } = change;
  if (priority !== undefined) next = setIn(next, ['+'], intValue(priority));
  if (expirySeconds !== undefined) next = setIn(next, ['e'], positiveValue(expirySeconds));
  let visible = next;
  if (name !== undefined) visible = setIn(visible, ['n'], name === '' ? null : nameValue(name));
  if (blindedRequests !== undefined)
    visible = setIn(visible, ['M'], blindedRequests === null ? null : blindedRequests ? 1n : 0n);
  if (visible !== next)
    next = stamped(visible, readPositive(data, 't') >= readPositive(data, 'T') ? 't' : 'T', now);
  if (picture !== undefined) next = withChosenPicture(next, picture, now);
  if (reuploadedPicture !== undefined) {
    const reuploaded = withPicture(next, reuploadedPicture, 'P', 'Q');
    if (reuploaded !== next) next = stamped(reuploaded, 'T', now);
  }
  return next;
}

function withChosenPicture(data: ConfigDict, picture: ProfilePicture | null, now: number | null): ConfigDict {
  let next = withPicture(data, picture, 'p', 'q');
  if (picture === null) {
    const cleared = withPicture(next, null, 'P', 'Q');
    if (cleared !== next) next = stamped(cleared, 'T', now);
  }
  return next === data ? data : stamped(next, 't', now);
}

function withPicture(
  data: ConfigDict,
  picture: ProfilePicture | null,
  urlKey: string,
  keyKey: string,
): ConfigDict {
  const [url, key] = pictureValues(picture);
  return setIn(setIn(data, [urlKey], url), [keyKey], key);
}

function stamped(data: ConfigDict, key: 't' | 'T', now: number | null): ConfigDict {
  return now === null ? data : setIn(data, [key], positiveValue(now));
}
