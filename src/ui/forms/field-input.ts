/** What a token does to a field of a form: the same editing keys as in the chat. */
import { edit, insertLine, type TextBuffer } from '../input/text-buffer.ts';
import { actionNamed, defaultKeymap } from '../keymap.ts';
import type { InputToken } from '../terminal/input-tokenizer.ts';
import { chordOf } from '../terminal/keys.ts';

const maxFieldLength = 2000;

/** The changed field; the same one if the token is no business of a field. */
export function typeInto(field: TextBuffer, token: InputToken): TextBuffer {
  if (token.kind !== 'key') {
    const room = Math.max(0, maxFieldLength - field.text.length);
    return insertLine(field, token.text.slice(0, room));
  }
  const command = actionNamed(defaultKeymap.find(['text'], chordOf(token.key)))?.edit;
  return command === undefined ? field : edit(field, command);
}
