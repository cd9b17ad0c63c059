/** The two ends of a terminal, as far as the UI uses them; `process.stdin` and `process.stdout` fit. */

export type InputStream = NodeJS.ReadableStream & {
  isTTY?: boolean | undefined;
  setRawMode?(on: boolean): unknown;
  ref?(): unknown;
  unref?(): unknown;
};

export type OutputStream = NodeJS.WritableStream & {
  isTTY?: boolean | undefined;
  columns?: number | undefined;
  rows?: number | undefined;
};

/** Size in cells. */
export type Size = Readonly<{ columns: number; rows: number }>;

/** The size a terminal reports, or 80×24 where it reports none. */
export function sizeOf(stream: OutputStream): Size {
  const { columns = 0, rows = 0 } = stream;
  return columns > 0 && rows > 0 ? { columns, rows } : { columns: 80, rows: 24 };
}
