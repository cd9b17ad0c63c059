/** The people one writes with: message requests, and what can be done with a contact. */
import { contactOf } from '../chat/people.ts';
import { type Action, type ActionState, at, noneOpen } from './types.ts';

const hasContact = (state: ActionState) => contactOf(state) !== undefined;
const isRequest = (state: ActionState) => contactOf(state)?.request === true;
/** An accepted contact, or one that was only added: whatever is no request. */
const isKnown = (state: ActionState) => contactOf(state)?.request === false;

const noContact = ({ ui, session }: ActionState) => {
  if (session.conversations.length === 0) return noneOpen({ session });
  if (ui.focus !== 'list' && ui.open === null) return 'Open a conversation first, or choose one in the list.';
  return 'That is for people: choose one in the list.';
};
const withContact = { when: hasContact, otherwise: noContact } as const;
const withRequest = {
  when: isRequest,
  otherwise: (state: ActionState) => (hasContact(state) ? 'This is no message request.' : noContact(state)),
} as const;
const withKnown = {
  when: isKnown,
  otherwise: (state: ActionState) =>
    hasContact(state)
      ? 'Accept the message request first ({request.accept}), or decline it ({request.decline}).'
      : noContact(state),
} as const;

export const peopleActions: readonly Action[] = [
  {
    name: 'requests.show',
    group: 'People',
    title: 'To the message requests',
    keys: at('anywhere', 'alt-r'),
    run: ({ commands }) => commands.people.toRequests(),
  },
  {
    name: 'blocked.show',
    group: 'People',
    title: 'Whom you have blocked, to unblock them',
    keys: at('list', 'B'),
    run: ({ commands }) => commands.people.openBlocked(),
  },
  {
    name: 'contact.menu',
    group: 'People',
    title: 'Everything about this contact: name, pin, mute, block, delete, QR code',
    keys: at('anywhere', 'f9'),
    ...withContact,
    run: ({ commands }) => commands.people.openMenu(),
  },
  {
    name: 'request.accept',
    group: 'People',
    slash: 'accept',
    title: 'Accept a message request; the sender is told',
    keys: [...at('list', 'y'), ...at('messages', 'y')],
    ...withRequest,
    run: ({ commands }) => commands.people.accept(),
  },
  {
    name: 'request.decline',
    group: 'People',
    slash: 'decline',
    title: 'Decline a message request: delete it; the sender is not told',
    keys: [...at('list', 'n'), ...at('messages', 'n')],
    ...withRequest,
    run: ({ commands }) => commands.people.decline(),
  },
  {
    name: 'contact.block',
    group: 'People',
    slash: 'block',
    title: 'Block or unblock a contact',
    keys: [...at('list', 'b'), ...at('messages', 'b')],
    ...withContact,
    run: ({ commands }) => commands.people.toggleBlock(),
  },
  {
    name: 'contact.nickname',
    group: 'People',
    slash: 'nickname',
    takes: 'NAME',
    title: 'Give a contact a nickname',
    keys: at('list', 'e'),
    ...withContact,
    run: ({ commands }) => commands.people.openNickname(),
    runWith: ({ commands }, name) => commands.people.rename(name),
  },
  {
    name: 'contact.pin',
    group: 'People',
    slash: 'pin',
    title: 'Pin a conversation to the top, or unpin it',
    keys: at('list', 'p'),
    ...withKnown,
    run: ({ commands }) => commands.people.togglePin(),
  },
  {
    name: 'contact.mute',
    group: 'People',
    slash: 'mute',
    takes: 'TIME',
    title: 'Mute a contact for a time or for good, or unmute',
    keys: at('list', 'm'),
    ...withKnown,
    run: ({ commands }) => commands.people.openMute(),
    runWith: ({ commands }, time) => commands.people.muteFor(time),
  },
  {
    name: 'contact.hide',
    group: 'People',
    slash: 'hide',
    title: 'Hide a conversation until its next message',
    keys: at('list', 'h'),
    ...withKnown,
    run: ({ commands }) => commands.people.openHide(),
  },
  {
    name: 'contact.remove',
    group: 'People',
    slash: 'remove',
    title: 'Delete a contact with the conversation',
    keys: at('list', 'delete'),
    ...withContact,
    run: ({ commands }) => commands.people.openRemove(),
  },
  {
    name: 'contact.show',
    group: 'People',
    title: 'Show the Account ID of a contact, and its QR code',
    keys: at('list', 'i'),
    ...withContact,
    run: ({ commands }) => commands.people.openCard(),
  },
  {
    name: 'contact.copy',
    group: 'People',
    title: 'Copy the Account ID of a contact',
    keys: at('list', 'c'),
    ...withContact,
    run: ({ commands }) => commands.people.copyId(),
  },
];
