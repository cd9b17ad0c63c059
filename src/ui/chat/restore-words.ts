import type { CoreEvent } from '../../core/index.ts';
import { type SafeText, sanitizeText } from '../../text/sanitize.ts';

/** How far a restored account is; it is complete when all of its parts have come in. */
export function restoreWords({ done, total }: Extract<CoreEvent, { event: 'progress' }>): SafeText {
  return sanitizeText(
    done < total
      ? `Restoring your account from your other devices: ${done} of ${total}…`
      : 'Your account is restored: name, contacts and what is read are as on your other devices.',
  );
}
