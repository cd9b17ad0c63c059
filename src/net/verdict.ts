/**
 * What an answer means and whose fault a bad one is: the status table of network.md 2.4, at all its levels. Pure.
 * A text in the clear is the word of a hop that may lie: it can accuse only nodes of this very request.
 */
import { NetworkError, ProtocolError } from '../errors.ts';
import { parseSwarmAnswer, type ServiceNode } from '../protocol/service-node.ts';

/** Whom a failure is held against. */
export type Blame =
  | Readonly<{ kind: 'nobody' }>
  /** some hop of the path: the path, its middle and its exit (network.md 2.3) */
  | Readonly<{ kind: 'path' }>
  /** the guard alone: it could not be reached, or refuses to work */
  | Readonly<{ kind: 'guard' }>
  /** one node, which counts a strike */
  | Readonly<{ kind: 'strike'; node: string }>
  /** one node that is gone: out of the pool, its swarm and all paths at once */
  | Readonly<{ kind: 'gone'; node: string }>;

export type Verdict = Readonly<{ blame: Blame; error: NetworkError }>;

/** A 421: this node does not keep that account. `members` is what it says instead; empty if it says nothing. */
export class WrongSwarmError extends NetworkError {
  readonly members: readonly ServiceNode[];

  constructor(members: readonly ServiceNode[]) {
    super('wrong-swarm', 'A service node says that another swarm keeps this account.', {
      fields: { status: 421 },
    });
    this.members = members;
  }
}

/** The nodes of one request, as Ed25519 keys in hex. */
export type RequestNodes = Readonly<{
  /** guard, middle, exit */
  hops: readonly string[];
  /** null for a server beyond the exit */
  destination: string | null;
}>;

const nextNode = /^Next node (?:not found|is currently unreachable): ([0-9a-f]{64})\s*$/i;
const hopNotReady = /^Snode not ready: ([0-9a-f]{64})\s*$/i;

/** An outer status other than 200: plain text by the guard or a hop, never encrypted. */
export function judgeOuter(status: number, text: string, nodes: RequestNodes): Verdict {
  const pathError = (blame: Blame, what: string, node?: string): Verdict => ({
    blame,
    error: new NetworkError('path', what, {
      fields: { status, ...(node === undefined ? {} : { node, hop: hopOf(node, nodes) }) },
    }),
  });
  const named = (nextNode.exec(text) ?? hopNotReady.exec(text))?.[1]?.toLowerCase();
  if (named !== undefined && mayBeAccused(named, nodes)) {
    const blame: Blame = status === 503 ? { kind: 'strike', node: named } : { kind: 'gone', node: named };
    if (named === nodes.destination) {
      return {
        blame,
        error: new NetworkError('node', 'A service node has left the network or is not ready.', {
          fields: { status, node: named },
        }),
      };
    }
    return pathError(blame, 'A hop of the path has left the network or is not ready.', named);
  }
  switch (status) {
    case 406:
    case 425:
      return { blame: { kind: 'nobody' }, error: clockSkew(status) };
    case 421:
      // unencrypted, so anybody on the path may have written it: the swarm is asked for anew, this body is not used
      return { blame: { kind: 'nobody' }, error: new WrongSwarmError([]) };
    case 429:
      return pathError({ kind: 'nobody' }, 'The guard node asks for fewer requests.');
    case 503:
      return pathError({ kind: 'guard' }, 'The guard node is busy or not ready.');
    case 404:
      return pathError({ kind: 'guard' }, 'The guard node does not serve onion requests.');
    case 413:
      // no request above the limit is built, so this is not true, and a guard alone must not make a message fail
      return pathError({ kind: 'guard' }, 'The guard node refuses the size of the request.');
    case 502:
      // the exit could not reach the server it was to ask: neither the path nor a node is at fault
      return nodes.destination === null
        ? {
            blame: { kind: 'nobody' },
            error: new NetworkError('node', 'The server can’t be reached from the onion network.', {
              fields: { status },
            }),
          }
        : pathError({ kind: 'path' }, 'A hop of the path failed.');
    case 504:
      return nodes.destination === null && text.trim() !== 'Request time out'
        ? {
            blame: { kind: 'nobody' },
            error: new NetworkError('node', 'The server does not answer the onion network.', {
              fields: { status },
            }),
          }
        : pathError({ kind: 'path' }, 'A hop of the path gave no answer.');
    default:
      return pathError({ kind: 'path' }, `The path failed with status ${status}.`);
  }
}

/**
 * The status the destination itself gives: of the decrypted answer, or of one request in a batch. Null for success.
 * `wrong-swarm` is a WrongSwarmError with the members it names.
 */
export function judgeInner(status: number, body: unknown, nodes: RequestNodes): Verdict | null {
  if (status >= 200 && status < 300) return null;
  const destination = nodes.destination;
  const strike: Blame = destination === null ? { kind: 'nobody' } : { kind: 'strike', node: destination };
  switch (status) {
    case 400:
      return {
        blame: { kind: 'nobody' },
        error: refused(status, 'A service node could not read the request.'),
      };
    case 401:
      return {
        blame: { kind: 'nobody' },
        error: refused(status, 'A service node refused the signature of the request.'),
      };
    case 403:
      return {
        blame: { kind: 'nobody' },
        error: refused(status, 'A service node refused the lifetime of the message.'),
      };
    case 404:
      return { blame: { kind: 'nobody' }, error: refused(status, 'Nothing like that is stored.') };
    case 406:
    case 425:
      return { blame: { kind: 'nobody' }, error: clockSkew(status) };
    case 421:
      return { blame: { kind: 'nobody' }, error: new WrongSwarmError(membersIn(body)) };
    default: {
      const named = typeof body === 'string' ? nextNode.exec(body)?.[1]?.toLowerCase() : undefined;
      const blame: Blame =
        named !== undefined && mayBeAccused(named, nodes) ? { kind: 'gone', node: named } : strike;
      return {
        blame,
        error: new NetworkError('node', `A service node failed with status ${status}.`, {
          fields: { status },
        }),
      };
    }
  }
}

/** Only nodes that another hop looks up can be missing: everyone of this request but the guard. */
function mayBeAccused(node: string, nodes: RequestNodes): boolean {
  return node === nodes.destination || nodes.hops.indexOf(node) > 0;
}

function hopOf(node: string, nodes: RequestNodes): number {
  return nodes.hops.indexOf(node) + 1;
}

function refused(status: number, message: string): NetworkError {
  return new NetworkError('refused', message, { fields: { status } });
}

function clockSkew(status: number): NetworkError {
  return new NetworkError('clock-skew', 'The clock of this machine and that of the network disagree.', {
    fields: { status },
  });
}

function membersIn(body: unknown): readonly ServiceNode[] {
  try {
    return parseSwarmAnswer(body).nodes;
  } catch (error) {
    if (error instanceof ProtocolError) return [];
    throw error;
  }
}
