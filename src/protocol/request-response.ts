/** "I accept your message request" (messages, sections 4.4 and 14). */
import { type Content, createContent } from './content.ts';

/** `sentAt` in ms. An empty name leaves the profile out. */
export function buildRequestResponse(
  fields: Readonly<{
    sentAt: number;
    profileName: string;
    /** when name or picture last changed, in seconds */
    profileUpdatedAtSec?: number;
  }>,
): Content {
  const { sentAt, profileName, profileUpdatedAtSec } = fields;
  const profile = {
    displayName: profileName,
    ...(profileUpdatedAtSec === undefined ? {} : { lastProfileUpdateSeconds: BigInt(profileUpdatedAtSec) }),
  };
  return createContent({
    messageRequestResponse: { isApproved: true, ...(profileName === '' ? {} : { profile }) },
    sigTimestamp: BigInt(sentAt),
  });
}
