/** Session names: three nodes are asked, and must agree (accounts.md 6.5). */
import { NetworkError, ProtocolError } from '../errors.ts';
import type { AccountId } from '../protocol/ids.ts';
import { decryptSnsAnswer, resolveParams } from '../protocol/sns.ts';
import { parseBatchAnswer, parseOnsAnswer } from '../protocol/storage-rpc/answers.ts';
import { batch } from '../protocol/storage-rpc/requests.ts';
import type { RandomBytes } from './choice.ts';
import type { NodeBook } from './node-book.ts';
import { randomNode } from './node-list.ts';
import { besideContext, type CallContext, type OnionClient } from './onion-client.ts';
import { decide } from './retry.ts';

const witnesses = 3;
/** Nodes tried at most: a witness that fails is replaced by another node. */
const maxAsked = 10;

export type NameLookupOptions = Readonly<{
  onion: OnionClient;
  book: NodeBook;
  random: RandomBytes;
}>;

/** What a node says: the account, null for a name nobody registered, `bad` for a record that can't be read. */
type Word = AccountId | null | 'bad';

/**
 * The account behind a name (as `parseSnsName` gives it), or null if nobody registered it or it stands for no account.
 * NetworkError `node` when three nodes do not say the same or their record is not this name's; as `OnionClient.call`
 * when fewer than three answered at all.
 */
export async function resolveName(
  name: string,
  context: CallContext,
  options: NameLookupOptions,
): Promise<AccountId | null> {
  const { book, random } = options;
  const asked = new Set<string>();

  const askWitness = async (): Promise<Word> => {
    for (;;) {
      const node = asked.size < maxAsked ? randomNode(book, asked, random) : undefined;
      if (node === undefined) throw unavailable();
      asked.add(node.ed25519);
      try {
        return await askNode(name, node, besideContext(context), options);
      } catch (error) {
        context.signal.throwIfAborted();
        if (decide(error) === 'stop') throw error;
        // whose fault it was is settled where it is found out; here another node is as good
      }
    }
  };

  // all are waited for: what one node says is never used without the others'
  const outcomes = await Promise.allSettled(Array.from({ length: witnesses }, askWitness));
  const words: Word[] = [];
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') throw outcome.reason;
    words.push(outcome.value);
  }
  const [first] = words;
  if (first === undefined || words.some((word) => word !== first)) {
    throw new NetworkError(
      'node',
      'The service nodes do not agree on whose name that is, so it is not used. Ask the person for the Account ID, or try again later.',
    );
  }
  if (first !== 'bad') return first;
  throw new NetworkError(
    'node',
    'The record of that name can’t be opened, so the name is not used. Ask the person for the Account ID.',
  );
}

async function askNode(
  name: string,
  node: Parameters<OnionClient['call']>[0],
  context: CallContext,
  { onion }: NameLookupOptions,
): Promise<Word> {
  const answer = await onion.call(node, batch([resolveParams(name)]), context, context.signal);
  const record = onion.parse(node, () =>
    parseOnsAnswer(onion.checkSub(answer, parseBatchAnswer(answer.body)[0])),
  );
  if (record === null) return null;
  try {
    return decryptSnsAnswer(name, record.encryptedValue, record.nonce);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    // "malformed" and "unsupported" are what the name stands for; a record of another name is a lie or a defect
    return error.code === 'decrypt-failed' ? 'bad' : null;
  }
}

function unavailable(): NetworkError {
  return new NetworkError(
    'node',
    'Too few service nodes answer for the name to be looked up now. Try again later, or use the Account ID.',
  );
}
