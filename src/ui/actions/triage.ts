/** Going through the unread conversations one by one. */
import { type Action, type ActionState, at } from './types.ts';

/** For what goes on from one unread conversation to the next. */
const whileRunning = {
  when: ({ ui }: ActionState) => ui.triage !== null,
  otherwise: 'That is for going through what is unread: {triage.next} begins.',
} as const;

export const triageActions: readonly Action[] = [
  {
    name: 'triage.next',
    group: 'Conversations',
    title: 'Go through unread conversations; then: this one is read, the next one',
    keys: [...at('anywhere', 'alt-t'), ...at('messages', 'd')],
    slash: 'triage',
    when: ({ ui, session }) => ui.triage !== null || session.conversations.some(({ unread }) => unread > 0),
    otherwise: 'Nothing is unread.',
    run: ({ commands }) => commands.triage.next(),
  },
  {
    name: 'triage.later',
    group: 'Conversations',
    title: 'Going through unread ones: this one stays unread, the next one',
    keys: at('messages', 'u'),
    ...whileRunning,
    run: ({ commands }) => commands.triage.later(),
  },
  {
    name: 'triage.mute',
    group: 'Conversations',
    title: 'Going through unread ones: mute this one for good, the next one',
    keys: at('messages', 'm'),
    ...whileRunning,
    run: ({ commands }) => commands.triage.mute(),
  },
  {
    name: 'triage.stop',
    group: 'Conversations',
    title: 'Going through unread ones: stop here',
    keys: at('messages', 'Q'),
    ...whileRunning,
    run: ({ commands }) => commands.triage.stop(),
  },
];
