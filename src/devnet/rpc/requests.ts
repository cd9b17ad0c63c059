/** The requests of the storage RPC, read from JSON (network.md 4.5). Nothing is decided here but whether they parse. */
import { fromBase64, fromHex } from '../../util/bytes.ts';
import { type Account, isMessageHash, parseAccount } from './account.ts';
import {
  booleanAt,
  integerAt,
  integerOrTextAt,
  namespaceAt,
  namespaceOrAllAt,
  notBoth,
  ParameterError,
  type Params,
  required,
  signatureBytes,
  stringAt,
  stringsAt,
  timestampAt,
  timestampsAt,
} from './fields.ts';

/** 76 800 bytes of a message in base64. */
const maxDataBase64 = (76_800 / 3) * 4;
const tokenLength = 36;
const maxTokens = 50;

export type Subaccount = Readonly<{
  /** 36 bytes */
  token: Uint8Array;
  /** the account's over the token, 64 bytes */
  signature: Uint8Array;
}>;

/** Who signed and how; nothing of it is verified yet. */
export type Signed = Readonly<{
  account: Account;
  /** `pubkey_ed25519`, 32 bytes */
  ed25519: Uint8Array | null;
  signature: Uint8Array;
  subaccount: Subaccount | null;
}>;

export type AllOrOne = number | 'all';

export type StoreRequest = Readonly<{
  kind: 'store';
  account: Account;
  signed: Signed | null;
  signedAt: number;
  namespace: number;
  timestamp: number;
  expiry: number;
  data: Uint8Array;
}>;
export type RetrieveRequest = Readonly<{
  kind: 'retrieve';
  account: Account;
  signed: Signed | null;
  timestamp: number;
  namespace: number;
  lastHash: string | null;
  maxCount: number | null;
  maxSize: number | null;
}>;
export type DeleteRequest = Readonly<{
  kind: 'delete';
  signed: Signed;
  messages: readonly string[];
  required: boolean;
}>;
export type DeleteAllRequest = Readonly<{
  kind: 'delete_all';
  signed: Signed;
  namespace: AllOrOne;
  timestamp: number;
}>;
export type DeleteBeforeRequest = Readonly<{
  kind: 'delete_before';
  signed: Signed;
  namespace: AllOrOne;
  before: number;
}>;
export type ExpireRequest = Readonly<{
  kind: 'expire';
  signed: Signed;
  messages: readonly string[];
  expiry: readonly number[];
  only: 'extend' | 'shorten' | null;
}>;
export type ExpireAllRequest = Readonly<{
  kind: 'expire_all';
  signed: Signed;
  namespace: AllOrOne;
  expiry: number;
}>;
export type GetExpiriesRequest = Readonly<{
  kind: 'get_expiries';
  signed: Signed;
  messages: readonly string[];
  timestamp: number;
}>;
export type RevokeRequest = Readonly<{
  kind: 'revoke_subaccount' | 'unrevoke_subaccount';
  signed: Signed;
  tokens: readonly Uint8Array[];
  timestamp: number;
}>;
export type GetSwarmRequest = Readonly<{ kind: 'get_swarm'; account: Account }>;
export type DaemonRequest = Readonly<{
  kind: 'oxend_request';
  endpoint: 'get_service_nodes' | 'ons_resolve';
  params: unknown;
}>;
export type InfoRequest = Readonly<{ kind: 'info' }>;

export type PlainRequest =
  | StoreRequest
  | RetrieveRequest
  | DeleteRequest
  | DeleteAllRequest
  | DeleteBeforeRequest
  | ExpireRequest
  | ExpireAllRequest
  | GetExpiriesRequest
  | RevokeRequest
  | GetSwarmRequest
  | DaemonRequest
  | InfoRequest;

/** Reads the parameters of each method. They throw ParameterError. */
export const loaders: ReadonlyMap<string, (params: Params) => PlainRequest> = new Map<
  string,
  (params: Params) => PlainRequest
>([
  ['store', loadStore],
  ['retrieve', loadRetrieve],
  ['delete', loadDelete],
  ['delete_all', loadDeleteAll],
  ['delete_before', loadDeleteBefore],
  ['expire', loadExpire],
  ['expire_all', loadExpireAll],
  ['get_expiries', loadGetExpiries],
  ['revoke_subaccount', loadRevoke],
  ['unrevoke_subaccount', loadUnrevoke],
  ['get_swarm', loadGetSwarm],
  ['get_snodes_for_pubkey', loadGetSwarm],
  ['oxend_request', loadDaemon],
  ['info', () => ({ kind: 'info' })],
]);

