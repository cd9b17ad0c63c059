/** Who signs a storage request: an account, a group's admin, or a group member through its sub-account. */
import { sign } from '../../crypto/ed25519.ts';
import { toBase64, toHex } from '../../util/bytes.ts';
import { signAsSubaccount, subaccountProof } from './subaccount.ts';

/** One's own account; `AccountKeys` fits. */
export type AccountSigner = Readonly<{
  kind?: undefined;
  accountId: string;
  /** 32 bytes */
  ed25519PublicKey: Uint8Array;
  /** 64 bytes: seed and public key */
  ed25519SecretKey: Uint8Array;
}>;

/** A group's own key. */
export type GroupAdminSigner = Readonly<{
  kind: 'group-admin';
  /** `03` and 64 hex digits */
  groupId: string;
  /** the group's 64-byte Ed25519 key */
  ed25519SecretKey: Uint8Array;
}>;

/** A member with what the admin handed out. */
export type GroupMemberSigner = Readonly<{
  kind: 'group-member';
  groupId: string;
  /** 100 bytes (network.md 4.3) */
  authData: Uint8Array;
  /** the member's own 64-byte Ed25519 key */
  ed25519SecretKey: Uint8Array;
}>;

export type RequestSigner = AccountSigner | GroupAdminSigner | GroupMemberSigner;

/** The account or group whose storage the signer may touch. */
export function signerPubkey(signer: RequestSigner): string {
  return signer.kind === undefined ? signer.accountId : signer.groupId;
}

/**
 * The members that a signed request needs beside its own. `pubkey_ed25519` goes with account IDs only: with a group ID
 * it makes the server refuse the complete batch (network.md 9, item 2).
 */
export function signatureParams(
  signer: RequestSigner,
  message: Uint8Array,
): Readonly<Record<string, string>> {
  if (signer.kind === undefined)
    return {
      pubkey_ed25519: toHex(signer.ed25519PublicKey),
      signature: toBase64(sign(message, signer.ed25519SecretKey)),
    };
  if (signer.kind === 'group-admin') return { signature: toBase64(sign(message, signer.ed25519SecretKey)) };
  const proof = subaccountProof(signer.authData, signer.ed25519SecretKey.subarray(32));
  return {
    subaccount: toBase64(proof.token),
    subaccount_sig: toBase64(proof.tokenSignature),
    signature: toBase64(signAsSubaccount(message, signer.authData, signer.ed25519SecretKey)),
  };
}
