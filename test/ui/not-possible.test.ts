/** A key whose action makes no sense now says why, once; which ones are silent is decided here. */
import { describe, expect, it } from 'vitest';
import { type Action, actions } from '../../src/ui/actions.ts';
import type { Focus } from '../../src/ui/state/ui-state.ts';
import { chatScene, type Scene } from '../support/chat-scene.ts';
import { FakeSession, testId } from '../support/fake-session.ts';

const [alice, eve] = [testId('a'), testId('e')];

/** Their place is empty, and says itself what to do; or there is nothing in the composer to move in or to send. */
const silent = (name: string) =>
  ['list.up', 'list.down', 'list.first', 'list.last', 'list.open', 'composer.send', 'composer.down'].includes(
    name,
  ) ||
  (name.startsWith('edit.') && !['edit.yank', 'edit.yank-older', 'edit.undo', 'edit.redo'].includes(name));

const focusOf = (where: string): Focus =>
  where === 'messages' ? 'messages' : where === 'list' || where === 'not-typing' ? 'list' : 'composer';

function sessionOf(kind: 'nobody' | 'friend' | 'request' | 'self'): FakeSession {
  const session = new FakeSession();
  if (kind === 'friend') session.addConversation(alice, 'Alice');
  if (kind === 'request') session.addConversation(eve, 'Eve', { request: true });
  if (kind === 'self') session.addConversation(alice, 'Note to Self', { kind: 'self' });
  return session;
}

const scenes: readonly (readonly [string, () => Promise<Scene>])[] = [
  ['nobody there', () => chatScene(sessionOf('nobody'), null)],
  ['nothing open', () => chatScene(sessionOf('friend'), null)],
  ['an empty conversation', () => chatScene(sessionOf('friend'), alice)],
  ['a request', () => chatScene(sessionOf('request'), eve)],
  ['Note to Self', () => chatScene(sessionOf('self'), alice)],
];

const conditional = actions.filter(({ when }) => when !== undefined);

describe.each(scenes)('with %s', (_, start) => {
  it('every key of an action that makes no sense says so, but for those that are silent', async () => {
    const mute: string[] = [];
    for (const action of conditional)
      for (const { where, chord } of action.keys) {
        const scene = await start();
        scene.focus(focusOf(where));
        if (isPossible(action, scene) || (where === 'messages' && scene.ui.focus !== 'messages')) continue;
        if ((where === 'composer' || where === 'text') && scene.ui.focus !== 'composer') continue;
        await scene.press(chord);
        const said = scene.ui.notice?.text ?? '';
        if (silent(action.name)) expect(said, action.name).toBe('');
        else if (said === '') mute.push(`${action.name} ${where} ${chord}`);
        await scene.controller.stop();
      }
    expect(mute).toEqual([]);
  });
});

function isPossible(action: Action, { ui, session }: Scene): boolean {
  return action.when?.({ ui, session: session.getState() }) ?? true;
}

it('triage with nothing unread says so', async () => {
  const scene = await chatScene(sessionOf('friend'), null);
  await scene.press('alt-t');
  expect(scene.ui.notice?.text).toBe('Nothing is unread.');
  await scene.press('down');
  expect(scene.ui.notice).toBeNull();
});

it('what is chosen by its name in the palette says why, too', async () => {
  const scene = await chatScene(sessionOf('friend'), null);
  scene.controller.dialogs.palette('then: this one is read');
  await scene.press('enter');
  expect(scene.ui.dialog).toBeNull();
  expect(scene.ui.notice?.text).toBe('Nothing is unread.');
});
