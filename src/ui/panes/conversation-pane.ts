/** The small parts around the messages: head, rule with hints, composer rows, empty states. Pure. */
import type { Conversation } from '../../core/types.ts';
import { durationWords, expiryWords } from '../../text/notice-words.ts';
import { joinSafe, type SafeText, safe, sanitizeName } from '../../text/sanitize.ts';
import { type FieldLayout, firstVisibleRow } from '../input/composer-layout.ts';
import { placesOf } from '../keymap.ts';
import { hintText, keyWords } from '../keys/hints.ts';
import type { Keymap } from '../keys/types.ts';
import { cellWidth, truncateCells } from '../text/cells.ts';
import { wrapCells } from '../text/wrap.ts';
import { blank, row, type Styled, type Theme } from '../theme/theme.ts';
import { conversationHeading } from './names.ts';

/** What the head says beside the name, the fullest first. */
function standing({ request, waiting, blocked, typing, expiry }: Conversation): readonly string[] {
  if (request) return [' message request: answering accepts it', ' message request', ' request'];
  if (blocked) return [' blocked'];
  if (typing) return [' is typing…', ' typing', ''];
  if (waiting) return [' has not answered yet', ''];
  if (expiry === undefined) return [''];
  return [` messages disappear ${expiryWords(expiry)}`, ` disappear: ${durationWords(expiry.seconds)}`, ''];
}

/** A name and the ends of its ID are worth more than words. */
const minHeading = 22;

export function headLine(conversation: Conversation, width: number, theme: Theme): Styled {
  const labels = standing(conversation);
  const label = safe(labels.find((one) => one.length + minHeading < width) ?? labels.at(-1) ?? '');
  const room = Math.max(8, width - 1 - cellWidth(label));
  const heading = conversationHeading(conversation, room);
  const isQuiet = conversation.waiting || conversation.typing || conversation.expiry !== undefined;
  const paint = isQuiet ? theme.dim : theme.warning;
  return row(
    theme.strong(joinSafe([safe(' '), heading], safe(''))),
    paint(truncateCells(label, Math.max(0, width - 1 - cellWidth(heading)))),
  );
}

export type RuleInput = Readonly<{
  focus: 'messages' | 'composer' | 'list';
  /** a list of what can be put in stands above */
  completing: boolean;
  /** messages below the bottom row, of those that are loaded */
  below: number;
  /** there are more of them than are loaded */
  moreBelow: boolean;
  /** what the selected message has that a key shows */
  carries?: 'hidden' | 'linked' | null;
  /** one goes through the unread conversations */
  triage?: boolean;
  /** how many of them have not been read */
  unread: number;
  /** whom and what the text being written answers; null: nothing */
  answered: Readonly<{ name: SafeText; text: SafeText }> | null;
  /** it is a message request */
  request?: boolean;
  /** the selected message has failed */
  canRetry: boolean;
  /** the selected message quotes another one */
  hasQuote: boolean;
  /** no line is drawn beside the words: each byte counts */
  isLean?: boolean;
  /** code points typed, where that is near or above what a message may hold; else null */
  length: Readonly<{ used: number; limit: number }> | null;
  /** the keys in force */
  keymap: Keymap;
  /** of the composer, where the keymap is modal */
  mode: 'insert' | 'normal';
  /** keys of a command or sequence that is not whole yet */
  pendingKeys: string;
}>;

/** What the keys do, the fullest hint that fits. */
const hints: Readonly<
  Record<
    | RuleInput['focus']
    | 'failed'
    | 'quoting'
    | 'request'
    | 'requested'
    | 'answering'
    | 'completing'
    | 'normal'
    | 'triage'
    | 'hidden'
    | 'linked',
    readonly string[]
  >
