/** Each step of onboarding as a form. Pure. */
import { joinSafe, type SafeText, safe, sanitizeName, sanitizeText } from '../../text/sanitize.ts';
import { type Form, formWidth } from '../forms/form-view.ts';
import type { Size } from '../terminal/streams.ts';
import { cellWidth, fitCells } from '../text/cells.ts';
import { wrapCells } from '../text/wrap.ts';
import type { Onboarding } from './state.ts';

const goOn = safe('Enter next · Esc back · Ctrl-Q quits');

const whatAccountIs = safe(
  'An account is a pair of keys made here: no phone number, no server. Its Account ID, 66 characters that begin with 05, is what you give to others so that they can write to you.',
);
const whatPasswordIs = safe(
  'The password encrypts messages, contacts and keys on this machine. Nobody can reset it; the recovery phrase is the way back.',
);
const whatNoneMeans = safe(
  'Without a password the key lies beside the data, readable by you alone (mode 0600): whoever can read this folder, or a copy of it, can read your messages and write in your name.',
);
const whyItTakes = safe(
  'The password is worked into a key, which takes a moment on purpose: so does each guess of somebody else.',
);

export function onboardingForm(state: Onboarding, size: Size): Form {
  const { step } = state;
  const creating = state.way === 'create';
  switch (step.kind) {
    case 'choose': {
      const option = (way: string, text: string) =>
        ({
          text: safe(`${step.way === way ? '>' : ' '} ${text}`),
          role: step.way === way ? 'selected' : 'plain',
        }) as const;
      return {
        title: safe('Welcome to session-tui'),
        words: [whatAccountIs],
        lines: [option('create', 'Create a new account'), option('restore', 'Restore one from its 13 words')],
        footer: safe('Up/Down, Enter · Ctrl-Q quits'),
      };
    }
    case 'name':
      return {
        title: creating ? safe('New account: your name') : safe('Restore: your name'),
        words: [
          safe(
            'The display name that people you write to will see. It may be left empty; they then see Anonymous.',
          ),
        ],
        field: { buffer: step.field, placeholder: safe('Display name'), masked: false },
        error: step.error,
        footer: goOn,
      };
    case 'password':
      return {
        title: safe('A password for this profile'),
        words: [whatPasswordIs, safe('Leave it empty for none.')],
        field: { buffer: step.field, placeholder: safe('Password, or empty'), masked: true },
        footer: goOn,
      };
    case 'password-again':
      return {
        title: safe('The same password again'),
        words: [safe('So that no slip of the finger locks you out.')],
        field: { buffer: step.field, placeholder: safe('Password'), masked: true },
        error: step.error,
        footer: goOn,
      };
    case 'no-password':
      return {
        title: safe('No password?'),
        words: [whatNoneMeans],
        lines: [
          { text: safe('Enter: go on without a password'), role: 'plain' },
          { text: safe('Esc: choose one'), role: 'plain' },
        ],
        footer: safe('Enter next · Esc back · Ctrl-Q quits'),
      };
    case 'phrase':
      return {
        title: safe('Restore: the recovery phrase'),
        words: [
          safe('The 13 words of the account, in order, with spaces between them. They stay on this machine.'),
        ],
        field: { buffer: step.field, placeholder: safe('13 words'), masked: false, rows: 4 },
        error: step.error,
        footer: goOn,
      };
    case 'working':
      return {
        title: creating ? safe('Making your account…') : safe('Restoring your account…'),
        words: state.password === null ? [] : [whyItTakes],
        footer: safe('Ctrl-Q quits'),
      };
    case 'words':
      return wordsForm(state, size);
    case 'quiz': {
      const position = state.account?.positions[step.asked] ?? 0;
      return {
        title: safe('Did you write them down?'),
        words: [safe(`Question ${step.asked + 1} of ${state.account?.positions.length ?? 0}.`)],
        lines: [{ text: safe(`What is word ${position + 1}?`), role: 'strong' }],
        field: { buffer: step.field, placeholder: safe(`Word ${position + 1}`), masked: false },
        error: step.error,
        footer: safe('Enter next · Esc shows the words'),
      };
    }
  }
}

function wordsForm({ account }: Onboarding, size: Size): Form {
  const width = formWidth(size);
  const words = account?.words ?? [];
  const id = wrapCells(sanitizeName(account?.accountId ?? ''), width);
  const explanation = [
    safe(
      'Write these 13 words on paper, in order: with them you restore your account anywhere, and so can anybody else. The command account phrase shows them again.',
    ),
  ];
  const grid = phraseGrid(words, width).map((text) => ({ text, role: 'key' as const }));
  // On a small screen the words come first; the ID can be seen in the chat (F2) at any time.
  const roomForId = size.rows >= grid.length + id.length + 8;
  return {
    title: safe('Write down your recovery phrase'),
    words: roomForId
      ? [joinSafe([safe('Your Account ID, to give to others:'), ...id], safe('\n')), ...explanation]
      : explanation,
    lines: grid,
    footer: safe('Enter: written down · Ctrl-Q quits'),
  };
}

/** The numbered words in columns, reading from left to right. */
export function phraseGrid(words: readonly string[], width: number): SafeText[] {
  const cells = words.map((word, index) =>
    joinSafe([safe(`${String(index + 1).padStart(2)} `), sanitizeText(word)], safe('')),
  );
  const widest = cells.reduce((most, cell) => Math.max(most, cellWidth(cell)), 1);
  const perRow = Math.max(1, Math.min(4, Math.floor((width + 2) / (widest + 2))));
  const rows: SafeText[] = [];
  for (let i = 0; i < cells.length; i += perRow)
    rows.push(
      joinSafe(
        cells.slice(i, i + perRow).map((cell) => fitCells(cell, widest)),
        safe('  '),
      ),
    );
  return rows;
}
