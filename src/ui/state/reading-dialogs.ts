/** The dialogs that show more of what was written than the message view does, and the one that leads to a date. */
import type { Message } from '../../core/types.ts';
import type { SafeText } from '../../text/sanitize.ts';
import type { TextBuffer } from '../input/text-buffer.ts';

export type LinksDialog = Readonly<{
  kind: 'links';
  /** as they would be opened, each once; not empty */
  links: readonly string[];
  /** of the chosen one */
  index: number;
  /** first visible line of what is said about it */
  top: number;
  /** its QR code as rows, where that is shown instead */
  code: readonly SafeText[] | null;
  /** the program that opens links; null: none does here */
  opener: SafeText | null;
}>;

export type ReadingDialog =
  | LinksDialog
  /** the characters of a message that nobody sees, and its text with them written out */
  | Readonly<{ kind: 'lens'; message: Message; top: number }>
  /** a message with all of its lines */
  | Readonly<{ kind: 'whole'; message: Message; top: number }>
  /** asks for a day to go to; `now`: when it was opened */
  | Readonly<{ kind: 'date'; field: TextBuffer; now: number; error: SafeText | null }>;
