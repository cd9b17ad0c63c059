/** Slash commands: every action by a word, made from `actions.ts`, and what a text that begins with `/` means. Pure. */
import { joinSafe, type SafeText, safe, sanitizeName } from '../text/sanitize.ts';
import { type Action, actions } from './actions.ts';

/** The word of an action, without the slash: its own, else its name without `.show` or `.open` and with `-` for `.`. */
export function slashWord({ name, slash }: Pick<Action, 'name' | 'slash'>): string {
  return slash ?? name.replace(/\.(?:show|open)$/, '').replaceAll('.', '-');
}

/** `/word`, or `/word WORDS` where it takes something, as help, palette and completion show it. */
export function slashLabel(action: Action): string {
  const word = `/${slashWord(action)}`;
  return action.takes === undefined ? word : `${word} ${action.takes}`;
}

export type Meaning =
  /** to be sent, as `text` says it */
  | Readonly<{ kind: 'text'; text: string }>
  | Readonly<{ kind: 'command'; action: Action; argument: string }>
  /** neither: said, and nothing is done */
  | Readonly<{ kind: 'problem'; words: SafeText }>;

const commandText = /^\/([a-z][a-z0-9-]*)(?:\s+([\s\S]*))?$/i;

/**
 * What a composer's text means: `//…` is the text `/…`; `/word` and what follows it a command, known or not; everything
 * else is text, a path (`/etc/hosts is…`), a lone slash and `/ …` included.
 */
export function meaningOf(text: string, list: readonly Action[] = actions): Meaning {
  if (text.startsWith('//')) return { kind: 'text', text: text.slice(1) };
  const match = commandText.exec(text.trimEnd());
  if (match === null) return { kind: 'text', text };
  const word = (match[1] ?? '').toLowerCase();
  const argument = (match[2] ?? '').trim();
  const action = list.find((one) => slashWord(one) === word);
  if (action === undefined)
    return problem(
      `/${word}`,
      'is no command, and was not sent. As text: begin it with //. F1 lists commands.',
    );
  if (argument !== '' && action.runWith === undefined)
    return problem(`/${word}`, 'takes nothing behind it, so nothing was done. As text: begin it with //.');
  return { kind: 'command', action, argument };
}

function problem(word: string, what: string): Meaning {
  return { kind: 'problem', words: joinSafe([sanitizeName(word), safe(what)], safe(' ')) };
}