> = {
  request: [
    '{request.accept} accepts · {request.decline} declines · {contact.block} blocks · {focus.next} to answer, which accepts',
    '{request.accept} accepts · {request.decline} declines · {contact.block} blocks',
    '{request.accept} accept · {request.decline} decline · {contact.block} block',
  ],
  requested: [
    '{list.open} opens · {request.accept} accepts · {request.decline} declines · {contact.block} blocks',
    '{request.accept} accepts · {request.decline} declines · {contact.block} blocks',
    '{request.accept} accept · {request.decline} decline · {contact.block} block',
  ],
  answering: [
    '{composer.send} sends and accepts · {contact.menu}, then y accepts, n declines, b blocks',
    '{contact.menu}, then y accepts, n declines, b blocks',
    '{contact.menu}: y accept, n decline, b block',
  ],
  composer: [
    '{composer.send} sends · {composer.newline} new line · {palette.open} go to · {focus.next} list',
    '{composer.send} sends · {composer.newline} new line · {palette.open} go to',
    '{composer.send} sends · {back} list · {help.open} help',
    '{composer.send} sends',
  ],
  hidden: [
    '{message.hidden} shows hidden characters · {message.up}/{message.down} select · {back} back',
    '{message.hidden} shows hidden characters',
  ],
  linked: [
    '{message.links} links · {message.answer} answers · {message.react} reacts · {message.copy} copies · {message.delete} deletes · {back} back',
    '{message.links} links · {message.answer} answers · {message.react} reacts · {message.delete} deletes',
    '{message.links} links · {message.up}/{message.down} select · {message.answer} answers · {message.copy} copies · {back} back',
    '{message.links} links · {message.answer} answers · {back} back',
    '{message.links} links',
  ],
  triage: [
    '{triage.next} read, next · {triage.later} later · {triage.mute} mutes · {message.answer} answers · {back} ends',
    '{triage.next} read, next · {triage.later} later · {back} ends',
    '{triage.next} next · {triage.later} later',
  ],
  normal: [
    'i types · {composer.send} sends · {palette.open} go to · {help.open} help · {back} back',
    'i types · {composer.send} sends · {back} back',
    'i types',
  ],
  messages: [
    '{message.up}/{message.down} select · {message.answer} answers · {message.react} reacts · {message.copy} copies · {message.delete} deletes · {message.info} info · {back} back',
    '{message.answer} answers · {message.react} reacts · {message.copy} copies · {message.delete} deletes · {back} back',
    '{message.answer} answers · {message.react} reacts · {message.copy} copies · {message.delete} deletes',
    '{message.up}/{message.down} select · {message.answer} answers · {message.copy} copies · {back} back',
    '{message.up}/{message.down} select · {message.answer} answers · {back} back',
    '{message.up}/{message.down} select · {back} back',
  ],
  completing: ['Tab takes · Up/Down choose · Esc closes', 'Tab takes · Up/Down · Esc'],
  failed: [
    '{message.retry} tries again · {message.up}/{message.down} select · {back} back',
    '{message.retry} tries again · {back} back',
  ],
  quoting: [
    '{jump.quoted} to the quoted message · {message.up}/{message.down} select · {back} back',
    '{jump.quoted} to the quoted message · {back} back',
  ],
  list: [
    '{list.open} opens, then write · {contact.menu} contact · {palette.open} go to · {help.open} help',
    '{list.open} opens, then write · {contact.menu} contact',
    '{list.open} opens, then write',
  ],
};

/** The rule above the composer: what the keys do here, how much is below, how long the text may get. */
export function ruleLine(input: RuleInput, width: number, theme: Theme): Styled {
  const { keymap } = input;
  const here = placesOf({ dialog: null, focus: input.focus, mode: input.mode });
  const mode = modeWords(input);
  const modeCells = cellWidth(mode);
  let label: Styled;
  let cells: number;
  if (input.length !== null) {
    const { used, limit } = input.length;
    const rest = used > limit ? `too long to send by ${used - limit}` : `${limit - used} left`;
    const words = safe(`${used} of ${limit} characters: ${rest}`);
    label = (used > limit ? theme.error : theme.warning)(words);
    cells = cellWidth(words);
  } else if (input.answered !== null && !input.completing) {
    const { name, text } = input.answered;
    const drop = keyWords(keymap, ' · {back} drops it');
    const room = Math.max(0, width - 6 - modeCells - cellWidth(drop));
    const words = truncateCells(joinSafe([safe('Answers '), name, safe(': '), text], safe('')), room);
    label = row(theme.key(words), theme.dim(drop));
    cells = cellWidth(words) + cellWidth(drop);
  } else if (input.below > 0 && !input.completing && input.triage !== true) {
    const count =
      input.unread > 0 ? `${input.unread} new` : `${input.below}${input.moreBelow ? '+' : ''} newer`;
    const words = hintText(keymap, `${count} below · {scroll.newest}`, here);
    label = theme.unread(words);
    cells = cellWidth(words);
  } else {
    const room = Math.max(0, width - 6 - modeCells);
    const special = input.canRetry ? 'failed' : input.hasQuote ? 'quoting' : (input.carries ?? 'messages');
    const writing = input.mode === 'normal' ? 'normal' : 'composer';
    const reading = input.triage === true ? 'triage' : special;
    const inPane = input.focus === 'messages' ? reading : input.focus === 'composer' ? writing : input.focus;
    const asked = { list: 'requested', messages: 'request', composer: 'answering' } as const;
    const hint = input.completing ? 'completing' : input.request === true ? asked[input.focus] : inPane;
    const choices = hints[hint].map((one) => hintText(keymap, one, here));
    const words = truncateCells(
      choices.find((hint) => cellWidth(hint) <= room) ?? choices.at(-1) ?? safe(''),
      room,
    );
    label = (input.request === true ? theme.key : theme.dim)(words);
    cells = cellWidth(words);
  }
  if (input.isLean === true) return row(theme.plain(safe(' ')), theme.strong(mode), label);
  const rest = Math.max(0, width - modeCells - cells - 5);
  return row(
    theme.dim(safe('── ')),
    theme.strong(mode),
    label,
    theme.dim(joinSafe([safe(' '), safe('─'.repeat(rest))], safe(''))),
  );
}

