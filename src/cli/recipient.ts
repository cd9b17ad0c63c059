import { UsageError } from '../errors.ts';
import { parseAccountId } from '../protocol/ids.ts';

/** Refuses what was meant as an account ID and is none, before any account is opened. UsageError `bad-account-id`. */
export function checkRecipient(text: string | undefined): string {
  const wanted = text?.trim() ?? '';
  if (wanted === '')
    throw new UsageError('usage', 'Say who: an account ID, the name of a contact, a Session name, or "me".');
  if (/^05[0-9a-f]{20,}$/i.test(wanted) && parseAccountId(wanted) === null) {
    throw new UsageError(
      'bad-account-id',
      'That is not a valid account ID: it must be 05 followed by 64 hex digits (0-9, a-f).',
    );
  }
  return wanted;
}
