import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeInner, judgeOuter, WrongSwarmError } from '../../src/net/verdict.ts';
import { testNodes } from '../support/node-list.ts';

const listed = testNodes(6);
const keys = listed.map((node) => node.ed25519);
const [guard = '', middle = '', exit = '', destination = '', stranger = ''] = keys;
const nodes = { hops: [guard, middle, exit], destination };
const server = { hops: [guard, middle, exit], destination: null };

describe('an outer status', () => {
  test.each([
    [502, `Next node not found: ${exit}`, { kind: 'gone', node: exit }, 'path'],
    [502, `Next node not found: ${exit.toUpperCase()}\n`, { kind: 'gone', node: exit }, 'path'],
    [502, `Next node is currently unreachable: ${middle}`, { kind: 'gone', node: middle }, 'path'],
    [502, `Next node not found: ${destination}`, { kind: 'gone', node: destination }, 'node'],
    [502, `Next node is currently unreachable: ${destination}`, { kind: 'gone', node: destination }, 'node'],
    [502, 'Failed to connect to 127.0.0.1', { kind: 'path' }, 'path'],
    [503, 'Service node is not ready: not in any swarm\n', { kind: 'guard' }, 'path'],
    [503, 'Server busy, try again later', { kind: 'guard' }, 'path'],
    [503, `Snode not ready: ${middle}`, { kind: 'strike', node: middle }, 'path'],
    [503, `Snode not ready: ${destination}`, { kind: 'strike', node: destination }, 'node'],
    [504, 'Request time out', { kind: 'path' }, 'path'],
    [500, 'Invalid response from snode', { kind: 'path' }, 'path'],
    [400, 'Invalid ciphertext', { kind: 'path' }, 'path'],
    [404, 'POST /x Not Found', { kind: 'guard' }, 'path'],
    [413, 'Request body too large', { kind: 'guard' }, 'path'],
    [429, 'Too Many Requests\n', { kind: 'nobody' }, 'path'],
    [406, '', { kind: 'nobody' }, 'clock-skew'],
    [425, '', { kind: 'nobody' }, 'clock-skew'],
    [421, '{}', { kind: 'nobody' }, 'wrong-swarm'],
    [599, 'anything', { kind: 'path' }, 'path'],
  ])('%i "%s"', (status, text, blame, code) => {
    const verdict = judgeOuter(status, text, nodes);
    expect(verdict.blame).toEqual(blame);
    expect(verdict.error.code).toBe(code);
  });

  test('of a server that could not be reached is not the fault of any node', () => {
    expect(judgeOuter(502, 'Could not resolve host', server)).toMatchObject({
      blame: { kind: 'nobody' },
      error: { code: 'node' },
    });
    expect(judgeOuter(504, 'Operation timed out', server)).toMatchObject({ blame: { kind: 'nobody' } });
    expect(judgeOuter(504, 'Request time out', server)).toMatchObject({ blame: { kind: 'path' } });
  });

  test('can accuse neither the guard nor a node of another request', () => {
    for (const named of [guard, stranger]) {
      for (const text of [`Next node not found: ${named}`, `Next node is currently unreachable: ${named}`]) {
        expect(judgeOuter(502, text, nodes).blame).toEqual({ kind: 'path' });
      }
      expect(judgeOuter(503, `Snode not ready: ${named}`, nodes).blame).toEqual({ kind: 'guard' });
    }
  });

  test('with any text whatever is an error, and never removes an uninvolved node', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 999 }),
        fc.string(),
        fc.constantFrom(...keys),
        (status, text, named) => {
          for (const body of [text, `Next node not found: ${named}`, `Snode not ready: ${named}${text}`]) {
            const { blame } = judgeOuter(status, body, nodes);
            if (blame.kind === 'gone' || blame.kind === 'strike') {
              expect([middle, exit, destination]).toContain(blame.node);
            }
          }
        },
      ),
    );
  });
});

describe('the status of the destination, or of one request in a batch', () => {
  test('2xx is success', () => {
    expect(judgeInner(200, {}, nodes)).toBeNull();
  });

  test.each([
    [400, 'invalid request', { kind: 'nobody' }, 'refused'],
    [401, 'retrieve signature verification failed', { kind: 'nobody' }, 'refused'],
    [403, 'Provided expiry/TTL is not valid.', { kind: 'nobody' }, 'refused'],
    [406, 'Timestamp error: check your clock', { kind: 'nobody' }, 'clock-skew'],
    [425, 'too early', { kind: 'nobody' }, 'clock-skew'],
    [421, 'not here', { kind: 'nobody' }, 'wrong-swarm'],
    [500, 'request failed', { kind: 'strike', node: destination }, 'node'],
    [502, 'oxend returned unparsable data', { kind: 'strike', node: destination }, 'node'],
    [502, `Next node not found: ${destination}`, { kind: 'gone', node: destination }, 'node'],
    [502, `Next node not found: ${stranger}`, { kind: 'strike', node: destination }, 'node'],
    [503, 'Snode not ready', { kind: 'strike', node: destination }, 'node'],
  ])('%i "%s"', (status, text, blame, code) => {
    const verdict = judgeInner(status, text, nodes);
    expect(verdict?.blame).toEqual(blame);
    expect(verdict?.error.code).toBe(code);
  });

  test('421 hands over the members it names', () => {
    const body = {
      snodes: listed.slice(0, 2).map((node) => ({
        ip: node.ip,
        port: String(node.port),
        port_https: node.port,
        pubkey_ed25519: node.ed25519,
        pubkey_x25519: node.x25519,
      })),
      swarm: 'ff',
    };
    const error = judgeInner(421, body, nodes)?.error;
    expect(error).toBeInstanceOf(WrongSwarmError);
    expect(error instanceof WrongSwarmError && error.members.map((node) => node.ed25519)).toEqual(
      keys.slice(0, 2),
    );
    for (const bad of [null, 'text', {}, { snodes: 7 }, { snodes: [null] }]) {
      const verdict = judgeInner(421, bad, nodes);
      expect(verdict?.error instanceof WrongSwarmError && verdict.error.members).toEqual([]);
    }
  });
});
