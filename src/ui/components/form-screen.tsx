import { useSyncExternalStore } from 'react';
import type { FormLines } from '../forms/form-view.ts';
import { useCursorPlace } from '../present/hooks.ts';
import type { Size } from '../terminal/streams.ts';
import { Lines } from './lines.tsx';

/** A form's present lines, and when they change. */
export type FormSource = Readonly<{
  subscribe(listener: () => void): () => void;
  /** the same object as long as nothing changed */
  getLines(): FormLines;
  getSize(): Size;
}>;

/** A whole screen of finished lines with the cursor in its field. */
export function FormScreen({ source }: Readonly<{ source: FormSource }>) {
  const { lines, cursor } = useSyncExternalStore(source.subscribe, source.getLines);
  const { columns, rows } = useSyncExternalStore(source.subscribe, source.getSize);
  useCursorPlace(cursor);
  return <Lines lines={lines} width={columns} height={rows} />;
}
