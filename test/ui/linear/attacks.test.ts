import { expect, it } from 'vitest';
import { attacks } from '../../fixtures/attacks.ts';
import { FakeSession, testId } from '../../support/fake-session.ts';
import { outsideLinear, startLinear, transcript } from '../../support/linear.ts';
import { keys } from '../../support/screen.ts';

const ana = testId('a');
const bob = testId('b');
const visible = /[^\s\p{Default_Ignorable_Code_Point}\u2800]/u;

it('whatever strangers send stays within the grammar, in lines of its own that say whose it is', async () => {
  const session = new FakeSession();
  session.addConversation(ana, 'Ana');
  const { screen, done } = startLinear({ session, openConversation: ana });
  await screen.waitFor('No messages yet');
  const modes = screen.allModes;
  const ours = /^(?:#\d+ \d\d:\d\d (?:Ana|You)(?:, answering .*)?:| {2}\||#\d+ |\[|\*|\w+day \d|> |$)/;
  for (const { name, text } of attacks) {
    await screen.settle(1);
    const from = screen.written.length;
    const attachments = [{ id: 'f', name: text, contentType: text, sizeBytes: 5 }];
    const { sentAt } = session.receive(ana, text);
    session.receive(ana, '', { attachments });
    session.receive(ana, text, { quote: { author: ana, sentAt } });
    session.notice(text, ana);
    const said = screen.written.slice(from);
    expect(outsideLinear(said), name).toBeNull();
    const lines = transcript(said);
    for (const line of lines) expect(line, name).toMatch(ours);
    for (const head of lines.filter((line) => /^#\d+ \d\d:\d\d/.test(line)))
      expect(head.replace(/^.*?Ana(?:, answering #\d+)?: /, ''), name).toMatch(visible);
  }
  await screen.settle();
  expect(screen.allModes).toBe(modes);
  expect(screen.reports).toEqual([]);

  for (const { name, text } of attacks.filter((_, index) => index % 5 === 0)) {
    const from = screen.written.length;
    session.addConversation(bob, text, { unread: 1 });
    const message = session.receive(bob, text);
    screen.send(`/list\r/open ${bob}\r/info 1\r`);
    await screen.waitFor(/Message ID/);
    screen.send(`/search-all before\r/open ${ana}\r`);
    await screen.settle(5);
    screen.send(keys.paste(text));
    await screen.settle(1);
    screen.send(keys.ctrl('c'));
    await screen.settle(1);
    const said = screen.written.slice(from).replaceAll('\x07', '');
    expect(outsideLinear(said), name).toBeNull();
    expect(said, name).toMatch(/\[.*\] \d+ new|^1\. /m);
    expect(message.body).toBe(text);
  }
  screen.send(keys.ctrl('d'));
  await done;
  expect(screen.allModes.replace(/"bracketedPasteMode":\w+/, '')).toBe(
    modes.replace(/"bracketedPasteMode":\w+/, ''),
  );
});
