/** How components reach the surface they are shown on. Without one (a test of a single component), Ink draws all. */
import { type DOMElement, useCursor } from 'ink';
import { createContext, type RefObject, use, useLayoutEffect, useRef } from 'react';
import type { CursorPlace } from './paint.ts';
import type { Surface } from './surface.ts';

export const SurfaceContext = createContext<Surface | null>(null);

/** Draws lines into the box that the returned reference is given to; null: there is no surface, Ink has to. */
export function usePane(lines: readonly string[]): RefObject<DOMElement | null> | null {
  const surface = use(SurfaceContext);
  const box = useRef<DOMElement>(null);
  useLayoutEffect(() => {
    if (box.current !== null) surface?.setPane(box.current, lines);
  }, [surface, lines]);
  return surface === null ? null : box;
}

/** Puts the terminal's cursor where one types, for as long as the component is mounted. */
export function useCursorPlace(place: CursorPlace): void {
  const surface = use(SurfaceContext);
  const { setCursorPosition } = useCursor();
  if (surface === null) setCursorPosition(place ?? undefined);
  useLayoutEffect(() => {
    surface?.setCursor(place);
  });
  useLayoutEffect(() => () => surface?.setCursor(null), [surface]);
}
