/** The list of conversations, and one's own account. */
import { type Action, at } from './types.ts';

export const conversationsActions: readonly Action[] = [
  {
    name: 'conversation.new',
    group: 'Conversations',
    title: 'Start a conversation by Account ID or name',
    keys: at('anywhere', 'ctrl-n'),
    run: ({ commands }) => commands.openNewConversation(),
  },
  {
    name: 'account.show',
    group: 'Conversations',
    title: 'Show your own Account ID',
    keys: at('anywhere', 'f2'),
    run: ({ commands }) => commands.openAccount(),
  },
  {
    name: 'account.copy',
    group: 'Conversations',
    title: 'Copy your own Account ID to the clipboard',
    keys: at('anywhere', 'alt-a'),
    inDialogs: true,
    run: ({ commands }) => commands.copyAccountId(),
  },
  {
    name: 'list.up',
    group: 'Conversations',
    title: 'List: one up',
    keys: at('list', 'up'),
    when: ({ session }) => session.conversations.length > 0,
    run: ({ commands }) => commands.moveListCursor(-1),
  },
  {
    name: 'list.down',
    group: 'Conversations',
    title: 'List: one down',
    keys: at('list', 'down'),
    when: ({ session }) => session.conversations.length > 0,
    run: ({ commands }) => commands.moveListCursor(1),
  },
  {
    name: 'list.first',
    group: 'Conversations',
    title: 'List: to the top',
    keys: at('list', 'home'),
    when: ({ session }) => session.conversations.length > 0,
    run: ({ commands }) => commands.moveListCursor('first'),
  },
  {
    name: 'list.last',
    group: 'Conversations',
    title: 'List: to the end',
    keys: at('list', 'end'),
    when: ({ session }) => session.conversations.length > 0,
    run: ({ commands }) => commands.moveListCursor('last'),
  },
  {
    name: 'list.open',
    group: 'Conversations',
    title: 'List: open the conversation',
    keys: at('list', 'enter'),
    when: ({ session }) => session.conversations.length > 0,
    run: ({ commands }) => commands.openUnderCursor(),
  },
];
