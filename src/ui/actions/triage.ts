/** Going through the unread conversations one by one. */
import { type Action, type ActionState, at } from './types.ts';

const isRunning = ({ ui }: ActionState) => ui.triage !== null;

export const triageActions: readonly Action[] = [
  {
    name: 'triage.next',
    group: 'Conversations',
    title: 'Go through unread conversations; then: this one is read, the next one',
    keys: [...at('anywhere', 'alt-t'), ...at('messages', 'd')],
    slash: 'triage',
    when: ({ ui, session }) => ui.triage !== null || session.conversations.some(({ unread }) => unread > 0),
    run: ({ commands }) => commands.triage.next(),
  },
  {
    name: 'triage.later',
    group: 'Conversations',
    title: 'Going through unread ones: this one stays unread, the next one',
    keys: at('messages', 'u'),
    when: isRunning,
    run: ({ commands }) => commands.triage.later(),
  },
  {
    name: 'triage.mute',
    group: 'Conversations',
    title: 'Going through unread ones: mute this one for good, the next one',
    keys: at('messages', 'm'),
    when: isRunning,
    run: ({ commands }) => commands.triage.mute(),
  },
  {
    name: 'triage.stop',
    group: 'Conversations',
    title: 'Going through unread ones: stop here',
    keys: at('messages', 'Q'),
    when: isRunning,
    run: ({ commands }) => commands.triage.stop(),
  },
];
