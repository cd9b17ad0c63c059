/** The contact menu and its dialogs: mute, nickname, card with QR code, and questions before what can't be undone. Pure. */
import { renderUnicodeCompact } from 'uqr';
import type { Conversation } from '../../core/types.ts';
import { joinSafe, safe, sanitizeName } from '../../text/sanitize.ts';
import { conversationTitle, shortId } from '../panes/names.ts';
import type { BlockedDialog, ContactDialog } from '../state/ui-state.ts';
import { fitCells } from '../text/cells.ts';
import { wrapCells } from '../text/wrap.ts';
import type { Theme } from '../theme/theme.ts';
import { type DialogLine, type DialogRoom, type DialogView, dialogLine, dialogRow } from './dialog-view.ts';
import { fieldLine } from './field.ts';
import { lookAlikeLines } from './look-alike.ts';

/** Commands of `chat/people.ts` that the menu leads to. */
type MenuCommand =
  | 'accept'
  | 'decline'
  | 'toggleBlock'
  | 'openNickname'
  | 'togglePin'
  | 'openMute'
  | 'hide'
  | 'openRemove'
  | 'openCard'
  | 'copyId';

export type MenuEntry = Readonly<{ key: string; title: string; what: string; command: MenuCommand }>;

/** What can be done with a contact now; `now`, local clock, ms: a mute that is over is none. */
export function menuEntries(contact: Conversation, now: number): readonly MenuEntry[] {
  const { request, pinned, mutedUntil, blocked } = contact;
  const isMuted = (mutedUntil ?? 0) > now;
  const decide: MenuEntry[] = [
    {
      key: 'y',
      title: 'Accept',
      what: 'They are told. From then on it is a conversation like others.',
      command: 'accept',
    },
    {
      key: 'n',
      title: 'Decline',
      what: 'Deletes the request. They are not told, and can write again.',
      command: 'decline',
    },
  ];
  const keep: MenuEntry[] = [
    pinned
      ? { key: 'p', title: 'Unpin', what: 'Puts it back among the others.', command: 'togglePin' }
      : { key: 'p', title: 'Pin', what: 'Keeps it at the top of the list.', command: 'togglePin' },
    {
      key: 'm',
      title: isMuted ? 'Muted: for how long' : 'Mute',
      what: 'No notifications, for a time or for good. Messages come as always.',
      command: 'openMute',
    },
    {
      key: 'h',
      title: 'Hide',
      what: 'Takes it off the list until the next message. Nothing is deleted.',
      command: 'hide',
    },
  ];
  const block: MenuEntry = blocked
    ? {
        key: 'b',
        title: 'Unblock',
        what: 'Messages come again. What was sent meanwhile stays lost.',
        command: 'toggleBlock',
      }
    : {
        key: 'b',
        title: 'Block',
        what: 'What they send is dropped from now on. They are not told.',
        command: 'toggleBlock',
      };
  return [
    ...(request ? [...decide, block] : []),
    {
      key: 'e',
      title: 'Nickname',
      what: 'What to call them here and on your other devices. They never see it.',
      command: 'openNickname',
    },
    ...(request ? [] : [...keep, block]),
    {
      key: 'i',
      title: 'Account ID and QR code',
      what: 'To check whom you write with, and to hand the contact on.',
      command: 'openCard',
    },
    {
      key: 'c',
      title: 'Copy the Account ID',
      what: 'To the clipboard of the terminal’s machine.',
      command: 'copyId',
    },
    {
      key: 'd',
      title: 'Delete',
      what: 'The contact and all messages, on all your devices. It asks first.',
      command: 'openRemove',
    },
  ];
}

export type MuteChoice = Readonly<{
  key: string;
  title: string;
  /** ms; null ends a mute */
  forMs: number | 'good' | null;
}>;

const hourMs = 3_600_000;

export function muteChoices(contact: Conversation, now: number): readonly MuteChoice[] {
  const isMuted = (contact.mutedUntil ?? 0) > now;
  return [
    ...(isMuted ? [{ key: 'u', title: 'Unmute', forMs: null }] : []),
    { key: '1', title: 'For 1 hour', forMs: hourMs },
    { key: '8', title: 'For 8 hours', forMs: 8 * hourMs },
    { key: 'w', title: 'For 1 week', forMs: 7 * 24 * hourMs },
    { key: 'g', title: 'For good', forMs: 'good' },
  ];
}

const questions: Readonly<
  Record<'decline' | 'block' | 'hide' | 'remove', Readonly<{ title: string; words: string; yes: string }>>
> = {
  decline: {
    title: 'Decline',
    words:
      'Decline this message request? It is deleted with its messages. Whoever sent it is not told, and can write again.',
    yes: 'Enter declines · Esc keeps it',
  },
  block: {
    title: 'Block',
    words:
      'Block this contact? What they send from now on is dropped before it is stored, and never shown later. They are not told.',
    yes: 'Enter blocks · Esc does not',
  },
  hide: {
    title: 'Hide',
    words: 'Take this conversation off the list until its next message? Nothing is deleted.',
    yes: 'Enter hides it · Esc keeps it',
  },
  remove: {
    title: 'Delete contact',
    words:
      'Delete this contact and all messages with them, on all your devices? This can’t be undone. If they are blocked, that ends too.',
    yes: 'Enter deletes · Esc keeps it',
  },
};

