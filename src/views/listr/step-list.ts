/** One drawn list: listr2's tasks, each of which ends when its events say so. */
import { Listr, type ListrTask, type ListrTaskWrapper } from 'listr2';
import type { Marks } from '../marks.ts';
import type { Output } from '../output.ts';
import type { Palette } from '../palette.ts';
import { createDeferred, type Deferred } from './deferred.ts';
import { createStage, type Stage } from './stage.ts';
import { rendererOptions, terminalRenderer, titleIndent } from './terminal-renderer.ts';

// biome-ignore lint/suspicious/noExplicitAny: listr2's own parameters for "any renderer"
type Wrapper = ListrTaskWrapper<unknown, any, any>;

/** A line of the list, and how it stands. Read anew at every change. */
export interface Item {
  /** For the columns that it has. */
  title(room: number): string;
  state(): 'waiting' | 'running' | 'done' | 'failed' | 'skipped';
  readonly parts: readonly Item[];
}

export interface StepList {
  readonly stage: Stage;
  /** Draws until every item is over; never rejects. */
  run(): Promise<void>;
  /** Reads an item, and those that it is part of, again. */
  refresh(item: Item): void;
  /** Ends the list whatever its items say: their events will not come any more. */
  abandon(): void;
}

/** Where and how a list is drawn. */
export interface StepListStyle {
  readonly output: Output;
  readonly marks: Marks;
  readonly palette: Palette;
}

/** A list of items, not yet drawn. listr2 runs nothing and decides nothing: its tasks are promises that events settle. */
export function createStepList(items: readonly Item[], style: StepListStyle): StepList {
  const stage = createStage();
  const slots = new Map<Item, Slot>();
  const waiting = new Map<string, Item>();
  for (const item of items) addSlots(slots, item, undefined);
  let abandoned = false;

  const refresh = (item: Item): void => {
    for (let slot = slots.get(item); slot !== undefined; slot = slot.parent) settle(slot, abandoned, style);
    if (items.every(over)) stage.close();
  };
  const taskOf = (item: Item): ListrTask => ({
    // The words come with the first refresh; without any title listr2 would not show the task.
    title: ' ',
    task: (_context: unknown, wrapper: Wrapper) => {
      const slot = slots.get(item);
      if (slot === undefined) return undefined;
      slot.wrapper = wrapper;
      waiting.set(wrapper.task.id, item);
      refresh(item);
      if (item.parts.length === 0) return slot.end.promise;
      return wrapper.newListr(item.parts.map(taskOf), { concurrent: true, exitOnError: false });
    },
  });
  const list = new Listr(items.map(taskOf), {
    concurrent: true,
    exitOnError: false,
    // Signals are the run's: it stops gracefully, and its events end this list.
    registerSignalListeners: false,
    renderer: terminalRenderer(stage, (id) => waiting.get(id)?.state() === 'waiting'),
    rendererOptions: rendererOptions(style.output, style.marks, style.palette),
  });
  return {
    stage,
    refresh,
    async run() {
      try {
        await list.run();
      } catch {
        // A list that cannot be drawn must not end the run that it shows.
      } finally {
        stage.leave();
      }
    },
    abandon() {
      abandoned = true;
      stage.close();
      for (const slot of slots.values()) settle(slot, abandoned, style);
    },
  };
}

interface Slot {
  readonly item: Item;
  readonly parent: Slot | undefined;
  readonly level: number;
  readonly end: Deferred;
  wrapper?: Wrapper;
  settled: boolean;
}

function addSlots(slots: Map<Item, Slot>, item: Item, parent: Slot | undefined): void {
  const slot: Slot = {
    item,
    parent,
    level: parent === undefined ? 0 : parent.level + 1,
    end: createDeferred(),
    settled: false,
  };
  slots.set(item, slot);
  for (const part of item.parts) addSlots(slots, part, slot);
}

/** Wider than this, durations would stand too far from their words to be read with them. */
const MOST_COLUMNS = 100;
/** Spare ones: listr2 breaks a line that fills its row, and takes signs like the tick for two columns wide. */
const SPARE_COLUMNS = 2;

const columns = (output: Output): number => Math.min(MOST_COLUMNS, output.width() - SPARE_COLUMNS);

const over = (item: Item): boolean => !['waiting', 'running'].includes(item.state());

/** Brings one task up to date, and ends it when its item is over. */
function settle(slot: Slot, abandoned: boolean, style: StepListStyle): void {
  const { item, wrapper } = slot;
  if (wrapper === undefined || slot.settled) return;
  const title = item.title(Math.max(8, columns(style.output) - titleIndent(slot.level)));
  // An equal title would still redraw the list, and a refresh visits every item.
  if (wrapper.title !== title) wrapper.title = title;
  if (!over(item) && !abandoned) return;
  slot.settled = true;
  if (item.parts.length > 0) return;
  if (item.state() === 'failed') {
    slot.end.reject(new Error(title));
    return;
  }
  if (item.state() !== 'done') wrapper.skip();
  slot.end.resolve();
}
