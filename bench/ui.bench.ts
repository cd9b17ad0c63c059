/** The chat UI: bytes and times of what people do most, a million messages, memory, and the start. */
import type { Benchmark } from './types.ts';

const ui: Benchmark = async (report) => {
  process.env.NODE_ENV = 'production';
  const { screenFigures } = await import('./ui/screen.ts');
  await screenFigures(report);
  const { longHistoryFigures } = await import('./ui/long-history.ts');
  await longHistoryFigures(report);
  const { memoryFigures } = await import('./ui/memory.ts');
  await memoryFigures(report);
};

export default ui;
