import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputTokenizer, type TerminalToken } from '../../../src/ui/terminal/input-tokenizer.ts';
import { chordOf } from '../../../src/ui/terminal/keys.ts';

/** Tokens in a short form: chords in angle brackets, text and pastes as they are. */
function short(tokens: readonly TerminalToken[]): string[] {
  return tokens.map(shortOf);
}

function shortOf(token: TerminalToken): string {
  if (token.kind === 'key') return `<${chordOf(token.key)}>`;
  if (token.kind === 'mouse') return JSON.stringify(token.mouse);
  return token.kind === 'text' ? token.text : `paste:${token.text}`;
}

function read(input: string): string[] {
  const tokenizer = new InputTokenizer();
  return [...short(tokenizer.push(input)), ...short(tokenizer.flush())];
}

describe('keys', () => {
  it.each([
    ['\r', '<enter>'],
    ['\n', '<ctrl-j>'],
    ['\x1b\r', '<alt-enter>'],
    ['\x1b\n', '<ctrl-alt-j>'],
    ['\t', '<tab>'],
    ['\x1b[Z', '<shift-tab>'],
    ['\x7f', '<backspace>'],
    ['\x08', '<backspace>'],
    ['\x1b\x7f', '<alt-backspace>'],
    ['\x0b', '<ctrl-k>'],
    ['\x0e', '<ctrl-n>'],
    ['\x11', '<ctrl-q>'],
    ['\x03', '<ctrl-c>'],
    ['\x1f', '<ctrl-_>'],
    ['\x00', '<ctrl-space>'],
    ['\x1b', '<escape>'],
    ['\x1b[A', '<up>'],
    ['\x1bOA', '<up>'],
    ['\x9bA', '<up>'],
    ['\x1b[1;5C', '<ctrl-right>'],
    ['\x1b[1;3D', '<alt-left>'],
    ['\x1b[5~', '<pageup>'],
    ['\x1b[6~', '<pagedown>'],
    ['\x1b[5;2~', '<shift-pageup>'],
    ['\x1b[H', '<home>'],
    ['\x1b[4~', '<end>'],
    ['\x1b[3~', '<delete>'],
    ['\x1bOP', '<f1>'],
    ['\x1b[11~', '<f1>'],
    ['\x1b[[A', '<f1>'],
    ['\x1b[24~', '<f12>'],
    ['\x1bb', '<alt-b>'],
    ['\x1b[', '<alt-[>'],
    ['\x1b]', '<alt-]>'],
    ['\x1bé', '<alt-é>'],
    ['\x1b[13;2u', '<shift-enter>'],
    ['\x1b[27;2;13~', '<shift-enter>'],
    ['\x1b[27;5;13~', '<ctrl-enter>'],
    ['\x1b[107;5u', '<ctrl-k>'],
    ['\x1b[63;2u', '?'],
    ['\x1b[97u', 'a'],
    ['\x1b[97;2u', 'A'],
    ['\x1b[97:65;2u', 'A'],
    ['\x1b[49:33;2u', '!'],
    ['\x1b[97;1;228u', 'ä'],
    ['\x1b[97;129u', 'a'],
    ['\x1b[97;65u', 'A'],
    ['\x1b[27;2;65~', 'A'],
    ['\x1b[27;2;32~', ' '],
    ['\x1b[57404u', '5'],
    ['\x1b[57414u', '<enter>'],
    ['\x1b[57421;1:2u', '<pageup>'],
    ['\x1b[97;3u', '<alt-a>'],
    ['\x1b[1;129A', '<up>'],
    ['\x1b[3$', '<shift-delete>'],
  ])('%j is %s', (input, expected) => {
    expect(read(input)).toEqual([expected]);
  });

  it('says nothing of key releases and keys without a meaning', () => {
    expect(read('\x1b[107;5:3u\x1b[57441;2u\x1b[99~')).toEqual([]);
    expect(read('\x1b[97;1:3u\x1b[107;9u\x1b[97;17u\x1b[155u\x1b[1114112u')).toEqual([]);
  });

  it('takes two quick key presses for two, and Esc followed by a key for Esc', () => {
    expect(read('\x1b[A\x1b[A')).toEqual(['<up>', '<up>']);
    expect(read('\x1b\x1b[A')).toEqual(['<escape>', '<up>']);
    expect(read('\x1b\x1b')).toEqual(['<escape>', '<escape>']);
    expect(read('hello\r')).toEqual(['hello', '<enter>']);
  });
});

