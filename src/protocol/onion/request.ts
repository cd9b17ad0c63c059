/** Builds onion requests, innermost layer first (network.md 3.3). */
import { type EphemeralKey, ephemeralFromSecret } from '../../crypto/ephemeral.ts';
import { ProtocolError } from '../../errors.ts';
import { fromHex, toHex } from '../../util/bytes.ts';
import type { ServiceNode } from '../service-node.ts';
import {
  type EncryptedLayer,
  type EncType,
  encryptLayer,
  type FrameJson,
  frame,
  layerKey,
  nonceLength,
} from './layer.ts';

/** A node on a path, or the node that answers. */
export type OnionHop = Readonly<{
  /** 32-byte Ed25519 key, lower-case hex: what the hop before it looks it up by */
  ed25519: string;
  /** 32-byte X25519 key: what its layer is encrypted to */
  x25519: Uint8Array;
}>;

export type OnionDestination =
  | Readonly<{ kind: 'node' } & OnionHop>
  | Readonly<{
      kind: 'server';
      host: string;
      /** starts with /oxen/ or /loki/, ends with /lsrpc */
      target: string;
      protocol: 'https' | 'http';
      /** default 443 or 80 */
      port?: number;
      /** the server's X25519 key, 32 bytes */
      x25519: Uint8Array;
    }>;

/** What opens the answer: only the destination can have made it. */
export type OnionReplyKey = Readonly<{
  encType: EncType;
  /** 32 bytes */
  key: Uint8Array;
  /** the AES-GCM key of the same secret: some destinations answer an XChaCha20 request with it */
  gcmKey?: Uint8Array;
}>;

/**
 * Whose habits the JSON shows: `desktop` leaves out every default (Session Desktop 1.17), `libsession` sorts its keys
 * and says everything. Nodes read both alike.
 */
export type OnionDialect = 'desktop' | 'libsession';

export type OnionRequest = Readonly<{
  path: readonly OnionHop[];
  destination: OnionDestination;
  /** RPC JSON for a node, a v4 (or v3) payload for a server */
  payload: Uint8Array;
  /** for all layers, or one for each: guard first, destination last. Default AES-GCM */
  encType?: EncType | readonly EncType[];
  dialect?: OnionDialect;
  /** replaces the object behind a node's payload; it must have the key `headers` */
  control?: FrameJson;
  random: (length: number) => Uint8Array;
  /** makes the fresh key of each layer; without it they come from `random` */
  ephemeral?: () => EphemeralKey;
}>;

/** What a guard takes at most, bytes. */
export const maxOnionBody = 10_485_760;

const desktopControl: FrameJson = { headers: { 'Content-Type': 'application/json' }, body: null };
const libsessionControl: FrameJson = { headers: '' };

/** The same nodes are hops again and again. */
const hops = new WeakMap<object, OnionHop>();

/** A listed node as a hop. ProtocolError `malformed` for a key that is not hex. */
export function onionHop(node: Pick<ServiceNode, 'ed25519' | 'x25519'>): OnionHop {
  const known = hops.get(node);
  if (known !== undefined) return known;
  const x25519 = fromHex(node.x25519);
  if (x25519 === null) throw new ProtocolError('malformed', 'The key of a node is not hex');
  const hop = { ed25519: node.ed25519, x25519 };
  hops.set(node, hop);
  return hop;
}

/**
 * The bytes to post to the guard, and the key that opens the answer. Draws 32 bytes (unless `ephemeral` is given) and
 * then an iv or nonce for each layer from `random`, the destination's first. ProtocolError `malformed` for an empty path or a count of types that
 * does not fit, `too-large` above 10 MiB; CryptoError `bad-key` for a key of low order.
 */
export function buildOnionRequest(request: OnionRequest): { body: Uint8Array; reply: OnionReplyKey } {
  const { path, destination, random } = request;
  const ephemeral = request.ephemeral ?? (() => ephemeralFromSecret(random(32)));
  const dialect = request.dialect ?? 'desktop';
  const encTypes = typesOf(request);
  const typeAt = (index: number): EncType => encTypes[index] ?? 'aes-gcm';

  const seal = (encType: EncType, recipientXPk: Uint8Array, plaintext: Uint8Array): EncryptedLayer => {
    // no layer is smaller than the one in it: stop before encrypting what no guard would take
    if (plaintext.length > maxOnionBody)
      throw new ProtocolError('too-large', 'The request is larger than 10 MiB');
    return encryptLayer({
      encType,
      recipientXPk,
      plaintext,
      ephemeral: ephemeral(),
      ivOrNonce: random(nonceLength(encType)),
    });
  };

  const innermostType = typeAt(path.length);
  const innermost = seal(
    innermostType,
    destination.x25519,
    destination.kind === 'server'
      ? request.payload
      : frame(
          request.payload,
          request.control ?? (dialect === 'desktop' ? desktopControl : libsessionControl),
        ),
  );

  let layer = innermost;
  let to = destination;
  let type = innermostType;
  for (const [index, hop] of [...path.entries()].reverse()) {
    const plaintext = frame(layer.wire, routeTo(to, type, layer, dialect));
    to = { kind: 'node', ...hop };
    type = typeAt(index);
    layer = seal(type, hop.x25519, plaintext);
  }

  const body = frame(layer.wire, entry(type, layer, dialect));
  if (body.length > maxOnionBody) throw new ProtocolError('too-large', 'The request is larger than 10 MiB');
  return {
    body,
    reply: {
      encType: innermostType,
      key: innermost.key,
      ...(innermostType === 'xchacha20'
        ? { gcmKey: layerKey('aes-gcm', innermost.shared, innermost.ephemeralPk, destination.x25519) }
        : {}),
    },
  };
}

function typesOf(request: OnionRequest): readonly EncType[] {
  const layers = request.path.length + 1;
  if (request.path.length === 0) throw new ProtocolError('malformed', 'An onion path needs a node');
  const given = request.encType ?? 'aes-gcm';
  if (typeof given === 'string') return new Array<EncType>(layers).fill(given);
  if (given.length !== layers) throw new ProtocolError('malformed', 'Every layer needs its encryption type');
  return given;
}

/** What stands beside the outermost blob: how the guard opens it. */
function entry(encType: EncType, layer: EncryptedLayer, dialect: OnionDialect): FrameJson {
  const ephemeral_key = toHex(layer.ephemeralPk);
  if (dialect === 'libsession') return { enc_type: encType, ephemeral_key };
  return encType === 'aes-gcm' ? { ephemeral_key } : { ephemeral_key, enc_type: encType };
}

/** What tells a hop where the enclosed blob goes and how its receiver opens it. */
function routeTo(
  to: OnionDestination,
  encType: EncType,
  layer: EncryptedLayer,
  dialect: OnionDialect,
): FrameJson {
  const ephemeral_key = toHex(layer.ephemeralPk);
  if (to.kind === 'node') {
    if (dialect === 'libsession') return { destination: to.ed25519, enc_type: encType, ephemeral_key };
    return { destination: to.ed25519, ...entry(encType, layer, dialect) };
  }
  const { host, target, protocol } = to;
  const defaultPort = protocol === 'https' ? 443 : 80;
  const port = to.port ?? defaultPort;
  if (dialect === 'libsession')
    return { enc_type: encType, ephemeral_key, host, method: 'POST', port, protocol, target };
  return {
    host,
    target,
    method: 'POST',
    ephemeral_key,
    ...(protocol === 'https' && port === defaultPort ? {} : { protocol, port }),
    ...(encType === 'aes-gcm' ? {} : { enc_type: encType }),
  };
}
