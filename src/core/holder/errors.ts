/** Errors that travel: family, code, words and fields, so that a command ends as it would have ended alone. */
import * as v from 'valibot';
import {
  CryptoError,
  type ErrorOptions,
  messageOf,
  NetworkError,
  type NetworkErrorCode,
  NotFoundError,
  ProtocolError,
  SessionTuiError,
  StoreError,
  type StoreErrorCode,
  UsageError,
} from '../../errors.ts';

const families = ['usage', 'crypto', 'protocol', 'network', 'store', 'not-found', 'other'] as const;
type Family = (typeof families)[number];

export const wireErrorSchema = v.object({
  family: v.picklist(families),
  code: v.pipe(v.string(), v.maxLength(64)),
  message: v.string(),
  fields: v.record(v.string(), v.union([v.string(), v.number(), v.boolean(), v.array(v.string())])),
});

export type WireError = v.InferOutput<typeof wireErrorSchema>;

export function toWireError(error: unknown): WireError {
  if (!(error instanceof SessionTuiError))
    return { family: 'other', code: 'internal', message: messageOf(error), fields: {} };
  const fields: WireError['fields'] = {};
  for (const [name, value] of Object.entries(error.fields))
    if (value !== undefined) fields[name] = typeof value === 'object' ? [...value] : value;
  return { family: familyOf(error), code: error.code, message: error.message, fields };
}

export function fromWireError({ family, code, message, fields }: WireError): SessionTuiError {
  const options: ErrorOptions = { fields };
  switch (family) {
    case 'usage':
      return new UsageError(code, message, options);
    case 'crypto':
      return new CryptoError(code, message, options);
    case 'protocol':
      return new ProtocolError(code, message, options);
    case 'network':
      // The holder's own code, of the same program version or one that speaks the same protocol.
      return new NetworkError(code as NetworkErrorCode, message, options);
    case 'store':
      return new StoreError(code as StoreErrorCode, message, options); // as above
    case 'not-found':
      return new NotFoundError(code, message, options);
    case 'other':
      return new SessionTuiError(code, message, options);
  }
}

function familyOf(error: SessionTuiError): Family {
  if (error instanceof UsageError) return 'usage';
  if (error instanceof CryptoError) return 'crypto';
  if (error instanceof ProtocolError) return 'protocol';
  if (error instanceof NetworkError) return 'network';
  if (error instanceof StoreError) return 'store';
  if (error instanceof NotFoundError) return 'not-found';
  return 'other';
}

/** The process that served this session is gone. `repeatable`: the call can be made again without doing it twice. */
export function holderGone(repeatable: boolean): StoreError {
  const what = repeatable ? '' : ' What was asked for may have been done or not.';
  return new StoreError(
    'locked',
    `The session-tui that holds the profile ended before it had answered.${what}`,
    {
      fields: { holderGone: true, repeatable },
    },
  );
}

/** Only the process that holds the profile can do this. */
export function needsProfileAlone(): StoreError {
  return new StoreError(
    'locked',
    'The profile is in use by another session-tui, and this needs it alone. Close that one first.',
  );
}

/** The process that holds the profile has locked itself. `heldLocked` tells it from a password that is asked for. */
export function holderLocked(): StoreError {
  return new StoreError(
    'password-needed',
    'The chat UI that holds this profile is locked; unlock it there.',
    {
      fields: { heldLocked: true },
    },
  );
}
