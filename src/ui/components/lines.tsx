import { Box, Text } from 'ink';
import { usePane } from '../present/hooks.ts';
import { type Styled, stack } from '../theme/theme.ts';

/** A pane: finished lines in a box of fixed size, drawn by the surface, or by Ink as one text where there is none. */
export function Lines({
  lines,
  width,
  height,
}: Readonly<{ lines: readonly Styled[]; width: number; height: number }>) {
  const box = usePane(lines);
  if (box !== null) return <Box ref={box} width={width} height={height} flexShrink={0} />;
  return (
    <Box width={width} height={height} flexShrink={0} overflow="hidden">
      <Text wrap="truncate">{stack(lines)}</Text>
    </Box>
  );
}
