import { UsageError } from '../errors.ts';
import { utf8Encode } from '../util/bytes.ts';

/** The display name asked for, or none. UsageError `bad-name` for what the protocol can't carry. */
export function displayName(text: string | undefined): string {
  if (text === undefined) return '';
  const name = text.trim();
  const size = utf8Encode(name).length;
  if (size < 1 || size > 100) {
    throw new UsageError('bad-name', 'A display name has 1 to 100 bytes (as UTF-8). Nothing was created.');
  }
  return name;
}
