/** "I accept your message request" (messages, sections 4.4 and 14). */
import { type Content, createContent } from './content.ts';
import { type ProfileFields, profileFields } from './data-message.ts';

/** `sentAt` in ms. An empty name leaves the profile out. */
export function buildRequestResponse(
  fields: Omit<ProfileFields, 'syncTarget'> & Readonly<{ sentAt: number }>,
): Content {
  const { profile, profileKey } = profileFields(fields);
  return createContent({
    messageRequestResponse: {
      isApproved: true,
      ...(profileKey === undefined ? {} : { profileKey }),
      ...(profile === undefined ? {} : { profile }),
    },
    sigTimestamp: BigInt(fields.sentAt),
  });
}
