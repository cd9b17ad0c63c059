import { toJsonLine } from '../../text/json.ts';
import type { ExportFormat } from './format.ts';

/** The very lines that `messages --json` prints. */
export const jsonLinesFormat: ExportFormat = {
  head: () => '',
  message: (message) => `${toJsonLine(message)}\n`,
  foot: () => '',
};
