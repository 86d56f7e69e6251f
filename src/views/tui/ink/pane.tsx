import { Box } from 'ink';
import type { ReactElement } from 'react';
import type { FramePane } from '../frame.ts';
import type { LinePainter } from '../paint-line.ts';
import { Lines } from './lines.tsx';

/** A pane in its place: its heading, where it has one, and its lines. */
export function Pane({ pane, paint }: { readonly pane: FramePane; readonly paint: LinePainter }): ReactElement {
  const { x, y, width, height } = pane.rect;
  const rows = [...(pane.heading === undefined ? [] : [pane.heading]), ...pane.lines].slice(0, height);
  return (
    <Box position="absolute" marginLeft={x} marginTop={y} width={width} height={height}>
      <Lines lines={rows.map((line) => paint(line, width))} width={width} height={height} />
    </Box>
  );
}
