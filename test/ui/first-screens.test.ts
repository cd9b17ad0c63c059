import { describe, expect, it } from 'vitest';
import { StoreError, UsageError } from '../../src/errors.ts';
import { runChat } from '../../src/ui/index.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { startChat } from '../support/chat.ts';
import { FakeMessenger, FakeSession, testId } from '../support/fake-session.ts';
import { keys, screenSizes, TestScreen } from '../support/screen.ts';

const words = new FakeSession().recoveryPhrase().split(' ');

/** Answers the three questions, whatever words they ask for. */
async function answerQuiz(screen: TestScreen): Promise<void> {
  for (let i = 0; i < 3; i++) {
    const position = Number(/What is word (\d+)\?/.exec(screen.text())?.[1]);
    await screen.press(words[position - 1] ?? '', keys.enter);
  }
}

describe.each(screenSizes)('the first start at %i×%i', (columns, rows) => {
  const size = [columns, rows] as const;

  it('makes an account with a password: name, password twice, 13 words shown and asked back, chat', async () => {
    const messenger = new FakeMessenger();
    const { screen, done } = startChat({ size, messenger });
    await screen.waitFor('Welcome to session-tui');
    expect(screen.text().replace(/\s+/g, ' ')).toContain('66 characters that begin with 05');
    await screen.press(keys.enter);
    expect(screen.text()).toContain('your name');
    await screen.press('Ada', keys.enter);
    expect(screen.text()).toContain('A password for this profile');
    await screen.press('secret', keys.enter);
    expect(screen.text()).not.toContain('secret');
    await screen.press('sekret', keys.enter);
    expect(screen.text()).toContain('That was another one');
    await screen.press('secret', keys.enter);
    await screen.waitFor('Write down your recovery phrase');
    for (const [index, word] of words.entries())
      expect(screen.text()).toMatch(new RegExp(`${index + 1} ${word}\\b`));
    await screen.press(keys.enter, 'nonsense', keys.enter);
    expect(screen.text()).toMatch(/That is not word \d+/);
    await screen.press(keys.escape);
    expect(screen.text()).toContain('13 ');
    await screen.press(keys.enter);
    await answerQuiz(screen);
    await screen.waitFor('Ctrl-N starts one');
    expect(screen.text()).not.toContain(words[1]);
    expect(messenger.profiles.get('default')?.password).toBe('secret');
    expect(messenger.profiles.get('default')?.session.getState().account.name).toBe('Ada');
    screen.send(keys.ctrl('q'));
    expect(await done).toBe(0);
  });

  it('without a password says what that means and asks once more', async () => {
    const messenger = new FakeMessenger();
    const { screen } = startChat({ size, messenger });
    await screen.waitFor('Welcome');
    await screen.press('c', keys.enter, keys.enter);
    expect(screen.text().replace(/\s+/g, ' ')).toContain('can read your messages');
    await screen.press(keys.escape);
    expect(screen.text()).toContain('A password for this profile');
    await screen.press(keys.enter, keys.enter);
    await screen.waitFor('Write down');
    expect(messenger.profiles.get('default')?.password).toBeNull();
    screen.send(keys.ctrl('q'));
  });

  it('restores an account, and says which word of the phrase is wrong', async () => {
    const messenger = new FakeMessenger();
    const { screen } = startChat({ size, messenger, noPassword: true });
    await screen.waitFor('Welcome');
    await screen.press(keys.down, keys.enter, 'Ada', keys.enter);
    expect(screen.text()).toContain('the recovery phrase');
    await screen.press(words.with(4, 'bycicle').join(' '), keys.enter);
    await screen.waitFor('Word 5');
    expect(messenger.profiles.size).toBe(0);
    await screen.press(keys.paste(`${words.slice(0, 7).join(' ')}\n${words.slice(7).join('  ')}\n`));
    expect(screen.text().replace(/\s+/g, ' ')).toContain('ivory');
    await screen.press(keys.enter);
    await screen.waitFor('Ctrl-N starts one');
    screen.send(keys.ctrl('q'));
  });
});

