/** The dialogs that do something with one message, as they look: a reaction, deleting it, a file of it. Pure. */
import type { Message } from '../../core/types.ts';
import { joinSafe, type SafeText, safe, sanitizeName } from '../../text/sanitize.ts';
import { hasEmoji } from '../input/emoji.ts';
import { codePointCount } from '../input/text-buffer.ts';
import type { DeleteDialog, MessageActionDialog, ReactDialog, SaveDialog } from '../state/message-dialogs.ts';
import { fitCells } from '../text/cells.ts';
import { wrapCells } from '../text/wrap.ts';
import type { Theme } from '../theme/theme.ts';
import { type DialogLine, type DialogRoom, type DialogView, dialogLine, dialogRow } from './dialog-view.ts';
import { fieldLine } from './field.ts';

export function messageActionView(
  dialog: MessageActionDialog,
  own: string,
  room: DialogRoom,
  theme: Theme,
): DialogView {
  switch (dialog.kind) {
    case 'react':
      return reactView(dialog, own, room, theme);
    case 'delete':
      return deleteView(dialog, own, room, theme);
    case 'save':
      return saveView(dialog, room, theme);
  }
}

const said = (words: SafeText, room: DialogRoom, paint: Theme['plain']): DialogLine[] =>
  wrapCells(words, room.width).map((line) => dialogLine(line, room, paint));

export type ReactChoice = Readonly<{
  emoji: string;
  /** its shortcode; empty: it was typed, or somebody else put it there */
  name: string;
  /** the key for it while nothing is typed; null: it has none */
  digit: string | null;
  /** one has put it there */
  isOwn: boolean;
  /** how many people have */
  count: number;
}>;

/** Those that official clients offer first. */
const quick: readonly (readonly [emoji: string, name: string])[] = [
  ['😂', 'joy'],
  ['🥰', 'smiling_face_with_three_hearts'],
  ['😢', 'cry'],
  ['😡', 'rage'],
  ['😮', 'open_mouth'],
  ['😈', 'smiling_imp'],
];

/** Found by words; more are not looked through by hand. */
const maxFound = 50;

/**
 * What can be chosen: while nothing is typed the quick ones and whatever else is on the message; the emoji that was
 * typed; or those that words mean.
 */
export function reactChoices({ message, field, list }: ReactDialog, own: string): readonly ReactChoice[] {
  const there = message.reactions ?? [];
  const choice = (emoji: string, name: string, digit: string | null): ReactChoice => {
    const from = there.find((one) => one.emoji === emoji)?.from ?? [];
    return { emoji, name, digit, isOwn: from.includes(own), count: from.length };
  };
  const text = field.text.trim();
  if (text === '') {
    const others = there.filter(({ emoji }) => !quick.some(([one]) => one === emoji));
    return [
      ...quick.map(([emoji, name], index) => choice(emoji, name, String(index + 1))),
      ...others.map(({ emoji }) => choice(emoji, '', null)),
    ];
  }
  if (hasEmoji(text)) return [choice(text, '', null)];
  const words = text.replace(/^:|:$/g, '').toLowerCase();
  // Shortcodes have `_` between words, or nothing.
  const spellings = [words, words.replace(/\s+/g, '_'), words.replace(/[\s_]+/g, '')];
  const found = spellings.map((one) => (one === '' ? [] : (list?.like(one, maxFound) ?? [])));
  const best = found.find((some) => some.length > 0) ?? [];
  const once = best.filter(({ emoji }, index) => best.findIndex((one) => one.emoji === emoji) === index);
  return once.map(({ emoji, name }) => choice(emoji, name, null));
}

function reactView(dialog: ReactDialog, own: string, room: DialogRoom, theme: Theme): DialogView {
  const { field, index, list, error } = dialog;
  const input = fieldLine(field, room.width, theme, safe('1-6, or a word: heart, thumbsup'));
  const choices = reactChoices(dialog, own);
  const errors = error === null ? [] : said(error, room, theme.error);
  const rows = Math.max(1, room.height - 1 - errors.length);
  const top = Math.max(0, Math.min(index - Math.floor(rows / 2), choices.length - rows));
  const lines = choices.slice(top, top + rows).map(
    (choice, offset): DialogLine => ({
      ...reactLine(choice, top + offset === index, room, theme),
      entry: top + offset,
    }),
  );
  if (choices.length === 0)
    lines.push(dialogLine(safe(list === null ? 'Looking…' : 'No emoji is called that.'), room, theme.dim));
  return {
    title: safe('React'),
    lines: [input.line, ...errors, ...lines],
    footer: choices[index]?.isOwn
      ? safe('Enter takes it off · Esc closes')
      : safe('Enter reacts · Esc closes'),
    cursor: { row: 0, column: input.cursor },
  };
}

