/** Errors and notices as the screen says them. */
import { SessionTuiError } from '../../errors.ts';
import { type SafeText, safe, sanitizeText } from '../../text/sanitize.ts';

/** What happened, in one or two lines. Errors of the program's own are written for a person; others are not. */
export function errorWords(error: unknown): SafeText {
  if (error instanceof SessionTuiError) return sanitizeText(error.message);
  if (error instanceof Error) return sanitizeText(`Something went wrong: ${error.message}`);
  return safe('Something went wrong.');
}