// Fields are read in alphabetical order before anything is required of them: which complaint comes first depends on it.

function loadStore(params: Params): StoreRequest {
  const data = stringAt(params, 'data');
  const expiry = timestampAt(params, 'expiry');
  const namespace = namespaceAt(params, 'namespace') ?? 0;
  const oldName = stringAt(params, 'pubKey');
  const name = stringAt(params, 'pubkey');
  const ed25519 = stringAt(params, 'pubkey_ed25519');
  const signedAt = timestampAt(params, 'sig_timestamp');
  const signature = stringAt(params, 'signature');
  const subaccount = readSubaccountFields(params);
  const givenTimestamp = integerOrTextAt(params, 'timestamp', false);
  const ttl = integerOrTextAt(params, 'ttl', true);

  const timestamp = required(givenTimestamp, 'timestamp');
  notBoth(expiry, 'expiry', ttl, 'ttl');
  const expiresAt = expiry ?? (ttl === undefined ? undefined : timestamp + ttl);
  if (expiresAt === undefined) throw new ParameterError("Required field 'expiry' or 'ttl' missing");
  const accountText = eitherName(name, oldName);
  const signed = signature === undefined ? null : loadSigned(accountText, ed25519, signature, subaccount);
  const account = signed?.account ?? loadAccount(accountText);
  const text = required(data, 'data');
  const bytes = fromBase64(text);
  if (bytes === null) throw new ParameterError("Invalid 'data' value: not base64 encoded");
  if (text.length > maxDataBase64)
    throw new ParameterError('Message body exceeds maximum allowed length of 76800 bytes');
  return {
    kind: 'store',
    account,
    signed,
    signedAt: signedAt ?? timestamp,
    namespace,
    timestamp,
    expiry: expiresAt,
    data: bytes,
  };
}

function loadRetrieve(params: Params): RetrieveRequest {
  const oldLastHash = stringAt(params, 'lastHash');
  const lastHash = stringAt(params, 'last_hash');
  const maxCount = integerAt(params, 'max_count');
  const maxSize = integerAt(params, 'max_size');
  const namespace = namespaceAt(params, 'namespace');
  const oldName = stringAt(params, 'pubKey');
  const name = stringAt(params, 'pubkey');
  const ed25519 = stringAt(params, 'pubkey_ed25519');
  const signature = stringAt(params, 'signature');
  const subaccount = readSubaccountFields(params);
  const timestamp = timestampAt(params, 'timestamp');

  const accountText = eitherName(name, oldName);
  const mustSign =
    ed25519 !== undefined ||
    signature !== undefined ||
    timestamp !== undefined ||
    (namespace !== undefined && !isOpenForReading(namespace));
  const signed = mustSign ? loadSigned(accountText, ed25519, signature, subaccount) : null;
  const account = signed?.account ?? loadAccount(accountText);
  notBoth(lastHash, 'last_hash', oldLastHash, 'lastHash');
  return {
    kind: 'retrieve',
    account,
    signed,
    // what the real server makes of a missing one is undefined; here it is too old
    timestamp: timestamp ?? 0,
    namespace: namespace ?? 0,
    lastHash: checkLastHash(oldLastHash ?? lastHash),
    maxCount: maxCount ?? null,
    maxSize: maxSize ?? null,
  };
}

/** Public outboxes and the namespace of old closed groups. */
export function isOpenForReading(namespace: number): boolean {
  return namespace === -10 || isOutbox(namespace);
}

/** Each store there replaces what was there; −1, −21, … */
export function isOutbox(namespace: number): boolean {
  return namespace < 0 && -namespace % 20 === 1;
}

function checkLastHash(text: string | undefined): string | null {
  if (text === undefined || text === '') return null;
  if (text.length !== 43) throw new ParameterError('Invalid last_hash: expected base64 (43 chars)');
  if (!isMessageHash(text)) throw new ParameterError('Invalid last_hash: not base64');
  return text;
}

function loadDelete(params: Params): DeleteRequest {
  const messages = stringsAt(params, 'messages');
  const name = stringAt(params, 'pubkey');
  const ed25519 = stringAt(params, 'pubkey_ed25519');
  const must = booleanAt(params, 'required');
  const signature = stringAt(params, 'signature');
  const subaccount = readSubaccountFields(params);
  const signed = loadSigned(name, ed25519, signature, subaccount);
  return { kind: 'delete', signed, messages: checkHashes(messages), required: must ?? false };
}

