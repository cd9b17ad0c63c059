/** A draft over `kill -9` of the built program, in a real terminal; the network is nowhere to be found. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { PtyScreen } from '../support/pty-screen.ts';
import { keys } from '../support/screen.ts';

it('a draft and the message it answers are there again after kill -9, a moment after the last key', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'session-tui-draft-'));
  const networkFile = join(folder, 'network.json');
  const seedNodes = [{ url: 'http://127.0.0.1:9/json_rpc' }];
  await writeFile(
    networkFile,
    JSON.stringify({ name: 'nowhere', seedNodes, subnetDiversity: false, minimumNodes: 6 }),
  );
  const screens: PtyScreen[] = [];
  const start = (...[more, size]: ConstructorParameters<typeof PtyScreen>) => {
    const screen = new PtyScreen([...args, ...more], size);
    screens.push(screen);
    return screen;
  };
  const args = ['--data-dir', join(folder, 'data'), '--network', networkFile];
  try {
    const made = start(['account', 'create', '--name', 'Ada', '--no-password', '--json'], [200, 24]);
    await made.waitFor(/"accountId":"05[0-9a-f]{64}"/);
    const own = /05[0-9a-f]{64}/.exec(made.text())?.[0] ?? '';
    expect(await made.exited).toBe(0);
    const first = start([]);
    await first.waitFor('Ctrl-N');
    first.send(keys.ctrl('n'));
    await first.waitFor('New conversation');
    first.send(keys.paste(own), keys.enter);
    await first.waitFor('No messages yet');
    first.send('a note', keys.enter);
    await first.waitFor(/~ a note/);
    first.send(keys.shiftTab, 'a');
    await first.waitFor('Answers You: a note');
    first.send('half a thought');
    await first.waitFor('> half a thought');
    await sleep(2000);
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const second = start([]);
    await second.waitFor('Note to Self');
    second.send(keys.enter);
    await second.waitFor(/Answers You: a note[\s\S]*> half a thought/);
    process.kill(second.pid, 'SIGTERM');
    await second.exited;
  } finally {
    for (const screen of screens) screen.kill();
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);
