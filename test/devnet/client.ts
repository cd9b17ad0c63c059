/**
 * A small client for tests of the devnet, written from network.md on node:crypto alone: were it made of the program's own
 * code, a mistake could hide on both sides. (XChaCha20 comes from libsodium; node:crypto does not have it.)
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { Agent, request } from 'node:https';
import { sodium } from '../../src/crypto/sodium.ts';
import type { DevnetNode } from '../../src/devnet/index.ts';

export type HttpReply = Readonly<{
  status: number;
  type: string | undefined;
  server: string;
  body: Buffer;
  text: string;
}>;
export type OnionReply = HttpReply & Readonly<{ decrypted: string | null }>;

const agent = new Agent({ keepAlive: true, rejectUnauthorized: false, maxSockets: 64 });

export function endConnections(): void {
  agent.destroy();
}

export function post(
  node: DevnetNode,
  path: string,
  body: string | Uint8Array,
  options: Readonly<{ method?: string; headers?: Record<string, string>; timeoutMs?: number }> = {},
): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        agent,
        host: node.ip,
        port: node.port,
        path,
        method: options.method ?? 'POST',
        headers: { 'Content-Length': Buffer.byteLength(body), ...options.headers },
        ...(options.timeoutMs === undefined ? {} : { signal: AbortSignal.timeout(options.timeoutMs) }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const all = Buffer.concat(chunks);
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers['content-type'],
            server: String(response.headers.server),
            body: all,
            text: all.toString(),
          });
        });
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

export const rpcBody = (method: string, params: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', method, params });

export function direct(node: DevnetNode, method: string, params: unknown): Promise<HttpReply> {
  return post(node, '/storage_rpc/v1', rpcBody(method, params));
}

type Keys = Readonly<{ ed25519: string; x25519: string }>;
type Layer = Readonly<{ wire: Buffer; ephemeral: string; key: Buffer }>;
export type EncType = 'aes-gcm' | 'xchacha20';

export type OnionOptions = Readonly<{
  encType?: EncType;
  control?: unknown;
  /** what goes into the innermost plaintext instead of an RPC with control object */
  innermost?: Buffer;
  /** replaces the routing object of the last hop of the path */
  lastRoute?: (layer: Layer) => unknown;
  hopNumber?: number;
  timeoutMs?: number;
}>;

const frame = (blob: Uint8Array, json: unknown): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(blob.length);
  return Buffer.concat([length, blob, Buffer.from(JSON.stringify(json))]);
};

const x25519Public = (hex: string): KeyObject =>
  createPublicKey({
    key: Buffer.concat([Buffer.from('302a300506032b656e032100', 'hex'), Buffer.from(hex, 'hex')]),
    format: 'der',
    type: 'spki',
  });

const rawPublic = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' }).subarray(-32);

function sealLayer(encType: EncType, to: string, plaintext: Uint8Array): Layer {
  const pair = generateKeyPairSync('x25519');
  const secret = diffieHellman({ privateKey: pair.privateKey, publicKey: x25519Public(to) });
  const ephemeral = rawPublic(pair.publicKey);
  if (encType === 'aes-gcm') {
    const key = createHmac('sha256', 'LOKI').update(secret).digest();
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    const wire = Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
    return { wire, ephemeral: ephemeral.toString('hex'), key };
  }
  const key = sodium.crypto_generichash(32, Buffer.concat([secret, ephemeral, Buffer.from(to, 'hex')]), null);
  const nonce = randomBytes(24);
  const body = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, null, null, nonce, key);
  return {
    wire: Buffer.concat([nonce, body]),
    ephemeral: ephemeral.toString('hex'),
    key: Buffer.from(key),
  };
}

export function openReply(encType: EncType, key: Buffer, wire: Buffer): Buffer {
  if (encType === 'aes-gcm') {
    const decipher = createDecipheriv('aes-256-gcm', key, wire.subarray(0, 12), { authTagLength: 16 });
    decipher.setAuthTag(wire.subarray(-16));
    return Buffer.concat([decipher.update(wire.subarray(12, -16)), decipher.final()]);
  }
  return Buffer.from(
    sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
      null,
      wire.subarray(24),
      null,
      wire.subarray(0, 24),
      key,
    ),
  );
}