describe('what terminals answer by themselves', () => {
  const replies = [
    '\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\',
    '\x1b]11;rgb:1e1e/1e1e/1e1e\x07',
    '\x1b]52;c;aGVsbG8=\x1b\\',
    '\x1b]4;1;rgb:ffff/0000/0000\x9c',
    '\x1bP>|XTerm(380)\x1b\\',
    '\x1bP1+r544e=787465726d\x1b\\',
    '\x1b_Gi=31;OK\x1b\\',
    '\x1b^private\x1b\\',
    '\x1bXstart\x1b\\',
    '\x90>|term\x9c',
    '\x9d11;rgb:0/0/0\x9c',
    '\x1b[?62;c',
    '\x1b[>41;354;0c',
    '\x1b[24;80R',
    '\x1b[0n',
    '\x1b[?2026;2$y',
    '\x1b[4;1$y',
    '\x1b[8;40;120t',
    '\x1b[I',
    '\x1b[O',
    '\x1b[<0;12;5m',
    '\x1b[<35;12;5M',
    '\x1b[<64;12M',
    '\x1b[<0;0;1M',
    '\x1b[<0;99999;1M',
    '\x1b[32;12;5M',
    '\x1b[M !!',
    '\x1b[?1u',
  ];

  it.each(replies)('%j is swallowed, also between typed letters', (reply) => {
    expect(read(`a${reply}b`)).toEqual(['a', 'b']);
  });

  it('never become text, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...replies), { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(200), { maxLength: 20 }),
        (parts, cuts) => {
          const input = parts.join('');
          const tokenizer = new InputTokenizer();
          const tokens: TerminalToken[] = [];
          let from = 0;
          for (const cut of [...cuts.filter((at) => at < input.length), input.length].sort((a, b) => a - b)) {
            tokens.push(...tokenizer.push(input.slice(from, cut)));
            from = cut;
          }
          expect(tokens).toEqual([]);
          expect(tokenizer.pending).toBe('none');
        },
      ),
    );
  });

  it('are given up when they never end, and what comes later is read again', () => {
    const tokenizer = new InputTokenizer();
    expect(tokenizer.push('\x1b]11;rgb:')).toEqual([]);
    expect(tokenizer.pending).toBe('string');
    expect(tokenizer.flush()).toEqual([]);
    expect(short(tokenizer.push('x'))).toEqual(['x']);
  });

  it('take no more memory than a bound', () => {
    const tokenizer = new InputTokenizer();
    for (let i = 0; i < 40; i++) tokenizer.push(i === 0 ? '\x1b]0;' : 'x'.repeat(10_000));
    expect(short(tokenizer.push('\x07ok'))).toEqual(['ok']);
  });
});

describe('pastes', () => {
  it('come whole, with what looks like keys inside left alone', () => {
    expect(read('\x1b[200~one\r\ntwo\x1b[Athree\x03\x1b[201~\r')).toEqual([
      'paste:one\r\ntwo\x1b[Athree\x03',
      '<enter>',
    ]);
  });

  it('are not cut by silence: the rest is still part of the paste', () => {
    const tokenizer = new InputTokenizer();
    expect(tokenizer.push('\x1b[200~one\r')).toEqual([]);
    expect(tokenizer.pending).toBe('paste');
    expect(short(tokenizer.push('two\x1b[20'))).toEqual([]);
    expect(short(tokenizer.push('1~'))).toEqual(['paste:one\rtwo']);
  });

  it('longer than the bound still end where they end', () => {
    const tokenizer = new InputTokenizer();
    tokenizer.push(`\x1b[200~${'x'.repeat(1_100_000)}`);
    const [token] = tokenizer.push('\x1b[201~');
    expect(token?.kind).toBe('paste');
    expect(short(tokenizer.push('y'))).toEqual(['y']);
  });
});

