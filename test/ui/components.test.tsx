import { render } from 'ink-testing-library';
import { expect, it } from 'vitest';
import { safe, sanitizeName } from '../../src/text/sanitize.ts';
import { FormScreen } from '../../src/ui/components/form-screen.tsx';
import { Lines } from '../../src/ui/components/lines.tsx';
import { createFormStage } from '../../src/ui/forms/form-stage.ts';
import { theme } from '../../src/ui/theme/theme.ts';

it('a pane keeps to its width and height, whatever its lines are', () => {
  const lines = ['short', 'a line that is longer than the pane', '你好世界', 'one', 'too many'].map((line) =>
    theme.plain(safe(line)),
  );
  const { lastFrame, unmount } = render(<Lines lines={lines} width={7} height={4} />);
  expect(lastFrame()?.split('\n')).toEqual(['short', 'a line…', '你好世…', 'one']);
  unmount();
});

it('a form renders anew when its state or its size changes', async () => {
  const stage = createFormStage(
    'first',
    { columns: 40, rows: 10 },
    theme,
    (state) => ({ title: sanitizeName(state), words: [], footer: safe('Enter goes on') }),
    (_, token) => {
      if (token.kind === 'text') stage.set(token.text);
    },
  );
  const { lastFrame, unmount } = render(<FormScreen source={stage.source} />);
  expect(lastFrame()).toContain('first');
  stage.onToken({ kind: 'text', text: 'second' });
  await Promise.resolve();
  expect(lastFrame()).toContain('second');
  expect(lastFrame()?.split('\n')).toHaveLength(10);
  stage.onResize({ columns: 60, rows: 20 });
  await Promise.resolve();
  expect(lastFrame()?.split('\n')).toHaveLength(20);
  unmount();
});
