/** Network files: a network other than the built-in ones (contracts.md section 4). */
import * as v from 'valibot';
import { UsageError } from '../errors.ts';
import { fromBase64, fromHex, toBase64 } from '../util/bytes.ts';
import type { NetworkDefinition, SeedNode } from './types.ts';

/** A path needs three nodes beside its destination. */
export const smallestNetwork = 4;

const httpUrl = v.pipe(
  v.string(),
  v.check((text) => /^https?:\/\//i.test(text) && URL.canParse(text), 'is not an http(s) URL'),
  v.check((text) => {
    const url = URL.parse(text);
    return url === null || (url.username === '' && url.password === '' && url.hash === '');
  }, 'may not hold a user name or fragment'),
);

/** 64 hex digits with or without colons, any case; given on as lower-case hex. */
const certificateHash = v.pipe(
  v.string(),
  v.transform((text) => text.replaceAll(':', '').toLowerCase()),
  v.regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in hex'),
);

/** Base64 (as HTTP pins are written) or hex; given on as base64. */
const publicKeyHash = v.pipe(
  v.string(),
  v.transform((text) => hashToBase64(text)),
  v.string('is not a SHA-256 in base64 or hex'),
);

const seedNode = v.object({
  url: httpUrl,
  certificateSha256: v.optional(certificateHash),
  publicKeySha256: v.optional(publicKeyHash),
});

const networkFile = v.object({
  name: v.pipe(
    v.string(),
    v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, ".", "_" or "-"'),
  ),
  seedNodes: v.pipe(
    v.array(seedNode),
    v.minLength(1, 'is empty'),
    v.maxLength(32, 'has more than 32 entries'),
  ),
  fileServer: v.optional(
    v.object({
      url: httpUrl,
      publicKey: v.pipe(
        v.string(),
        v.toLowerCase(),
        v.regex(/^[0-9a-f]{64}$/, 'is not an X25519 key in hex'),
      ),
    }),
  ),
  defaultCommunity: v.optional(httpUrl),
  subnetDiversity: v.optional(v.boolean(), true),
  minimumNodes: v.optional(
    v.nullable(
      v.pipe(v.number(), v.integer(), v.minValue(smallestNetwork, 'is below 4'), v.maxValue(10_000)),
    ),
    null,
  ),
});

/**
 * The network a network file describes. `json` is the parsed JSON, or its text. Unknown fields are ignored; without
 * `subnetDiversity` it is on, without `minimumNodes` the minimums of the built-in networks hold. UsageError
 * `bad-network-file` names the field that is wrong.
 */
export function parseNetworkFile(json: unknown): NetworkDefinition {
  const parsed = v.safeParse(networkFile, typeof json === 'string' ? parseText(json) : json);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    const where = v.getDotPath(issue) ?? 'the file';
    throw new UsageError('bad-network-file', `The network file can't be used: ${where}: ${issue.message}.`, {
      fields: { field: where },
    });
  }
  const file = parsed.output;
  return {
    name: file.name,
    seedNodes: file.seedNodes.map(toSeedNode),
    ...(file.fileServer === undefined ? {} : { fileServer: file.fileServer }),
    ...(file.defaultCommunity === undefined ? {} : { defaultCommunity: file.defaultCommunity }),
    subnetDiversity: file.subnetDiversity,
    minimumNodes: file.minimumNodes,
  };
}

function toSeedNode(seed: v.InferOutput<typeof seedNode>): SeedNode {
  return {
    url: seed.url,
    ...(seed.certificateSha256 === undefined ? {} : { certificateSha256: seed.certificateSha256 }),
    ...(seed.publicKeySha256 === undefined ? {} : { publicKeySha256: seed.publicKeySha256 }),
  };
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError('bad-network-file', 'The network file is not JSON.');
  }
}

function hashToBase64(text: string): string | null {
  const bytes = /^[0-9a-fA-F]{64}$/.test(text) ? fromHex(text) : fromBase64(text);
  return bytes !== null && bytes.length === 32 ? toBase64(bytes) : null;
}
