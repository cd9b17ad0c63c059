import { NotFoundError, UsageError } from '../../errors.ts';
import { parseAccountId } from '../../protocol/ids.ts';
import type { Context } from '../context.ts';

/**
 * Finds the conversation that a person's words mean (contracts.md section 1): `me`, an account ID, or a nickname or
 * display name that only one contact has (compared without case).
 * Throws UsageError `bad-account-id` or `ambiguous-name`, NotFoundError `no-conversation`.
 */
export function resolveRecipient(context: Context, text: string): string {
  const wanted = text.trim();
  if (wanted === 'me') return context.keys.accountId;
  const accountId = parseAccountId(wanted);
  if (accountId !== null) return accountId;
  if (/^(05|03|15|25)[0-9a-fA-F]{20,}$/.test(wanted) || wanted === '') {
    throw new UsageError(
      'bad-account-id',
      'That is not a valid account ID: it must be 05 followed by 64 hex digits (0-9, a-f). Nothing was sent.',
    );
  }
  const name = fold(wanted);
  const matches = (pick: (contact: { nickname: string | null; name: string }) => string | null) =>
    context.store
      .entries('contacts')
      .filter(([, contact]) => fold(pick(contact) ?? '') === name)
      .map(([id]) => id);
  for (const found of [matches((contact) => contact.nickname), matches((contact) => contact.name)]) {
    if (found.length === 1 && found[0] !== undefined) return found[0];
    if (found.length > 1) {
      throw new UsageError(
        'ambiguous-name',
        `${found.length} contacts have that name. Use the account ID, or give one of them a nickname.`,
      );
    }
  }
  throw new NotFoundError(
    'no-conversation',
    'No contact has that name. Use an account ID (05 and 64 hex digits), a contact’s name, or "me".',
  );
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
