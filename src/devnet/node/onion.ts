/** What a node does with an onion (network.md 3 and 8): pass it on, post it outside, or answer it. */
import { type AnswerKey, type Peeled, peelRequest } from '../../protocol/onion/peel.ts';
import { sealResponse } from '../../protocol/onion/response.ts';
import { toBase64, utf8Decode, utf8DecodeLenient, utf8Encode } from '../../util/bytes.ts';
import type { HttpAnswer } from '../http.ts';
import type { JournalRole } from '../journal.ts';
import { dumpJson } from '../json.ts';
import type { NodeRecord, Registry } from '../registry.ts';
import type { Answer } from '../rpc/context.ts';
import { type Asked, readAsked } from '../rpc/dispatch.ts';
import type { ExternalRequest } from './external.ts';
import type { NodeIdentity } from './identity.ts';
import { maxPeerMessage, type PeerAnswer } from './peers.ts';

export type OnionNode = Readonly<{
  identity: NodeIdentity;
  registry: Registry;
  random(length: number): Uint8Array;
  /** null: no answer in time */
  relay(to: NodeRecord, body: Uint8Array, position: number): Promise<PeerAnswer | null>;
  askExternal(request: ExternalRequest): Promise<HttpAnswer>;
  /** answers a client's request; `text` null when it is no UTF-8 */
  answer(text: string | null): Promise<Answer>;
  /** a fault: spoil this answer */
  spoils(): boolean;
  /** a fault: what to answer instead of handing this on; null: hand it on */
  failsToForward(to: Extract<Peeled, { kind: 'relay' | 'proxy' }>): HttpAnswer | null;
}>;

/** What the journal says of a request. */
export type OnionNote = Readonly<{ role: JournalRole; next?: string } & Asked>;

/**
 * `position` counts from 0, the node that the client talks to. (The hop number inside the onion is the client's to
 * choose.) `note` is called once, before anything is answered.
 */
export async function handleOnion(
  node: OnionNode,
  body: Uint8Array,
  position: number,
  note: (seen: OnionNote) => void,
): Promise<HttpAnswer> {
  const peeled = peelRequest(body, node.identity);
  switch (peeled.kind) {
    case 'rejected':
      note({ role: roleAt(position) });
      return { status: peeled.status, body: peeled.text };
    case 'refused':
      note({ role: roleAt(position) });
      return seal(node, { status: peeled.status, text: peeled.text }, peeled.answer, {
        json: false,
        base64: true,
      });
    case 'relay':
      note({ role: roleAt(position), next: peeled.destination });
      return node.failsToForward(peeled) ?? relay(node, peeled.destination, peeled.body, position + 1);
    case 'proxy':
      note({ role: roleAt(position), next: urlOf(peeled) });
      return node.failsToForward(peeled) ?? mapStatus(await node.askExternal(peeled));
    case 'final': {
      note({ role: 'destination', ...readAsked(utf8DecodeLenient(peeled.payload)) });
      const answer = await node.answer(utf8Decode(peeled.payload));
      return seal(node, answer, peeled.answer, peeled.control);
    }
  }
}

/** Of a node that does not answer the request itself. */
function roleAt(position: number): JournalRole {
  const roles = ['guard', 'middle', 'exit'] as const;
  return roles[position] ?? 'exit';
}

function urlOf(to: Extract<Peeled, { kind: 'proxy' }>): string {
  return `${to.protocol}://${to.host}:${to.port}${to.target}`;
}

async function relay(node: OnionNode, to: string, body: Uint8Array, position: number): Promise<HttpAnswer> {
  const record = node.registry.find(to);
  if (record === undefined) return { status: 502, body: `Next node not found: ${to}` };
  // registered, but its address has not been heard of yet: the text of newer servers
  if (record.proof !== undefined) return { status: 502, body: `Next node is currently unreachable: ${to}` };
  const answer = await node.relay(record, body, position);
  if (answer === null || answer.body.length > maxPeerMessage)
    return { status: 504, body: 'Request time out' };
  return mapStatus(answer);
}

const passedStatuses: ReadonlySet<number> = new Set([
  200, 400, 401, 403, 404, 406, 410, 413, 421, 429, 500, 502, 503, 504,
]);

/** Of an answer that comes from further on, only status (of those that nodes know) and body travel back. */
function mapStatus(answer: HttpAnswer): HttpAnswer {
  return { status: passedStatuses.has(answer.status) ? answer.status : 500, body: answer.body };
}

function seal(
  node: OnionNode,
  answer: Answer,
  { encType, key }: AnswerKey,
  control: Readonly<{ json: boolean; base64: boolean }>,
): HttpAnswer {
  const json = answer.json === undefined || control.json ? answer.json : dumpJson(answer.json);
  const body = json ?? answer.text ?? '';
  const plaintext = utf8Encode(dumpJson({ body, status: answer.status }));
  const wire = sealResponse(plaintext, key, encType, node.random);
  const last = wire.length - 1;
  if (node.spoils()) wire[last] = (wire[last] ?? 0) ^ 1;
  return { status: 200, body: control.base64 ? toBase64(wire) : wire };
}