/** Whether text or commands are typed, where the keymap has both, and what was typed of a command so far. */
function modeWords({ keymap, focus, mode, pendingKeys }: RuleInput): SafeText {
  const word = keymap.modal && focus === 'composer' ? mode.toUpperCase() : '';
  const words = [word, pendingKeys].filter((one) => one !== '').join(' ');
  return words === '' ? safe('') : joinSafe([sanitizeName(words), safe(' · ')], safe(''));
}

const prompt = safe('> ');
const continued = safe('  ');
/** In an empty composer; elsewhere, where single letters are commands, with the key that leads to it. */
const placeholders: Readonly<Record<RuleInput['focus'], string>> = {
  composer: 'Write a message',
  list: 'Write a message (press {list.open} first)',
  messages: 'Write a message (press {focus.next} first)',
};

/** The visible rows of the composer. No right border: a typed character then costs a few bytes only. */
export function composerRows(
  layout: FieldLayout,
  height: number,
  focus: RuleInput['focus'],
  theme: Theme,
  keymap: Keymap,
): Styled[] {
  const focused = focus === 'composer';
  const top = firstVisibleRow(layout, height);
  const isEmpty = layout.rows.length === 1 && layout.rows[0]?.shown === '';
  const lines: Styled[] = [];
  for (let i = 0; i < height; i++) {
    const shown = layout.rows[top + i]?.shown;
    const lead = top + i === 0 ? prompt : continued;
    const text =
      isEmpty && i === 0 ? theme.dim(keyWords(keymap, placeholders[focus])) : theme.plain(shown ?? safe(''));
    lines.push(row(focused ? theme.key(lead) : theme.dim(lead), text));
  }
  return lines;
}

/** Where the cursor stands within the composer's rows. */
export function composerCursor(
  layout: FieldLayout,
  height: number,
): Readonly<{ row: number; column: number }> {
  return {
    row: layout.cursorRow - firstVisibleRow(layout, height),
    column: cellWidth(prompt) + layout.cursorColumn,
  };
}

const welcome =
  'No conversation is open.\n\n{list.open} opens the one under the cursor, {conversation.new} starts a new one with an Account ID, {palette.open} finds conversations and everything else.';

const nobodyYet =
  'No conversation is open.\n\n{conversation.new} starts one with the Account ID of somebody, {account.show} shows yours to give to others, {help.open} shows every key, {palette.open} finds everything.';

const emptyConversation = 'No messages yet. Write the first one below; {composer.send} sends it.';

const emptyWords = {
  'nobody-yet': nobodyYet,
  'nothing-open': welcome,
  'no-messages': emptyConversation,
  loading: '',
} as const;

/** What stands in place of messages: exactly `height` lines. */
export function emptyPane(
  kind: 'nobody-yet' | 'nothing-open' | 'no-messages' | 'loading',
  width: number,
  height: number,
  theme: Theme,
  keymap: Keymap,
): Styled[] {
  const words = keyWords(keymap, emptyWords[kind]);
  const text = wrapCells(words, Math.max(10, Math.min(60, width - 4)));
  const lines: Styled[] = [];
  const above = Math.max(0, Math.floor((height - text.length) / 2));
  for (let i = 0; i < above; i++) lines.push(blank);
  for (const line of text) lines.push(theme.dim(joinSafe([safe('  '), line], safe(''))));
  while (lines.length < height) lines.push(blank);
  return lines.slice(0, height);
}
