/** The dialogs about one message: all that is known about it, a reaction, deleting it, a file of it. */
import type { Message, MessageTrace } from '../../core/types.ts';
import type { SafeText } from '../../text/sanitize.ts';
import type { EmojiList } from '../input/emoji.ts';
import type { TextBuffer } from '../input/text-buffer.ts';

/** All about a message; it follows what happens with it. */
export type InfoDialog = Readonly<{
  kind: 'message';
  message: Message;
  /** null until it is known */
  trace: MessageTrace | null;
  /** when that was known, ms */
  now: number;
  top: number;
}>;

/** Asks for the emoji that is put on a message, or taken off. */
export type ReactDialog = Readonly<{
  kind: 'react';
  /** as it was when this was opened */
  message: Message;
  /** words that the emoji is searched by, or the emoji itself */
  field: TextBuffer;
  /** of the chosen one */
  index: number;
  /** null until it is loaded */
  list: EmojiList | null;
  error: SafeText | null;
}>;

/** Asks from where a message is to be deleted. */
export type DeleteDialog = Readonly<{
  kind: 'delete';
  message: Message;
  /** of the chosen one */
  index: number;
  /** the one whose meaning is on the screen: nothing else is done, not by a click either */
  read: number;
  busy: boolean;
  error: SafeText | null;
}>;

/** Asks for the file that a message's text is written to. */
export type SaveDialog = Readonly<{
  kind: 'save';
  message: Message;
  field: TextBuffer;
  busy: boolean;
  error: SafeText | null;
}>;

export type MessageActionDialog = ReactDialog | DeleteDialog | SaveDialog;
