/**
 * What an onion request costs the client in processor time, TLS and HTTP and JSON included, against the bare crypto of
 * its layers: a key pair, a Diffie-Hellman, an HMAC and an AES-GCM for each of three hops and the destination, and
 * the AES-GCM of the answer, on as many bytes. Once with X25519 of libsodium, as the rest of the program has it, and
 * once with that of node:crypto, which is what the layers themselves use (src/crypto/ephemeral.ts).
 */
import { createCipheriv, createDecipheriv, createHmac, createSecretKey, randomFillSync } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateEphemeral } from '../../src/crypto/ephemeral.ts';
import { sodium } from '../../src/crypto/sodium.ts';
import { Connector } from '../../src/net/connector.ts';
import { HttpClient } from '../../src/net/http.ts';
import { parseNetworkState } from '../../src/net/memory.ts';
import { NetworkTime } from '../../src/net/network-time.ts';
import { NodeBook } from '../../src/net/node-book.ts';
import { newContext, OnionClient } from '../../src/net/onion-client.ts';
import { Paths } from '../../src/net/paths.ts';
import { Latencies } from '../../src/net/retry.ts';
import { limitsFor } from '../../src/net/settings.ts';
import { infoParams } from '../../src/protocol/storage-rpc/requests.ts';
import type { Benchmark } from '../types.ts';
import { cpuMs, platform, quantile } from './clients.ts';
import type { BenchDevnet } from './devnet.ts';

const requests = 600;
/** Until V8 has compiled what is used often: its compiler's threads are this process's too. */
const warmUp = 800;
/** Plaintexts of an `info`, destination first; each layer adds its frame, its tag and where it goes. */
const layerBytes = [120, 340, 560, 780];
const answerBytes = 200;
const limit = 1.5;
const label = createSecretKey(Buffer.from('LOKI'));

export async function benchOnionCpu(
  devnet: BenchDevnet,
  state: unknown,
  report: Parameters<Benchmark>[0],
): Promise<void> {
  const learnt = parseNetworkState(state);
  const { clock, randomBytes } = platform;
  const changed = (): void => {};
  const book = new NodeBook({ clock, minimumUsable: 4, changed });
  book.replace(
    learnt.nodes.map(([ip, port, ed25519, x25519]) => ({ ip, port, ed25519, x25519, swarmId: null })),
    learnt.listedAt,
  );
  const subnetDiversity = devnet.definition.subnetDiversity;
  const paths = new Paths({ book, clock, random: randomBytes, subnetDiversity, changed });
  paths.restore(learnt);
  const limits = limitsFor(null);
  const http = new HttpClient(new Connector({ proxy: null, connectTimeoutMs: limits.connectMs }), clock);
  const onion = new OnionClient({
    http,
    paths,
    book,
    time: new NetworkTime(clock),
    latencies: new Latencies(),
    limits,
    platform,
    onAnswer: changed,
    onFailure: changed,
  });
  const listed = book.usable();
  const never = new AbortController().signal;
  const request = async (index: number): Promise<void> => {
    const destination = listed[index % listed.length];
    if (destination === undefined) throw new Error('the devnet has no nodes');
    await onion.call(destination, infoParams(), newContext(never), never);
  };

  const keys = listed.map((node) => Buffer.from(node.x25519, 'hex'));
  const bare: Readonly<Record<'libsodium' | 'node', () => void>> = {
    libsodium: () => bareCrypto(keys, libsodiumKey),
    node: () => bareCrypto(keys, nodeKey),
  };
  const turn = async (index: number): Promise<Record<'whole' | 'libsodium' | 'node', number>> => {
    const spent = { whole: 0, libsodium: 0, node: 0 };
    const start = cpuMs();
    const sentAt = performance.now();
    await request(index);
    spent.whole = cpuMs() - start;
    const tookMs = performance.now() - sentAt;
    for (const form of ['libsodium', 'node'] as const) {
      // with the same pause before it as a request has in it: others have used the processor's caches
      await sleep(tookMs);
      const before = cpuMs();
      bare[form]();
      spent[form] = cpuMs() - before;
    }
    return spent;
  };
  for (let i = 0; i < warmUp; i++) {
    await request(i);
    bare.libsodium();
    bare.node();
  }
  const turns: Awaited<ReturnType<typeof turn>>[] = [];
  for (let i = 0; i < requests; i++) turns.push(await turn(i));
  http.close();
  for (const form of ['libsodium', 'node'] as const) {
    const value = median(turns.map((spent) => spent.whole));
    const baseline = median(turns.map((spent) => spent[form]));
    const ratio = value / baseline;
    report({
      name: `network: client CPU per onion request, layers by ${form === 'node' ? 'node:crypto' : form}`,
      value,
      unit: 'ms',
      baseline,
      ratio,
      limit,
      ok: ratio <= limit,
    });
  }
}

type LayerKey = (receiver: Uint8Array) => Uint8Array;

const libsodiumKey: LayerKey = (receiver) => {
  const secret = random(32);
  sodium.crypto_scalarmult_base(secret);
  return sodium.crypto_scalarmult(secret, receiver);
};

const nodeKey: LayerKey = (receiver) => generateEphemeral().agree(receiver);

function bareCrypto(receivers: readonly Uint8Array[], agree: LayerKey): void {
  let key: Uint8Array = new Uint8Array(32);
  for (const [index, bytes] of layerBytes.entries()) {
    const receiver = receivers[index];
    if (receiver === undefined) throw new Error('the devnet has too few nodes');
    key = createHmac('sha256', label).update(agree(receiver)).digest();
    seal(key, bytes);
  }
  const { iv, ciphertext, tag } = seal(key, answerBytes);
  const decipher = createDecipheriv('aes-256-gcm', createSecretKey(key), iv, { authTagLength: 16 });
  decipher.setAuthTag(tag);
  decipher.update(ciphertext);
  decipher.final();
}

function seal(key: Uint8Array, bytes: number) {
  const iv = random(12);
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(key), iv);
  const ciphertext = cipher.update(new Uint8Array(bytes));
  cipher.final();
  return { iv, ciphertext, tag: cipher.getAuthTag() };
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function random(length: number): Uint8Array {
  return randomFillSync(new Uint8Array(length));
}
