/**
 * Bulk decryption: whole one-to-one messages (envelope, sealed box, signature, sender, padding, protobuf) against
 * the two bare libsodium calls that no client can do without, on the same bytes, in turn.
 */
import { sodium } from '../src/crypto/sodium.ts';
import { type AccountKeys, deriveAccount } from '../src/protocol/account.ts';
import { buildTextContent } from '../src/protocol/data-message.ts';
import { unwrapEnvelope } from '../src/protocol/envelope.ts';
import { decryptOneToOne, encryptOneToOne } from '../src/protocol/one-to-one.ts';
import { concatBytes } from '../src/util/bytes.ts';
import type { Benchmark } from './types.ts';

const rounds = 12;
const messagesPerRound = 250;
const senderCount = 25;
const bodyLength = 1024;
const startMs = 1700000000000;

type Sample = Readonly<{
  stored: Uint8Array;
  sealed: Uint8Array;
  signature: Uint8Array;
  signed: Uint8Array;
  senderKey: Uint8Array;
}>;

function makeSample(sender: AccountKeys, recipient: AccountKeys, index: number): Sample {
  const sentAt = startMs + index;
  const stored = encryptOneToOne({
    content: buildTextContent({ body: 'x'.repeat(bodyLength), sentAt, profileName: `sender ${index}` }),
    sentAt,
    sender,
    recipient: recipient.accountId,
    random: (length) => sodium.randombytes_buf(length),
  });
  const sealed = unwrapEnvelope(stored).content;
  const inner = sodium.crypto_box_seal_open(sealed, recipient.x25519PublicKey, recipient.x25519SecretKey);
  return {
    stored,
    sealed,
    signature: inner.slice(-64),
    signed: concatBytes(inner.subarray(0, -64), recipient.x25519PublicKey),
    senderKey: sender.ed25519PublicKey,
  };
}

/** Messages a second that `work` gets through. */
function rate(samples: readonly Sample[], work: (sample: Sample) => void): number {
  const start = performance.now();
  for (const sample of samples) work(sample);
  return (samples.length * 1000) / (performance.now() - start);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const decrypt: Benchmark = async (report) => {
  const recipient = deriveAccount(new Uint8Array(16).fill(1));
  const senders = Array.from({ length: senderCount }, (_, i) =>
    deriveAccount(new Uint8Array(16).fill(i + 2)),
  );
  const samples = Array.from({ length: messagesPerRound }, (_, i) => {
    const sender = senders[i % senderCount] ?? recipient;
    return makeSample(sender, recipient, i);
  });
  const bare = ({ sealed, signature, signed, senderKey }: Sample): void => {
    sodium.crypto_box_seal_open(sealed, recipient.x25519PublicKey, recipient.x25519SecretKey);
    if (!sodium.crypto_sign_verify_detached(signature, signed, senderKey)) throw new Error('not verified');
  };
  const whole = ({ stored }: Sample): void => {
    decryptOneToOne(stored, recipient);
  };
  const bareRates: number[] = [];
  const wholeRates: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const bareRate = rate(samples, bare);
    const wholeRate = rate(samples, whole);
    // The first turn of each warms the compiler up.
    if (round < 0) continue;
    bareRates.push(bareRate);
    wholeRates.push(wholeRate);
  }
  const value = median(wholeRates);
  const baseline = median(bareRates);
  const ratio = median(wholeRates.map((wholeRate, i) => wholeRate / (bareRates[i] ?? Number.NaN)));
  report({
    name: 'decrypt 1 KB messages',
    value,
    unit: 'messages/s',
    baseline,
    ratio,
    limit: 0.8,
    ok: ratio >= 0.8,
  });
};

export default decrypt;
