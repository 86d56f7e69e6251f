import type { TmEvent } from '../../model/event.ts';
import { displayWidth } from '../display-width.ts';
import { cutMiddle, padEnd } from '../fit-text.ts';
import { isOver, type Place, type Row, rowState, type StepBoard } from './step-board.ts';
import type { Item } from './step-list.ts';
import { placeTitle, rowTitle, type TitleStyle } from './title.ts';

/** A board as the items of a list. */
export interface StepItems {
  readonly items: readonly Item[];
  /** Adds an event; gives the item that it changed. */
  note(event: TmEvent): Item | undefined;
}

const MOST_NAME_WIDTH = 16;

/** A place with one row is that row; a place with several is a heading over them. */
export function stepItems(board: StepBoard, styleFor: (room: number) => TitleStyle): StepItems {
  const width = Math.min(MOST_NAME_WIDTH, Math.max(0, ...board.places.map(({ name }) => displayWidth(name))));
  const itemOf = new Map<Row, Item>();
  const items = board.places.map((place): Item => {
    const name = (room: number): string => {
      const { marks } = styleFor(room);
      return padEnd(cutMiddle(place.name, Math.min(width, Math.floor(room / 3)), marks.ellipsis), width);
    };
    const alone = place.rows.length === 1;
    const parts = place.rows.map((row): Item => {
      const title = (room: number): string => rowTitle(row, alone ? name(room) : undefined, styleFor(room));
      const item: Item = { parts: [], state: () => rowState(row), title };
      itemOf.set(row, item);
      return item;
    });
    const [only] = parts;
    if (alone && only !== undefined) return only;
    return { parts, state: () => placeState(place), title: (room) => placeTitle(place, name(room), styleFor(room)) };
  });
  return {
    items,
    note(event) {
      const row = board.note(event);
      return row === undefined ? undefined : itemOf.get(row);
    },
  };
}

function placeState(place: Place): ReturnType<Item['state']> {
  const states = place.rows.map(rowState);
  if (states.every((state) => state === 'waiting')) return 'waiting';
  if (!place.rows.every(isOver)) return 'running';
  return states.includes('failed') ? 'failed' : states.includes('skipped') ? 'skipped' : 'done';
}
