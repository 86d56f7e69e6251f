/**
 * The thread that draws: it has ink to itself and writes to the terminal by itself, so that neither the making of a frame nor a terminal that does not
 * take it holds up the run.
 */
import './step-aside.ts';
import { parentPort, workerData } from 'node:worker_threads';
import { Chalk } from 'chalk';
import { createLatch } from '../latch.ts';
import type { Size } from '../layout.ts';
import { repaint } from '../repaint.ts';
import { writeWhole } from '../write-whole.ts';
import type { DrawAnswer, DrawOrder, DrawSetup } from './draw-protocol.ts';
import { createDrawing } from './drawing.tsx';

const port = parentPort;
if (port === null) throw new Error('this is the entry of a worker thread');
const { colorLevel, unicode, latch: memory, terminal } = workerData as DrawSetup;
const latch = createLatch(memory);
const drawing = createDrawing({ color: new Chalk({ level: colorLevel }), unicode });
let drawn: { readonly size: Size; readonly rows: readonly string[] } | undefined;

port.on('message', ({ frame, anew }: DrawOrder) => {
  const { size } = frame;
  const rows = drawing.draw(frame);
  const known = !anew && drawn?.size.columns === size.columns && drawn.size.rows === size.rows;
  const text = repaint(known ? drawn?.rows : undefined, rows);
  drawn = { size, rows };
  if (text !== '') latch.unlessClosed(() => writeWhole(terminal, text));
  port.postMessage({ kind: 'drawn' } satisfies DrawAnswer);
});
