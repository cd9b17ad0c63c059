import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safe } from '../../../src/text/sanitize.ts';
import { insertText, textBuffer } from '../../../src/ui/input/text-buffer.ts';
import { defaultKeymap } from '../../../src/ui/keymap.ts';
import { createLayoutSelector, layOutChat } from '../../../src/ui/state/layout.ts';
import { initialState, type UiState } from '../../../src/ui/state/ui-state.ts';

function state(change: Partial<UiState>): UiState {
  return { ...initialState({ columns: 80, rows: 24 }, defaultKeymap), ...change };
}

describe('the layout of the chat', () => {
  it('never uses more rows or columns than there are, from 40×10 up', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 40, max: 250 }),
        fc.integer({ min: 10, max: 80 }),
        fc.string({ maxLength: 3000 }),
        fc.boolean(),
        fc.constantFrom('list', 'messages', 'composer'),
        fc.option(fc.string({ maxLength: 400 }), { nil: null }),
        (columns, rows, typed, open, focus, notice) => {
          const layout = layOutChat(
            state({
              size: { columns, rows },
              open: open ? 'x' : null,
              focus: open ? focus : 'list',
              composer: insertText(textBuffer(), typed),
              notice: notice === null ? null : { text: safe(notice.replace(/[^ -~]/g, '')), tone: 'info' },
            }),
          );
          expect(layout.mainRows + layout.noticeRows + 1).toBe(rows);
          if (open) {
            expect(2 + layout.messageRows + layout.composerRows).toBe(layout.mainRows);
            expect(layout.messageRows).toBeGreaterThanOrEqual(1);
          }
          const width = layout.mode === 'both' ? layout.listWidth + 1 + layout.conversationWidth : columns;
          expect(width).toBe(columns);
        },
      ),
    );
  });

  it.each([
    [39, 24, 'too-small'],
    [80, 9, 'too-small'],
    [69, 24, 'conversation'],
    [70, 24, 'both'],
  ] as const)('at %i×%i is %s', (columns, rows, mode) => {
    expect(layOutChat(state({ size: { columns, rows }, open: 'x', focus: 'composer' })).mode).toBe(mode);
  });

  it('in one column shows the list while it has the focus, the conversation otherwise', () => {
    const narrow = { size: { columns: 40, rows: 10 }, open: 'x' } as const;
    expect(layOutChat(state({ ...narrow, focus: 'list' })).mode).toBe('list');
    expect(layOutChat(state({ ...narrow, focus: 'messages' })).mode).toBe('conversation');
    expect(layOutChat(state({ ...narrow, open: null })).mode).toBe('list');
  });

  it('stays the same object while one types within a row', () => {
    const select = createLayoutSelector();
    const before = state({ open: 'x', focus: 'composer' });
    const first = select(before);
    expect(select({ ...before, composer: insertText(before.composer, 'hello') })).toBe(first);
    expect(select({ ...before, composer: insertText(before.composer, 'two\nrows') })).not.toBe(first);
  });
});
