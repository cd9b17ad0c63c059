import { Box, Text } from 'ink';
import { type Styled, stack } from '../theme/theme.ts';

/** A pane: finished lines in a box of fixed size, as one text node (one node a row would cost a layout each). */
export function Lines({
  lines,
  width,
  height,
}: Readonly<{ lines: readonly Styled[]; width: number; height: number }>) {
  return (
    <Box width={width} height={height} flexShrink={0} overflow="hidden">
      <Text wrap="truncate">{stack(lines)}</Text>
    </Box>
  );
}
