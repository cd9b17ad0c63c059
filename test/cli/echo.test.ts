import { describe, expect, it } from 'vitest';
import { echoOf, startEcho } from '../../src/cli/echo.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { fakeCore } from '../support/cli.ts';
import { alice, FakeMessenger, fakeMessage } from '../support/fake-messenger.ts';

const networkFile = JSON.stringify({ name: 'n', seedNodes: [{ url: 'http://127.0.0.1:1/json_rpc' }] });

describe('the echo contact', () => {
  it('answers each incoming message once, and none of its own from elsewhere', async () => {
    const messenger = new FakeMessenger();
    const session = messenger.has('echo');
    session.add(fakeMessage({ id: 'a', body: 'hi' }));
    session.add(fakeMessage({ id: 'b', body: 'mine', direction: 'out', from: alice }));
    const core = await fakeCore(messenger).core?.();
    if (core === undefined) throw new Error('no core');
    const platform = {
      clock: systemClock,
      randomBytes: (n: number) => new Uint8Array(n),
      logger: silentLogger,
    };
    const echo = await startEcho(core, { networkFile, stateDir: '/nowhere', platform });
    expect(echo.accountId).toBe(alice);
    await echo.close();
    expect(session.log.filter((entry) => /queue|ack/.test(entry))).toEqual([
      'queue echo: hi',
      'ack a',
      'ack b',
    ]);
    expect(session.closed).toBe(true);
  });

  it('cuts an answer that would be too long for a message', () => {
    expect([...echoOf('😀'.repeat(2000))].length).toBe(2000);
    expect(echoOf('')).toBe('echo: ');
  });
});
