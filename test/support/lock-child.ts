/**
 * A chat that is used a little and locked, as a program of its own: with React for production, as in the built
 * program (the other one keeps call stacks, and with them whom they were called on). Prints what is left in memory.
 * `node --expose-gc --import tsx lock-child.ts`, with `linear` behind it line by line.
 */
import process from 'node:process';
import { startChat } from './chat.ts';
import { FakeMessenger, FakeSession, testId } from './fake-session.ts';
import { startLinear } from './linear.ts';
import { keys } from './screen.ts';

const alice = testId('a');
const password = 'correct horse';
const isLinear = process.argv[2] === 'linear';

function conversation(): FakeSession {
  const session = new FakeSession();
  session.addConversation(alice, 'Alice');
  session.fill(alice, 30, (i) => `old message ${i}`);
  return session;
}

/** A `lock` that knows nothing of its session, as the real one; unlocking gives another session. */
function lockedWithout(next: FakeSession): FakeSession['lock'] {
  return async () => ({ unlock: async () => next, close: async () => undefined });
}

/** Only weak references leave this function. */
async function lockedChat() {
  const session = conversation();
  const messenger = FakeMessenger.with(session, password);
  session.lock = lockedWithout(conversation());
  const setup = { messenger, password, openConversation: alice };
  const { screen } = isLinear ? startLinear(setup) : startChat(setup);
  await screen.waitFor('old message 29');
  if (isLinear) await screen.press('/older', keys.enter, '/search old', keys.enter, '/answer 1', keys.enter);
  else await screen.press(keys.ctrl('k'), 'al', keys.escape, keys.f2, keys.escape);
  await screen.press('half a thought');
  const weak = { session: new WeakRef(session), message: new WeakRef(session.stored(alice)[0] ?? {}) };
  await screen.press('\x1bl');
  await screen.waitFor(isLinear ? 'Password:' : 'Unlock profile');
  messenger.profiles.clear();
  return { screen, ...weak };
}

const { screen, session, message } = await lockedChat();
const left = () => ({ session: session.deref() !== undefined, message: message.deref() !== undefined });
for (let i = 0; i < 20 && (left().session || left().message); i++) {
  await new Promise((resolve) => setTimeout(resolve, 10));
  globalThis.gc?.();
}
process.stdout.write(`${JSON.stringify(left())}\n`);
await screen.press(password, keys.enter);
await screen.waitFor(isLinear ? 'Unlocked.' : 'old message 29');
process.stdout.write('unlocked\n');
screen.send(keys.ctrl('q'));