function loadDeleteAll(params: Params): DeleteAllRequest {
  const namespace = namespaceOrAllAt(params, 'namespace') ?? 0;
  const common = readSignedFields(params);
  const timestamp = timestampAt(params, 'timestamp');
  const signed = signedOf(common);
  return { kind: 'delete_all', signed, namespace, timestamp: required(timestamp, 'timestamp') };
}

function loadDeleteBefore(params: Params): DeleteBeforeRequest {
  const before = timestampAt(params, 'before');
  const namespace = namespaceOrAllAt(params, 'namespace') ?? 0;
  const signed = signedOf(readSignedFields(params));
  return { kind: 'delete_before', signed, namespace, before: required(before, 'before') };
}

function loadExpireAll(params: Params): ExpireAllRequest {
  const expiry = timestampAt(params, 'expiry');
  const namespace = namespaceOrAllAt(params, 'namespace') ?? 0;
  const signed = signedOf(readSignedFields(params));
  return { kind: 'expire_all', signed, namespace, expiry: required(expiry, 'expiry') };
}

function loadExpire(params: Params): ExpireRequest {
  const givenExpiry = timestampsAt(params, 'expiry');
  const extend = booleanAt(params, 'extend') ?? false;
  const givenMessages = stringsAt(params, 'messages');
  const name = stringAt(params, 'pubkey');
  const ed25519 = stringAt(params, 'pubkey_ed25519');
  const shorten = booleanAt(params, 'shorten') ?? false;
  const signature = stringAt(params, 'signature');
  const subaccount = readSubaccountFields(params);
  const signed = loadSigned(name, ed25519, signature, subaccount);
  const expiry = required(givenExpiry, 'expiry');
  if (expiry.length === 0) throw new ParameterError("'expiry' does not contain any expiration timestamps");
  if (shorten && extend) throw new ParameterError("cannot specify both 'shorten' and 'extend'");
  const messages = notEmpty(givenMessages);
  if (expiry.length > 1 && expiry.length !== messages.length)
    throw new ParameterError("'expiry' must be a single expiry, or the same length as 'messages'");
  checkHashes(messages);
  const one = extend ? 'extend' : null;
  return { kind: 'expire', signed, messages, expiry, only: shorten ? 'shorten' : one };
}

function loadGetExpiries(params: Params): GetExpiriesRequest {
  const messages = stringsAt(params, 'messages');
  const common = readSignedFields(params);
  const timestamp = timestampAt(params, 'timestamp');
  const signed = signedOf(common);
  return {
    kind: 'get_expiries',
    signed,
    timestamp: required(timestamp, 'timestamp'),
    messages: notEmpty(messages),
  };
}

function loadRevoke(params: Params): RevokeRequest {
  const name = stringAt(params, 'pubkey');
  const ed25519 = stringAt(params, 'pubkey_ed25519');
  const revoke = stringsAt(params, 'revoke');
  const signature = stringAt(params, 'signature');
  const timestamp = timestampAt(params, 'timestamp');
  const signed = loadSigned(name, ed25519, signature, null);
  const texts = required(revoke, 'revoke');
  if (texts.length > maxTokens)
    throw new ParameterError(`invalid revoke: cannot revoke more than ${maxTokens} subaccounts at once`);
  const tokens = texts.map((text) => loadToken(text, 'revoke'));
  return {
    kind: 'revoke_subaccount',
    signed,
    tokens,
    timestamp: required(timestamp, 'timestamp'),
  };
}

function loadUnrevoke(params: Params): RevokeRequest {
  const name = stringAt(params, 'pubkey');
  const ed25519 = stringAt(params, 'pubkey_ed25519');
  const signature = stringAt(params, 'signature');
  const timestamp = timestampAt(params, 'timestamp');
  const unrevoke = stringsAt(params, 'unrevoke');
  const signed = loadSigned(name, ed25519, signature, null);
  const at = required(timestamp, 'timestamp');
  const tokens = required(unrevoke, 'unrevoke').map((text) => loadToken(text, 'unrevoke'));
  return { kind: 'unrevoke_subaccount', signed, tokens, timestamp: at };
}

function loadToken(text: string, what: 'revoke' | 'unrevoke'): Uint8Array {
  const bytes = tokenBytes(text);
  if (bytes !== null) return bytes;
  throw new ParameterError(`invalid ${what}: expected base64 or hex-encoded subaccount tag`);
}

