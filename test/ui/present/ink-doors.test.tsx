/** What the surface takes of Ink for granted. When one of these fails after an update, docs/terminal.md says what for. */
import { EventEmitter } from 'node:events';
import { Box, type DOMElement, render, Text } from 'ink';
import { createRef, type ReactElement } from 'react';
import { afterEach, expect, it } from 'vitest';

class Door extends EventEmitter {
  readonly isTTY = true;
  readonly columns = 20;
  readonly rows = 4;
  readonly writes: Readonly<{ data: string; asks: boolean }>[] = [];

  write(data: string, callback?: () => void): boolean {
    this.writes.push({ data, asks: callback !== undefined });
    callback?.();
    return true;
  }
}

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

function show(element: ReactElement): Readonly<{ door: Door; rerender: (element: ReactElement) => void }> {
  const door = new Door();
  const instance = render(element, {
    stdout: door as unknown as NodeJS.WriteStream,
    debug: true,
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  open.push(() => instance.unmount());
  return { door, rerender: instance.rerender };
}

it('each write is one whole frame: rows of text and SGR, no cursor, no erasing, no modes', () => {
  const { door } = show(
    <Box width={20} height={3}>
      <Text color="red">one{'\n'}two</Text>
    </Box>,
  );
  expect(door.writes.length).toBeGreaterThan(0);
  for (const { data, asks } of door.writes) {
    expect(asks).toBe(false);
    expect(data.replaceAll(/\x1b\[[\d;]*m/g, '')).toBe('one\ntwo\n');
  }
});

it('a frame comes with each commit, at once and without a throttle', () => {
  const { door, rerender } = show(<Text>0</Text>);
  for (const text of ['1', '2', '3', '4']) {
    rerender(<Text>{text}</Text>);
    expect(door.writes.at(-1)?.data).toBe(text);
  }
});

it('a box says where it stands, and the tree says in which order boxes lie', () => {
  const below = createRef<DOMElement>();
  const above = createRef<DOMElement>();
  show(
    <Box width={20} height={4} flexDirection="column">
      <Box width={20} height={1} />
      <Box>
        <Box width={5} />
        <Box ref={below} width={8} height={2} />
      </Box>
      <Box position="absolute" marginLeft={3} marginTop={2}>
        <Box ref={above} width={4} height={1} />
      </Box>
    </Box>,
  );
  const place = (box: DOMElement | null) => {
    let x = 0;
    let y = 0;
    for (let node: DOMElement | undefined = box ?? undefined; node !== undefined; node = node.parentNode) {
      x += node.yogaNode?.getComputedLeft() ?? Number.NaN;
      y += node.yogaNode?.getComputedTop() ?? Number.NaN;
    }
    return [x, y, box?.yogaNode?.getComputedWidth(), box?.yogaNode?.getComputedHeight()];
  };
  expect(place(below.current)).toEqual([5, 1, 8, 2]);
  expect(place(above.current)).toEqual([3, 2, 4, 1]);
  let root = below.current ?? undefined;
  while (root?.parentNode !== undefined && root.parentNode !== null) root = root.parentNode;
  const order: DOMElement[] = [];
  const walk = (node: DOMElement): void => {
    order.push(node);
    for (const child of node.childNodes) if (child.nodeName !== '#text') walk(child);
  };
  if (root !== undefined) walk(root);
  expect(order.indexOf(below.current as DOMElement)).toBeGreaterThan(0);
  expect(order.indexOf(above.current as DOMElement)).toBeGreaterThan(
    order.indexOf(below.current as DOMElement),
  );
});