function reactLine(
  { emoji, name, digit, isOwn, count }: ReactChoice,
  chosen: boolean,
  room: DialogRoom,
  theme: Theme,
): DialogLine {
  const others = count - (isOwn ? 1 : 0);
  const marks = [
    ...(isOwn ? ['yours'] : []),
    ...(others > 0 ? [`${others} other${others === 1 ? '' : 's'}`] : []),
  ];
  const tail = marks.length === 0 ? '' : ` · ${marks.join(', ')}`;
  const text = joinSafe(
    [
      safe(chosen ? '> ' : '  '),
      safe(digit === null ? '' : `${digit} `),
      sanitizeName(emoji),
      safe(` ${name}${tail}`),
    ],
    safe(''),
  );
  if (chosen) return dialogRow([{ text: fitCells(text, room.width), paint: theme.selected }]);
  return dialogLine(text, room, isOwn ? theme.self : theme.plain);
}

export type DeleteChoice = Readonly<{ title: string; what: string; everyone: boolean }>;

/** From where a message can be deleted. */
export function deleteChoices(message: Message, own: string): readonly DeleteChoice[] {
  const isNote = message.conversation === own;
  const isWaiting = message.status === 'queued' || message.status === 'failed';
  const here: DeleteChoice = isWaiting
    ? {
        title: 'Take it out of the queue',
        what: 'It is not sent, and is gone from here.',
        everyone: false,
      }
    : {
        title: 'Only here',
        what: 'It goes from this device, and its copy from your swarm, so that no device set up later gets it. Devices that have it keep it.',
        everyone: false,
      };
  const isOwn = message.direction === 'out' && message.notice === undefined && message.status !== 'failed';
  if (!isOwn) return [here];
  const everyone: DeleteChoice = isNote
    ? {
        title: 'On all your devices',
        what: 'Your other devices are told to delete it, and do when they are online.',
        everyone: true,
      }
    : {
        title: 'For everyone',
        what: 'Their devices and your others are asked to delete it too. The network can’t force anyone: who has read it, or has another program, may keep it.',
        everyone: true,
      };
  return [here, everyone];
}

function deleteView(
  { message, index, busy, error }: DeleteDialog,
  own: string,
  room: DialogRoom,
  theme: Theme,
): DialogView {
  const choices = deleteChoices(message, own);
  const lines = choices.map(({ title }, at): DialogLine => {
    const text = safe(`${at === index ? '> ' : '  '}${at + 1} ${title}`);
    const line =
      at === index
        ? dialogRow([{ text: fitCells(text, room.width), paint: theme.selected }])
        : dialogLine(text, room, theme.plain);
    return { ...line, entry: at };
  });
  const what = said(safe(choices[index]?.what ?? ''), room, theme.dim);
  const errors = error === null ? [] : said(error, room, theme.error);
  // Which one it is, where there is room for that: the first line of it.
  const about = [...errors, ...lines, ...what];
  const first = dialogLine(beginningOf(message), room, theme.strong);
  const shown = about.length < room.height && first.width > 0 ? [first, ...about] : about;
  return {
    title: safe('Delete the message?'),
    lines: shown.slice(0, room.height),
    footer: busy ? safe('Deleting…') : safe('Enter deletes · Esc keeps it'),
    cursor: null,
  };
}

/** Characters of a message's first line that say which one it is. */
const maxBeginning = 200;

function beginningOf({ body, attachments }: Message): SafeText {
  const first = attachments[0];
  if (body === '' && first !== undefined) return sanitizeName(first.name);
  return sanitizeName(body.slice(0, maxBeginning).split('\n')[0] ?? '');
}

function saveView({ message, field, busy, error }: SaveDialog, room: DialogRoom, theme: Theme): DialogView {
  const input = fieldLine(field, room.width, theme, safe('a file name, or ~/folder/name'));
  const count = codePointCount(message.body);
  const what = [
    safe(
      `The text (${count} characters) as it was sent, into a new file that only you can read. Nothing is overwritten.`,
    ),
    ...(message.attachments.length === 0 ? [] : [safe('Attachments can’t be saved yet: the text alone is.')]),
  ];
  const words =
    error === null ? what.flatMap((one) => said(one, room, theme.dim)) : said(error, room, theme.error);
  return {
    title: safe('Save the text of the message'),
    lines: [input.line, ...words].slice(0, room.height),
    footer: busy ? safe('Writing…') : safe('Enter saves · Esc closes'),
    cursor: { row: 0, column: input.cursor },
  };
}
