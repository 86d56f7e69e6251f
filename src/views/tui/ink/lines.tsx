import { Box, Text, Transform } from 'ink';
import type { ReactElement } from 'react';

export interface LinesProps {
  /** Painted, each of `width` columns at most. */
  readonly lines: readonly string[];
  readonly width: number;
  readonly height: number;
}

/**
 * Rows that are painted already. They are put in where ink writes its output, not as its texts: ink remembers the width of every text that it has
 * ever measured, and a log would fill the memory with them.
 */
export function Lines({ lines, width, height }: LinesProps): ReactElement | null {
  if (height <= 0) return null;
  return (
    <Box width={width} height={height}>
      <Transform transform={(_, row) => lines[row] ?? ''}>
        <Text>{' \n'.repeat(height - 1)} </Text>
      </Transform>
    </Box>
  );
}
