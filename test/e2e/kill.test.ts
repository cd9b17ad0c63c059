import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines, Running, World } from '../support/program.ts';

/** The full run is `SESSION_TUI_KILLS=200 npx vitest run test/e2e/kill.test.ts`. */
const kills = Number(process.env.SESSION_TUI_KILLS ?? 8);

describe('kill -9 of receive --follow under a stream of messages', () => {
  let world: World;
  let alice: string;
  let bob: string;

  beforeAll(async () => {
    world = await World.create();
    alice = await world.account('alice');
    bob = await world.account('bob');
  });
  afterAll(() => world.end());

  it('loses none that was printed, delivers all in the end, and leaves a store that opens', async () => {
    const printed = new Set<string>();
    const sent: string[] = [];
    let sending = true;
    const stream = (async () => {
      while (sending) {
        const text = `message ${sent.length}`;
        const result = await world.run('alice', ['send', bob, text]);
        expect(result.code, result.stderr).toBe(0);
        sent.push(text);
      }
    })();
    for (let i = 0; i < kills; i++) {
      const follow = new Running(world.as('bob', 'receive', '--follow'));
      await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 1500));
      follow.child.kill('SIGKILL');
      await follow.exited;
      for (const line of follow.lines) if (line.event === 'message') printed.add(String(line.body));
    }
    sending = false;
    await stream;
    const last = await world.run('bob', ['receive']);
    expect(last.code, last.stderr).toBe(0);
    for (const line of jsonLines(last.stdout)) if (line.event === 'message') printed.add(String(line.body));
    const history = await world.run('bob', ['messages', alice, '--limit', '100000']);
    expect(history.code, history.stderr).toBe(0);
    const stored = jsonLines(history.stdout).map((line) => String(line.body));
    expect(stored).toEqual(sent);
    expect([...printed].filter((body) => !stored.includes(body))).toEqual([]);
    expect(printed.size).toBe(sent.length);
  }, 1_200_000);
});
