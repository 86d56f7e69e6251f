import { marksFor } from '../marks.ts';
import type { Output } from '../output.ts';
import { createPalette } from '../palette.ts';
import type { View } from '../view.ts';
import { createPlanning, type Planning } from './planning-item.ts';
import { createStepBoard } from './step-board.ts';
import { type StepItems, stepItems } from './step-items.ts';
import { createStepList, type Item, type StepList } from './step-list.ts';
import type { TitleStyle } from './title.ts';

export interface ListrOptions extends Output {
  readonly unicode: boolean;
}

/** A view that draws in place, and lets others write to the same screen. */
export interface ListrView extends View {
  /** Prints now or, while a list is drawn, between two of its frames; in the order of the calls. */
  above(print: () => void): void;
}

/**
 * Planning, applying and tearing down as lists that are drawn in place by listr2: hosts, in them images and a counter
 * of peers. For a terminal only; elsewhere the console view tells steps as lines.
 */
export function createListrView(options: ListrOptions): ListrView {
  const marks = marksFor(options.unicode);
  const palette = createPalette(options.color);
  const styleFor = (room: number): TitleStyle => ({ palette, marks, room });
  let drawn: Promise<void> = Promise.resolve();
  let list: StepList | undefined;
  let planning: Planning | undefined;
  let steps: StepItems | undefined;
  let inRun = false;

  const draw = (items: readonly Item[]): void => {
    const next = createStepList(items, { output: options, marks, palette });
    list = next;
    // One after the other: a list is over a moment before its last frame is drawn.
    drawn = drawn.then(() => next.run());
  };
  const leave = (): void => {
    planning?.fail();
    list?.abandon();
    planning = undefined;
    steps = undefined;
  };

  return {
    event(event) {
      if (event.type === 'run-started') {
        inRun = true;
      } else if (event.type === 'phase' && event.phase === 'applying') {
        // Not before: a plan with a conflict is made and never applied.
        if (steps !== undefined && steps.items.length > 0) draw(steps.items);
      } else if (event.type === 'phase') {
        leave();
        // The teardown of a run looks only for what the run has just made; that of `tm destroy` reads the hosts first.
        if (event.phase !== 'planning' && (inRun || event.phase !== 'tearingDown')) return;
        planning = createPlanning(event.phase, styleFor);
        draw([planning.item]);
      } else if (event.type === 'planned') {
        planning?.finish(event);
        if (planning !== undefined) list?.refresh(planning.item);
        leave();
        steps = stepItems(createStepBoard(event.plan), styleFor);
        if (event.plan.intent === 'teardown' && steps.items.length > 0) draw(steps.items);
      } else if (event.type === 'run-ended') {
        leave();
      } else {
        const item = steps?.note(event);
        if (item !== undefined) list?.refresh(item);
      }
    },
    above(print) {
      if (list === undefined) print();
      else list.stage.print(print);
    },
    async close() {
      leave();
      await drawn;
    },
  };
}
