/** Contacts as a person keeps them: nickname, pin, mute, hide. Linked devices follow by the records (core/config-sync). */
import { UsageError } from '../../errors.ts';
import type { AccountId } from '../../protocol/ids.ts';
import type { StoredConversation } from '../../store/index.ts';
import { utf8Encode } from '../../util/bytes.ts';
import type { Context } from '../context.ts';
import { announceContact, noContact } from '../people/contact-view.ts';
import { contactIn, conversationIn } from '../records.ts';
import type { Contact, ContactChange } from '../types.ts';

/** UTF-8 bytes of a nickname, at most, as of a display name (accounts.md section 8). */
const maxNicknameBytes = 100;

/** The trimmed nickname, or null for an empty one. Throws UsageError `name-too-long`. */
export function checkNickname(text: string): string | null {
  const trimmed = text.trim();
  if (utf8Encode(trimmed).length > maxNicknameBytes) {
    throw new UsageError(
      'name-too-long',
      `That nickname is too long: at most ${maxNicknameBytes} bytes of UTF-8.`,
    );
  }
  return trimmed === '' ? null : trimmed;
}

/**
 * Makes a contact, or takes one that is there, and shows its conversation; nothing is sent. A `nickname` of null
 * leaves the one that is. UsageError `own-account` for oneself.
 */
export async function addContact(context: Context, id: AccountId, nickname: string | null): Promise<Contact> {
  if (id === context.keys.accountId) {
    throw new UsageError('own-account', 'That is your own account ID: write to yourself with "me".');
  }
  const checked = nickname === null ? null : checkNickname(nickname);
  await context.store.transact((tx) => {
    const contact = contactIn(tx, id);
    tx.put('contacts', id, { ...contact, nickname: checked ?? contact.nickname });
    tx.put('conversations', id, { ...conversationIn(tx, id, context.keys.accountId), hidden: false });
  });
  return announceContact(context, id);
}

/** NotFoundError `no-contact`; UsageError as `checkNickname`. */
export async function changeContact(context: Context, id: string, change: ContactChange): Promise<Contact> {
  const { nickname, ...shown } = change;
  const checked = nickname === undefined || nickname === null ? nickname : checkNickname(nickname);
  await context.store.transact((tx) => {
    const contact = tx.get('contacts', id);
    if (contact === undefined) throw noContact();
    if (checked !== undefined) tx.put('contacts', id, { ...contact, nickname: checked });
    const conversation = conversationIn(tx, id, context.keys.accountId);
    tx.put('conversations', id, {
      ...conversation,
      ...placeOf(conversation, shown),
      mutedUntil: shown.mutedUntil === undefined ? conversation.mutedUntil : wholeSeconds(shown.mutedUntil),
    });
  });
  return announceContact(context, id);
}

/** Pinned or hidden, never both: linked devices have one place for the two (config.md section 12, priority). */
function placeOf(
  line: Pick<StoredConversation, 'pinned' | 'hidden'>,
  change: ContactChange,
): Pick<StoredConversation, 'pinned' | 'hidden'> {
  if (change.pinned === true && change.hidden !== true) return { pinned: true, hidden: false };
  const hidden = change.hidden ?? line.hidden;
  return { pinned: !hidden && (change.pinned ?? line.pinned), hidden };
}

/** The config messages know seconds only: all devices are to show the same time. Null stays null. */
function wholeSeconds(time: number | null): number | null {
  return time === null ? null : Math.ceil(time / 1000) * 1000;
}