describe('any input', () => {
  const bytes = fc
    .array(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 4 }),
        fc.constantFrom(
          '\x1b',
          '[',
          ']',
          'O',
          '\x1b[200~',
          '\x1b[201~',
          '\x07',
          '\x9c',
          ';',
          '1',
          '~',
          'M',
          '$',
          'y',
          'u',
        ),
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join(''));

  it('gives text without control characters only', () => {
    fc.assert(
      fc.property(bytes, (input) => {
        const tokenizer = new InputTokenizer();
        for (const token of [...tokenizer.push(input), ...tokenizer.flush()])
          if (token.kind === 'text') expect(token.text).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
      }),
    );
  });

  it('means the same whether it comes at once or character by character', () => {
    fc.assert(
      fc.property(bytes, (input) => {
        const whole = new InputTokenizer();
        const cut = new InputTokenizer();
        const one = short([...whole.push(input), ...whole.flush()]);
        const other = [...input].flatMap((character) => cut.push(character));
        other.push(...cut.flush());
        // Runs of typed text may be cut differently; the characters are the same.
        const joined = (parts: readonly string[]) => parts.join('');
        expect(joined(short(other))).toBe(joined(one));
      }),
    );
  });
});

it('waits longer for the rest of a reply than for the rest of a key', () => {
  const tokenizer = new InputTokenizer();
  const pending = (input: string) => {
    tokenizer.flush();
    tokenizer.push(input);
    return tokenizer.pending;
  };
  expect(['\x1b', '\x1b[', '\x1bO', '\x1b]'].map(pending)).toEqual(Array(4).fill('escape'));
  expect(['\x1b[?', '\x1b[<0;5', '\x1b[1;', '\x1bP>', '\x1b]1'].map(pending)).toEqual(
    Array(5).fill('string'),
  );
});

it('lets Ctrl-C by itself, and nothing else, end a paste whose end mark was lost', () => {
  const tokenizer = new InputTokenizer();
  expect(tokenizer.stopsPaste('\x03')).toBe(false);
  expect(tokenizer.push('\x1b[200~two\nlines')).toEqual([]);
  expect(['\x1b', 'a', '\r', '\x03\x03', '\x1b[201~'].map((chunk) => tokenizer.stopsPaste(chunk))).toEqual(
    Array(5).fill(false),
  );
  expect(tokenizer.stopsPaste('\x03')).toBe(true);
  expect(short(tokenizer.flush())).toEqual(['paste:two\nlines']);
  expect(tokenizer.stopsPaste('\x03')).toBe(false);
});

it('passes on what a terminal says of its modes, beside the tokens and in any pieces', () => {
  const reports: unknown[] = [];
  const tokenizer = new InputTokenizer({ onMode: (report) => reports.push(report) });
  const tokens = [...'a\x1b[?2026;2$yb\x1b[?69;0$y\x1b[?2026;9$y\x1b[?1;2y\x9b?2027;3$yc'].flatMap(
    (character) => tokenizer.push(character),
  );
  expect(tokens.map((token) => (token.kind === 'text' ? token.text : token.kind)).join('')).toBe('abc');
  expect(reports).toEqual([
    { mode: 2026, state: 'off' },
    { mode: 69, state: 'unknown' },
    { mode: 2027, state: 'always-on' },
  ]);
});

it('tells when the window gets the keyboard and loses it, however the reports are cut', () => {
  const focus: boolean[] = [];
  const tokenizer = new InputTokenizer({ onFocus: (hasFocus) => focus.push(hasFocus) });
  const tokens = [...'\x1b[Oab\x1b[I\x9bO'].flatMap((character) => tokenizer.push(character));
  expect(focus).toEqual([false, true, false]);
  expect(tokens).toEqual([
    { kind: 'text', text: 'a' },
    { kind: 'text', text: 'b' },
  ]);
});

describe('the mouse', () => {
  const click = (x: number, y: number) => JSON.stringify({ kind: 'click', x, y });
  const wheel = (direction: number) => JSON.stringify({ kind: 'wheel', x: 4, y: 2, direction });

  it.each([
    ['\x1b[<0;5;3M', click(4, 2)],
    ['\x9b<0;5;3M', click(4, 2)],
    // with Ctrl, Alt or Shift held
    ['\x1b[<20;1;1M', click(0, 0)],
    ['\x1b[<64;5;3M', wheel(-1)],
    ['\x1b[<65;5;3M', wheel(1)],
  ])('%j comes in its order between typed letters', (report, expected) => {
    expect(read(`a${report}b`)).toEqual(['a', expected, 'b']);
  });
});
