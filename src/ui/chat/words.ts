/** Errors and notices as the screen says them. */
import {
  CryptoError,
  NetworkError,
  type NetworkErrorCode,
  NotFoundError,
  ProtocolError,
  SessionTuiError,
  StoreError,
  type StoreErrorCode,
} from '../../errors.ts';
import { type SafeText, safe, sanitizeText } from '../../text/sanitize.ts';

/** What to do where the network failed. */
const networkRemedies: Readonly<Record<NetworkErrorCode, string>> = {
  proxy: 'Start the proxy, or name another one with --proxy; nothing is tried without it.',
  seed: 'Check the network connection; where this network is blocked, go through a proxy (--tor, --proxy).',
  path: 'Try again in a moment; another path is taken then.',
  node: 'Try again in a moment; another node is asked then.',
  'wrong-swarm': 'Try again in a moment.',
  'clock-skew': 'Set the clock of this machine, then try again.',
  timeout: 'Try again; if it stays so, check the network connection.',
  offline: 'Check the network connection, then try again.',
  refused: 'The same would be refused again: change it, or update session-tui.',
};

/** What to do where the profile's folder failed. */
const storeRemedies: Readonly<Record<StoreErrorCode, string>> = {
  locked: 'Close the other session-tui, then try again.',
  damaged: 'The rest is readable; session-tui doctor says more.',
  'wrong-password': 'Try again.',
  'password-needed': 'Start it at a terminal, or give --password-file FILE.',
  'write-failed': 'Make room on the disk, or see who may write there, then try again.',
  'too-new': 'Update session-tui.',
};

const lookFurther = 'Try again; if it stays so, session-tui doctor looks for the cause.';

/** What to do about an error whose message does not say it; null: what is wrong says it. */
function remedyOf(error: SessionTuiError): string | null {
  if (error instanceof NetworkError) return networkRemedies[error.code];
  if (error instanceof StoreError) return storeRemedies[error.code];
  if (error instanceof NotFoundError) return 'It may have been removed meanwhile, here or on another device.';
  if (error instanceof ProtocolError || error instanceof CryptoError) return lookFurther;
  return null;
}

/** Says that all is as it was, which is nothing to do. */
const asBefore = / ?Nothing (?:else )?was [a-z]+\.$/;

/** A message that goes on after what happened says what to do itself. */
function saysWhatToDo(message: string): boolean {
  return /[.!?;:] \S/.test(message.replace(asBefore, ''));
}

/**
 * What happened and what to do, in one or two lines. Errors of the program's own are written for a person; others are
 * not.
 */
export function errorWords(error: unknown): SafeText {
  if (error instanceof SessionTuiError) {
    const remedy = saysWhatToDo(error.message) ? null : remedyOf(error);
    if (remedy === null) return sanitizeText(error.message);
    const end = /[.!?]$/.test(error.message) ? '' : '.';
    return sanitizeText(`${error.message}${end} ${remedy}`);
  }
  if (error instanceof Error)
    return sanitizeText(`Something went wrong: ${error.message.replace(/\.$/, '')}. ${lookFurther}`);
  return safe(`Something went wrong. ${lookFurther}`);
}
