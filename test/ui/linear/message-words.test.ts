/** Words about one message in linear output: what happened with it, a reaction by name, a file of it. */
import { describe, expect, it, vi } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import type { FileSaver } from '../../../src/ui/index.ts';
import { FakeSession, onlineNetwork, testId } from '../../support/fake-session.ts';
import { outsideLinear, startLinear } from '../../support/linear.ts';
import { keys } from '../../support/screen.ts';

const ana = testId('a');
const me = testId('f');
const at = (second: number) => new Date(2026, 10, 24, 12, 31, second).getTime();

async function withAna() {
  const session = new FakeSession({ now: () => at(0) });
  session.addConversation(ana, 'Ana');
  session.setNetwork(onlineNetwork);
  const files: [string, string][] = [];
  const saver: FileSaver = {
    async save(path, text) {
      if (path === 'there') throw new UsageError('file-exists', '/x/there exists already.');
      files.push([path, text]);
      return `/home/me/${path}`;
    },
  };
  const { screen, lines } = startLinear({ session, openConversation: ana, saver });
  await screen.settle();
  session.receive(ana, 'hello');
  await screen.settle();
  return { screen, session, files, said: lines };
}

describe('a message by its number', () => {
  it('can be given an emoji by name, with or without colons', async () => {
    const { screen, session, said } = await withAna();
    await screen.press('/react 1 :joy:', keys.enter);
    const reactions = () => session.stored(ana)[0]?.reactions;
    await vi.waitFor(() => expect(reactions()).toEqual([{ emoji: '😂', from: [me] }]));
    await screen.press('/react 1 joy', keys.enter, '/react 1 qqqq', keys.enter);
    await vi.waitFor(() => expect(reactions()).toEqual([]));
    await vi.waitFor(() => expect(said().join('\n')).toContain('No emoji is called that.'));
  });

  it('can be saved, and an error says why it was not', async () => {
    const { screen, files, said } = await withAna();
    await screen.press('/save 1 my note.txt', keys.enter, '/save 1 there', keys.enter, '/save 1', keys.enter);
    expect(files).toEqual([
      ['my note.txt', 'hello\n'],
      ['2026-11-24-1231-Ana.txt', 'hello\n'],
    ]);
    expect(said()).toContain('Saved as /home/me/my note.txt');
    expect(said().join('\n')).toContain('/x/there exists already.');
  });

  it('tells what happened with it, step by step, and nothing outside of the grammar', async () => {
    const { screen, session, said } = await withAna();
    const { id } = await session.queueMessage(ana, 'mine');
    await screen.settle();
    session.traces.set(id, {
      failures: 1,
      lastFailure: { at: at(1), reason: 'No answer\x1b[2J.', remedy: null },
      swarm: {
        storedAt: at(2),
        keptUntil: null,
        hash: 'HASH',
        node: null,
        path: [{ ip: '127.0.11.1', port: 1, ed25519: '' }],
      },
      copy: 'waiting',
    });
    await screen.press('/info 2', keys.enter);
    const from = said().indexOf('Message #2');
    expect(said().slice(from + 3, from + 9)).toEqual([
      'Tuesday 24 November 2026 12:31:00, Written here, encrypted and queued',
      '12:31:01, One attempt failed: No answer␛[2J.',
      'Sent through guard 127.0.11.1',
      '12:31:02, Stored by the recipient’s swarm',
      'There it is called HASH',
      'The copy for your other devices waits for its turn',
    ]);
    expect(outsideLinear(screen.written)).toBeNull();
  });
});