/** The bytes for the guard, and the keys of the layers of the last hop and of the destination. */
export function buildOnion(
  path: readonly Keys[],
  destination: Keys,
  rpc: string | Buffer,
  options: OnionOptions = {},
): { body: Buffer; key: Buffer; lastHopKey: Buffer } {
  const encType = options.encType ?? 'aes-gcm';
  const type = encType === 'aes-gcm' ? {} : { enc_type: encType };
  const control = options.control ?? { headers: {} };
  let layer = sealLayer(encType, destination.x25519, options.innermost ?? frame(Buffer.from(rpc), control));
  const { key } = layer;
  let lastHopKey = key;
  let next = destination;
  for (const [index, hop] of [...path.entries()].reverse()) {
    const isLast = index === path.length - 1;
    const route =
      isLast && options.lastRoute !== undefined
        ? options.lastRoute(layer)
        : { destination: next.ed25519, ephemeral_key: layer.ephemeral, ...type };
    layer = sealLayer(encType, hop.x25519, frame(layer.wire, route));
    if (isLast) lastHopKey = layer.key;
    next = hop;
  }
  const hop = options.hopNumber === undefined ? {} : { hop_no: options.hopNumber };
  return { body: frame(layer.wire, { ephemeral_key: layer.ephemeral, ...type, ...hop }), key, lastHopKey };
}

/** Sends an RPC through `path` to `destination`; `decrypted` is null when the outer status is not 200. */
export async function onion(
  path: readonly DevnetNode[],
  destination: Keys,
  rpc: string | Buffer,
  options: OnionOptions = {},
): Promise<OnionReply> {
  const { body, key, lastHopKey } = buildOnion(path, destination, rpc, options);
  const guard = path[0];
  if (guard === undefined) throw new Error('no path');
  const reply = await post(guard, '/onion_req/v2', body, {
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  });
  if (reply.status !== 200) return { ...reply, decrypted: null };
  const isRaw = (options.control as { base64?: boolean } | undefined)?.base64 === false;
  const wire = isRaw ? reply.body : Buffer.from(reply.text, 'base64');
  const encType = options.encType ?? 'aes-gcm';
  for (const candidate of [key, lastHopKey]) {
    try {
      return { ...reply, decrypted: openReply(encType, candidate, wire).toString() };
    } catch {
      // an exit's own refusal is encrypted with its own key
    }
  }
  return { ...reply, decrypted: null };
}

/** An account (05) or group (03) that signs. */
export class Owner {
  readonly id: string;
  readonly ed25519: string;
  readonly key: Buffer;
  readonly #prefix: '05' | '03';
  readonly #private: KeyObject;

  constructor(prefix: '05' | '03' = '05', seed: Buffer = randomBytes(32)) {
    this.#prefix = prefix;
    this.#private = createPrivateKey({
      key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
      format: 'der',
      type: 'pkcs8',
    });
    const ed = rawPublic(createPublicKey(this.#private));
    this.ed25519 = ed.toString('hex');
    this.key = prefix === '05' ? Buffer.from(sodium.crypto_sign_ed25519_pk_to_curve25519(ed)) : ed;
    this.id = prefix + this.key.toString('hex');
  }

  sign(...parts: (string | number | Buffer)[]): string {
    const message = Buffer.concat(
      parts.map((part) => (Buffer.isBuffer(part) ? part : Buffer.from(String(part)))),
    );
    return sign(null, message, this.#private).toString('base64');
  }

  /** Parameters of a signed request. */
  signed(fields: object, ...parts: (string | number | Buffer)[]): Record<string, unknown> {
    return {
      pubkey: this.id,
      ...(this.#prefix === '05' ? { pubkey_ed25519: this.ed25519 } : {}),
      ...fields,
      signature: this.sign(...parts),
    };
  }

  store(data: string | Buffer, fields: Record<string, unknown> = {}): Record<string, unknown> {
    const timestamp = Date.now();
    return {
      pubkey: this.id,
      data: Buffer.from(data).toString('base64'),
      timestamp,
      ttl: 3_600_000,
      ...fields,
    };
  }

  signedStore(
    namespace: number,
    data: string | Buffer,
    fields: Record<string, unknown> = {},
  ): Record<string, unknown> {
    const plain = this.store(data, fields);
    return this.signed(
      { ...plain, namespace },
      'store',
      namespace === 0 ? '' : namespace,
      Number(plain.timestamp),
    );
  }

  retrieve(namespace = 0, fields: Record<string, unknown> = {}, at = Date.now()): Record<string, unknown> {
    return this.signed(
      { namespace, timestamp: at, ...fields },
      'retrieve',
      namespace === 0 ? '' : namespace,
      at,
    );
  }
}

/** Data of the messages in a `retrieve` answer. */
export function dataOf(answer: string): string[] {
  const { messages } = JSON.parse(answer) as { messages: { data: string }[] };
  return messages.map(({ data }) => Buffer.from(data, 'base64').toString());
}
