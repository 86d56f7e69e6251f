import { Box } from 'ink';
import type { ReactElement } from 'react';
import type { Frame } from '../frame.ts';
import type { LinePainter } from '../paint-line.ts';
import { Lines } from './lines.tsx';
import { Pane } from './pane.tsx';

export interface ScreenProps {
  readonly frame: Frame;
  readonly paint: LinePainter;
  /** Between panes side by side. */
  readonly rule: string;
}

/** The whole screen: header, tabs or panes with rules between them, footer. */
export function Screen({ frame, paint, rule }: ScreenProps): ReactElement {
  const { columns, rows } = frame.size;
  const top = [...frame.header, ...(frame.tabs === undefined ? [] : [frame.tabs])];
  return (
    <Box width={columns} height={rows} flexDirection="column" justifyContent="space-between">
      <Lines lines={top.map((line) => paint(line, columns))} width={columns} height={top.length} />
      {frame.panes.map((pane) => (
        <Pane key={pane.id} pane={pane} paint={paint} />
      ))}
      {frame.rules.map(({ x, y, height }) => (
        <Box key={x} position="absolute" marginLeft={x} marginTop={y} width={1} height={height}>
          <Lines lines={Array<string>(height).fill(rule)} width={1} height={height} />
        </Box>
      ))}
      <Lines lines={frame.footer.map((line) => paint(line, columns))} width={columns} height={frame.footer.length} />
    </Box>
  );
}