describe('the first start', () => {
  it('asks for no password that was given by a file', async () => {
    const messenger = new FakeMessenger();
    const { screen } = startChat({ messenger, password: 'from a file' });
    await screen.waitFor('Welcome');
    await screen.press('c', keys.enter);
    await screen.waitFor('Write down');
    expect(messenger.profiles.get('default')?.password).toBe('from a file');
    screen.send(keys.ctrl('q'));
  });

  it('left with Ctrl-Q makes no account, left with the phrase on the screen closes the one it made', async () => {
    const messenger = new FakeMessenger();
    const first = startChat({ messenger });
    await first.screen.waitFor('Welcome');
    first.screen.send(keys.ctrl('q'));
    expect(await first.done).toBe(0);
    expect(messenger.profiles.size).toBe(0);
    const second = startChat({ messenger, noPassword: true });
    await second.screen.waitFor('Welcome');
    await second.screen.press('c', keys.enter);
    await second.screen.waitFor('Write down');
    second.screen.send(keys.ctrl('q'));
    expect(await second.done).toBe(0);
    await second.screen.settle();
    expect(messenger.profiles.get('default')?.session.closed).toBe(true);
    expect(second.screen.text()).not.toContain(words[1]);
  });

  it('refuses a name that is too long and says by how much', async () => {
    const { screen } = startChat({ messenger: new FakeMessenger() });
    await screen.waitFor('Welcome');
    await screen.press('c', keys.paste('é'.repeat(51)), keys.enter);
    expect(screen.text()).toContain('Too long by 2 bytes');
    screen.send(keys.ctrl('q'));
  });
});

describe('unlocking', () => {
  function locked(password = 'open sesame'): Readonly<{ messenger: FakeMessenger; session: FakeSession }> {
    const session = new FakeSession();
    session.addConversation(testId('a'), 'Alice');
    return { messenger: FakeMessenger.with(session, password), session };
  }

  it.each(screenSizes)('at %i×%i asks until the password fits, and never shows it', async (...size) => {
    const { messenger } = locked();
    const { screen, done } = startChat({ messenger, size });
    await screen.waitFor('Unlock profile default');
    await screen.press('wrong', keys.enter);
    await screen.waitFor('That is not the password');
    await screen.press('open sesame');
    expect(screen.text()).toContain('***********');
    expect(screen.written).not.toContain('sesame');
    await screen.press(keys.enter);
    await screen.waitFor('Alice');
    expect(messenger.attempts).toEqual([null, 'wrong', 'open sesame']);
    screen.send(keys.ctrl('q'));
    expect(await done).toBe(0);
  });

  it('with a password file asks nothing', async () => {
    const { messenger } = locked();
    const { screen } = startChat({ messenger, password: 'open sesame' });
    await screen.waitFor('Alice');
    expect(messenger.attempts).toEqual(['open sesame']);
    screen.send(keys.ctrl('q'));
  });

  it('with a wrong password file ends with that error and leaves the terminal alone', async () => {
    const { messenger } = locked();
    const { screen, done } = startChat({ messenger, password: 'wrong' });
    await expect(done).rejects.toMatchObject({ code: 'wrong-password' });
    expect(screen.written).toBe('');
  });

  it('finds out that the profile is in use before asking for the password', async () => {
    const { messenger, session } = locked();
    messenger.profiles.set('default', { password: 'x', session, locked: true });
    const { screen, done } = startChat({ messenger });
    await expect(done).rejects.toBeInstanceOf(StoreError);
    await expect(done).rejects.toMatchObject({ code: 'locked' });
    expect(screen.written).toBe('');
  });

  it('can be left without a password', async () => {
    const { messenger, session } = locked();
    const { screen, done } = startChat({ messenger });
    await screen.waitFor('Unlock');
    screen.send(keys.ctrl('c'));
    expect(await done).toBe(130);
    await screen.settle();
    expect(screen.isAlternate).toBe(false);
    expect(session.closed).toBe(false);
  });
});

it('says that it needs a terminal when there is none', async () => {
  const { stdin, stdout } = new TestScreen([80, 24]);
  const run = runChat({
    messenger: new FakeMessenger(),
    profile: 'default',
    password: null,
    noPassword: false,
    colors: { depth: 'none', background: null },
    platform: {
      clock: { now: () => 0, monotonic: () => 0, sleep: async () => {}, after: () => () => {} },
      randomBytes: (n) => new Uint8Array(n),
      logger: silentLogger,
    },
    stdin: Object.assign(stdin, { isTTY: false }),
    stdout,
  });
  await expect(run).rejects.toBeInstanceOf(UsageError);
});
