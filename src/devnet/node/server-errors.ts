/** A fault: the 5xx answers of the real server, in its words and at the level where each belongs (network.md 2.4). */
import type { Peeled } from '../../protocol/onion/peel.ts';
import type { Faults } from '../faults.ts';
import type { HttpAnswer } from '../http.ts';
import { type Answer, textAnswer } from '../rpc/context.ts';
import { readAsked } from '../rpc/dispatch.ts';

const busy: HttpAnswer = { status: 503, body: 'Server busy, try again later' };
const guardNotReady: HttpAnswer = { status: 503, body: 'Service node is not ready: not done syncing\n' };
const noParts: HttpAnswer = { status: 500, body: 'Invalid response from snode' };

type Forwarded = Extract<Peeled, { kind: 'relay' | 'proxy' }>;

/** On the outer level, in clear, by the node `self` at `position` on the path (0: the guard). */
export function pathError(faults: Faults, self: string, position: number, to: Forwarded): HttpAnswer {
  const notReady: HttpAnswer = { status: 503, body: `Snode not ready: ${self}` };
  const own: [HttpAnswer, ...HttpAnswer[]] = position === 0 ? [guardNotReady, busy] : [notReady];
  if (to.kind === 'relay')
    return faults.pick([
      ...own,
      noParts,
      { status: 502, body: `Next node not found: ${to.destination}` },
      { status: 502, body: `Next node is currently unreachable: ${to.destination}` },
    ]);
  return faults.pick([
    ...own,
    {
      status: 502,
      body: `Failed to connect to ${to.host} port ${to.port} after 0 ms: Couldn't connect to server`,
    },
    { status: 504, body: 'Operation timed out after 25000 milliseconds with 0 bytes received' },
  ]);
}

/** To a request outside any onion. */
export function directError(faults: Faults): HttpAnswer {
  return faults.pick([guardNotReady, busy, { status: 500, body: 'request failed' }]);
}

const daemonMethods: ReadonlySet<string> = new Set(['oxend_request', 'ons_resolve']);
const mostParts = 20;

/** By the destination: the answer to the whole request, or which part of a batch fails. */
export function destinationError(faults: Faults, text: string): Answer | number {
  const { method = '' } = readAsked(text);
  const choices: [Answer | 'part', ...(Answer | 'part')[]] = [
    textAnswer(500, 'request failed'),
    textAnswer(503, 'Snode not ready'),
  ];
  if (daemonMethods.has(method)) choices.push(textAnswer(502, 'oxend returned unparsable data'));
  if (method === 'batch' || method === 'sequence') choices.push('part');
  const choice = faults.pick(choices);
  return choice === 'part' ? faults.below(mostParts) : choice;
}

/** By the seed, or what stands in front of it. */
export function seedError(faults: Faults): HttpAnswer {
  return faults.pick([
    { status: 500, body: 'Internal server error' },
    {
      status: 502,
      body: '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n',
      contentType: 'text/html',
    },
    { status: 503, body: 'Service Unavailable' },
  ]);
}
