/** The formats that `messages --export` can write, by the extension of the file. */
import { extname } from 'node:path';
import { UsageError } from '../../errors.ts';
import type { ExportFormat } from './format.ts';
import { htmlFormat } from './html.ts';
import { jsonLinesFormat } from './json-lines.ts';
import { markdownFormat } from './markdown.ts';

const formats: Readonly<Record<string, ExportFormat>> = {
  '.jsonl': jsonLinesFormat,
  '.json': jsonLinesFormat,
  '.md': markdownFormat,
  '.html': htmlFormat,
  '.htm': htmlFormat,
};

/** The format that a file's extension names. UsageError `export-format`. */
export function formatOf(file: string): ExportFormat {
  const format = formats[extname(file).toLowerCase()];
  if (format !== undefined) return format;
  throw new UsageError(
    'export-format',
    '--export FILE is written as its name says: .jsonl (or .json) JSON Lines, .md Markdown, .html (or .htm) HTML.',
  );
}
