import { describe, expect, it } from 'vitest';
import type { CommandResult, CommandRunner } from '../../src/ui/index.ts';
import { startChat } from '../support/chat.ts';
import { FakeSession, onlineNetwork, testId } from '../support/fake-session.ts';
import { keys, type ScreenSize, screenSizes } from '../support/screen.ts';

const alice = testId('a');
const esc = '\x1b';

const done = (stdout: string, more: Partial<CommandResult & { kind: 'ended' }> = {}): CommandResult => ({
  kind: 'ended',
  stdout,
  stderr: '',
  code: 0,
  how: 'exited',
  ...more,
});

/** A runner that records, and ends with what `answer` gives. */
function fakeRunner(answer: CommandResult | Promise<CommandResult>) {
  const ran: { command: string; input: string | null; signal: AbortSignal }[] = [];
  const runner: CommandRunner = {
    shell: ['/bin/bash', '-c'],
    async run(command, input, signal) {
      ran.push({ command, input, signal });
      return answer;
    },
  };
  return { runner, ran };
}

async function openChat(
  answer: CommandResult | Promise<CommandResult>,
  size: ScreenSize = [80, 24],
  body = 'three small words',
) {
  const session = new FakeSession();
  session.addConversation(alice, 'Alice');
  session.receive(alice, body);
  session.setNetwork(onlineNetwork);
  const { runner, ran } = fakeRunner(answer);
  const { screen } = startChat({ size, session, openConversation: alice, runner });
  await screen.waitFor(/three/);
  await screen.settle();
  const sent = () =>
    session.stored(alice).flatMap(({ direction, body }) => (direction === 'out' ? [body] : []));
  return { screen, session, ran, sent };
}

describe.each(screenSizes)('at %i×%i', (columns, rows) => {
  it('!command shows the exact line, asks, and puts the output into the composer; nothing is sent', async () => {
    const { screen, ran, sent } = await openChat(done('load: 0.5\n'), [columns, rows]);
    await screen.press("!uptime | sed 's/x/y/'", keys.enter);
    expect(screen.text()).toContain("/bin/bash -c 'uptime |");
    expect(ran).toEqual([]);
    await screen.press(keys.enter);
    expect(ran).toMatchObject([{ command: "uptime | sed 's/x/y/'", input: null }]);
    expect(screen.text()).toMatch(/> load: 0\.5/);
    expect(sent()).toEqual([]);
    await screen.press(keys.enter);
    expect(sent()).toEqual(['load: 0.5']);
  });

  it('| pipes the text of the selected message, and what comes out can be read and put into the composer', async () => {
    const { screen, ran, sent } = await openChat(done('3\n'), [columns, rows]);
    await screen.press(keys.shiftTab, '|', 'wc -w');
    expect(screen.text()).toContain("/bin/bash -c 'wc -w'");
    await screen.press(keys.enter);
    expect(ran).toMatchObject([{ command: 'wc -w', input: 'three small words' }]);
    expect(screen.text()).toMatch(/Output of wc -w/);
    expect(screen.text()).toMatch(/│ 3 +│/);
    await screen.press('i');
    expect(screen.text()).toMatch(/> 3/);
    expect(sent()).toEqual([]);
  });
});

describe('!command', () => {
  it('is sent as text with t, is back with Esc, and undo brings it back after the output', async () => {
    const { screen, ran, sent } = await openChat(done('out'));
    await screen.press('!wow', keys.enter, esc);
    await screen.waitFor(/> !wow/);
    await screen.press(keys.enter, keys.enter);
    expect(screen.text()).toMatch(/> out/);
    await screen.press(`${esc}u`);
    expect(screen.text()).toMatch(/> !wow/);
    await screen.press(keys.enter, 't');
    expect(sent()).toEqual(['!wow']);
    expect(ran).toHaveLength(1);
  });

  it.each(['!!! what', '!', '! no', '!?', 'not !this', '!one\nline'])('%j is text', async (text) => {
    const { screen, ran, sent } = await openChat(done(''));
    await screen.press(`${esc}[200~${text}${esc}[201~`, keys.enter);
    expect(sent()).toEqual([text]);
    expect(ran).toEqual([]);
  });

  it('is text, and | is refused, where the setting pipes is off', async () => {
    const { screen, session, sent } = await openChat(done(''));
    await session.setSetting('pipes', 'off');
    await screen.press('!ls', keys.enter);
    expect(sent()).toEqual(['!ls']);
    await screen.press(keys.shiftTab, '|');
    expect(screen.text()).toContain('The setting pipes is off');
  });

  it('that hangs is stopped by Esc, and stays in the composer', async () => {
    const hanging = Promise.withResolvers<CommandResult>();
    const { screen, ran } = await openChat(hanging.promise);
    await screen.press('!sleep 99', keys.enter, keys.enter);
    expect(screen.text()).toContain('Running…');
    await screen.press(esc);
    await screen.waitFor(/> !sleep 99/);
    expect(ran[0]?.signal.aborted).toBe(true);
    hanging.resolve(done('', { code: null, how: 'cancelled' }));
    await screen.waitFor('The command was stopped.');
  });

  it('that fails after it wrote something says why', async () => {
    const { screen } = await openChat(done('part', { stderr: 'first\nls: no such \x1b[31mfile\n', code: 2 }));
    await screen.press('!ls', keys.enter, keys.enter);
    expect(screen.text()).toMatch(/> part/);
    expect(screen.text()).toContain('exit code 2. ls: no such ␛[31mfile');
  });

  it('that fails without output puts in what it said on standard error', async () => {
    const { screen } = await openChat(done('', { stderr: 'no such thing', code: 2 }));
    await screen.press('!false', keys.enter, keys.enter);
    expect(screen.text()).toMatch(/> no such thing/);
    expect(screen.text()).toContain('exit code 2');
  });

  it('puts control characters of its output nowhere but into visible words', async () => {
    const { screen, sent } = await openChat(done('a\x1b[31mb\x07\x9b5n\u202ec\r\nd'));
    await screen.press('!x', keys.enter, keys.enter, keys.enter);
    expect(sent()).toEqual(['a[31mb5n\u202ec\nd']);
  });
});

describe('the output of a pipe', () => {
  it('is sanitised, scrolls, and its standard error is told apart', async () => {
    const many = Array.from({ length: 60 }, (_, i) => `line ${i}`).join('\n');
    const { screen } = await openChat(done(`\x1b]0;evil\x07first\n${many}\n`, { stderr: 'warned' }));
    await screen.press(keys.shiftTab, '|', 'cat', keys.enter);
    expect(screen.text()).toContain('␛]0;evil␇first');
    expect(screen.text()).toMatch(/Output 1-\d+\/63 of cat/);
    await screen.press(keys.end);
    expect(screen.text()).toMatch(/line 59[\s\S]*On standard error:[\s\S]*warned/);
    await screen.press('c');
    expect(screen.text()).toContain('Copied, if the terminal allows');
  });

  it('of a program that can not be started is an error with its name', async () => {
    const { screen } = await openChat({ kind: 'failed', reason: '/bin/bash could not be started.' });
    await screen.press(keys.shiftTab, '|', 'cat', keys.enter);
    expect(screen.text()).toContain('/bin/bash could not be started.');
  });
});