function tokenBytes(text: string): Uint8Array | null {
  if (text.length === (tokenLength / 3) * 4) {
    const bytes = fromBase64(text);
    return bytes?.length === tokenLength ? bytes : null;
  }
  return text.length === tokenLength * 2 ? fromHex(text) : null;
}

function loadGetSwarm(params: Params): GetSwarmRequest {
  const oldName = stringAt(params, 'pubKey');
  const name = stringAt(params, 'pubkey');
  const account = parseAccount(eitherName(name, oldName));
  if (account === null) throw new ParameterError('Pubkey must be 66 hex digits/33 bytes long');
  return { kind: 'get_swarm', account };
}

function loadDaemon(params: Params): DaemonRequest {
  const endpoint = required(stringAt(params, 'endpoint'), 'endpoint');
  if (endpoint !== 'get_service_nodes' && endpoint !== 'ons_resolve')
    throw new ParameterError(`Invalid oxend endpoint '${endpoint}'`);
  return { kind: 'oxend_request', endpoint, params: params.params };
}

// What the loaders share.

type SubaccountFields = Readonly<{ token: string | undefined; signature: string | undefined }>;
type SignedFields = Readonly<{
  name: string | undefined;
  ed25519: string | undefined;
  signature: string | undefined;
  subaccount: SubaccountFields;
}>;

function readSubaccountFields(params: Params): SubaccountFields {
  return { token: stringAt(params, 'subaccount'), signature: stringAt(params, 'subaccount_sig') };
}

function readSignedFields(params: Params): SignedFields {
  return {
    name: stringAt(params, 'pubkey'),
    ed25519: stringAt(params, 'pubkey_ed25519'),
    signature: stringAt(params, 'signature'),
    subaccount: readSubaccountFields(params),
  };
}

function signedOf(fields: SignedFields): Signed {
  return loadSigned(fields.name, fields.ed25519, fields.signature, fields.subaccount);
}

/** `pubKey` is the name of the field in old clients. */
function eitherName(name: string | undefined, oldName: string | undefined): string {
  notBoth(name, 'pubkey', oldName, 'pubKey');
  return required(name ?? oldName, 'pubkey');
}

function loadAccount(text: string | undefined): Account {
  const account = parseAccount(required(text, 'pubkey'));
  if (account === null) throw new ParameterError('Pubkey must be 66 hex digits (33 bytes) long');
  return account;
}

function loadSigned(
  accountText: string | undefined,
  ed25519: string | undefined,
  signature: string | undefined,
  subaccount: SubaccountFields | null,
): Signed {
  const account = loadAccount(accountText);
  const signatureText = required(signature, 'signature');
  const key = ed25519 === undefined ? null : loadEd25519(account, ed25519);
  const bytes = signatureBytes(signatureText);
  if (bytes === null)
    throw new ParameterError('invalid signature: expected base64 encoded Ed25519 signature');
  return {
    account,
    ed25519: key,
    signature: bytes,
    subaccount: subaccount === null ? null : loadSubaccount(subaccount),
  };
}

function loadEd25519(account: Account, text: string): Uint8Array {
  if (account.prefix !== 5) throw new ParameterError('pubkey_ed25519 is only permitted for 05[...] pubkeys');
  if (text.length !== 64)
    throw new ParameterError('Invalid pubkey_ed25519: expected 64 hex char or 32 byte pubkey');
  const bytes = fromHex(text);
  if (bytes === null) throw new ParameterError('invalid pubkey_ed25519: value is not hex');
  return bytes;
}

function loadSubaccount(fields: SubaccountFields): Subaccount | null {
  if (fields.token === undefined || fields.token === '') return null;
  if (fields.signature === undefined)
    throw new ParameterError('invalid subaccount: subaccount_sig is required when using subaccount');
  const token = tokenBytes(fields.token);
  if (token === null)
    throw new ParameterError('invalid subaccount: expected base64 or hex-encoded subaccount token');
  const signature = signatureBytes(fields.signature);
  if (signature === null)
    throw new ParameterError('invalid subaccount signature: expected base64 encoded Ed25519 signature');
  return { token, signature };
}

function notEmpty(messages: string[] | undefined): string[] {
  const given = required(messages, 'messages');
  if (given.length === 0) throw new ParameterError('messages does not contain any message hashes');
  return given;
}

function checkHashes(messages: string[] | undefined): string[] {
  const given = notEmpty(messages);
  for (const hash of given)
    if (!isMessageHash(hash)) throw new ParameterError(`invalid message hash: ${hash}`);
  return given;
}