export function contactDialogView(
  dialog: ContactDialog,
  contact: Conversation | undefined,
  room: DialogRoom,
  theme: Theme,
): DialogView {
  if (contact === undefined)
    return {
      title: safe('Contact'),
      lines: words('This contact is gone.', room, theme.dim),
      footer: safe('Esc closes'),
      cursor: null,
    };
  const name = conversationTitle(contact);
  switch (dialog.kind) {
    case 'contact-menu': {
      const entries = menuEntries(contact, dialog.now);
      const chosen = entries[dialog.index];
      const about = chosen === undefined ? [] : words(chosen.what, room, theme.dim);
      const rows = Math.max(1, room.height - Math.min(2, about.length));
      return {
        title: name,
        lines: [...choiceLines(entries, dialog.index, rows, room, theme), ...about].slice(0, room.height),
        footer: safe('Enter or the letter · Esc closes'),
        cursor: null,
      };
    }
    case 'contact-mute':
      return {
        title: joinSafe([safe('Mute'), name], safe(' ')),
        lines: choiceLines(muteChoices(contact, dialog.now), dialog.index, room.height, room, theme),
        footer: safe('Enter or the letter · Esc closes'),
        cursor: null,
      };
    case 'contact-name': {
      const input = fieldLine(
        dialog.field,
        room.width,
        theme,
        safe('no nickname: the name they gave themselves'),
      );
      const about =
        room.height >= 5
          ? words(
              'What to call them here and on your other devices; empty for the name they gave themselves.',
              room,
              theme.dim,
            )
          : [];
      const error =
        dialog.error === null
          ? []
          : wrapCells(dialog.error, room.width).map((line) => dialogLine(line, room, theme.error));
      return {
        title: safe('Nickname'),
        lines: [...about, input.line, ...error],
        footer: safe('Enter keeps it · Esc closes'),
        cursor: { row: about.length, column: input.cursor },
      };
    }
    case 'contact-confirm': {
      const question = questions[dialog.what];
      return {
        title: safe(question.title),
        lines: [dialogLine(name, room, theme.strong), ...words(question.words, room, theme.plain)],
        footer: safe(question.yes),
        cursor: null,
      };
    }
    case 'contact-card':
      return {
        title: name,
        lines: cardLines(contact, room, theme),
        footer: safe('c copies the ID · Esc closes'),
        cursor: null,
      };
  }
}

/** Whom one has blocked, by name and the ends of the ID: names can be chosen to mislead. */
export function blockedView({ people, index }: BlockedDialog, room: DialogRoom, theme: Theme): DialogView {
  const top = Math.max(0, Math.min(index - Math.floor(room.height / 2), people.length - room.height));
  const lines = people.slice(top, top + room.height).map(({ id, name }, offset): DialogLine => {
    const isChosen = top + offset === index;
    const who = [sanitizeName(name), shortId(id)].filter((piece) => piece !== '');
    const line = joinSafe([safe(isChosen ? '>' : ' '), ...who], safe(' '));
    const shown = fitCells(line, room.width);
    return {
      ...dialogRow([{ text: shown, paint: isChosen ? theme.selected : theme.plain }]),
      entry: top + offset,
    };
  });
  return { title: safe('Blocked'), lines, footer: safe('Enter unblocks · Esc closes'), cursor: null };
}

function words(text: string, room: DialogRoom, paint: Theme['plain']): DialogLine[] {
  return wrapCells(safe(text), room.width).map((line) => dialogLine(line, room, paint));
}

/** The key in a column of its own, then the title; a window of them around the chosen one. */
function choiceLines(
  choices: readonly Readonly<{ key: string; title: string }>[],
  index: number,
  rows: number,
  room: DialogRoom,
  theme: Theme,
): DialogLine[] {
  const top = Math.max(0, Math.min(index - Math.floor(rows / 2), choices.length - rows));
  return choices.slice(top, top + rows).map(({ key, title }, offset): DialogLine => {
    const at = top + offset;
    const label = safe(`${at === index ? '>' : ' '} ${key}  `);
    const rest = fitCells(safe(title), Math.max(1, room.width - 5));
    const line =
      at === index
        ? dialogRow([{ text: joinSafe([label, rest], safe('')), paint: theme.selected }])
        : dialogRow([
            { text: label, paint: theme.key },
            { text: rest, paint: theme.plain },
          ]);
    return { ...line, entry: at };
  });
}

/** The account ID, and below it as a QR code where there is room for that. */
function cardLines(contact: Conversation, room: DialogRoom, theme: Theme): DialogLine[] {
  const accountId = contact.id;
  const id = wrapCells(sanitizeName(accountId), room.width).map((line) => dialogLine(line, room, theme.key));
  id.push(...lookAlikeLines(contact, room, theme));
  const code = qrLines(accountId, { ...room, height: room.height - id.length }, theme);
  if (code !== null) return [...id, ...code];
  const needs = 'For the QR code the window has to be larger. Or: session-tui contact show ID --qr';
  return [...id, ...words(needs, room, theme.dim)].slice(0, room.height);
}

/** An account ID as a QR code that the official apps read (accounts.md section 7); null where it has no room. */
export function qrLines(accountId: string, room: DialogRoom, theme: Theme): DialogLine[] | null {
  const rows = renderUnicodeCompact(accountId, { ecc: 'L', border: 1 }).split('\n');
  if (rows.length > room.height || (rows[0]?.length ?? 0) > room.width) return null;
  return rows.map((line) => dialogLine(safe(line), room, theme.plain));
}
