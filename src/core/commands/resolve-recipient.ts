import { NetworkError, NotFoundError, UsageError } from '../../errors.ts';
import { parseAccountId } from '../../protocol/ids.ts';
import { parseSnsName } from '../../protocol/sns.ts';
import type { Context } from '../context.ts';

/**
 * Finds the conversation that a person's words mean (contracts.md section 1): `me`, an account ID, a nickname or
 * display name that only one contact has (compared without case), or a Session name, which the network is asked for
 * only if no contact has it.
 * Throws UsageError `bad-account-id` or `ambiguous-name`, NotFoundError `no-conversation`, NetworkError when a name
 * can't be looked up now.
 */
export async function resolveRecipient(
  context: Context,
  text: string,
  signal?: AbortSignal,
): Promise<string> {
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
  const sessionName = parseSnsName(wanted);
  if (sessionName === null) {
    throw new NotFoundError(
      'no-conversation',
      'No contact has that name. Use an account ID (05 and 64 hex digits), a contact’s name, or "me".',
    );
  }
  const owner = await lookUp(context, sessionName, signal);
  if (owner === null) {
    throw new NotFoundError(
      'no-conversation',
      'No contact has that name, and nobody has registered it as a Session name. Use the account ID (05 and 64 hex digits).',
    );
  }
  return owner;
}

async function lookUp(context: Context, name: string, signal?: AbortSignal) {
  try {
    return await context.network.resolveName(name, signal);
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    throw new NetworkError(
      error.code,
      `No contact has that name, and as a Session name it can’t be looked up now. ${error.message}`,
      { cause: error, fields: error.fields },
    );
  }
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
