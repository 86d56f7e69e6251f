import type { Phase } from '../../model/event.ts';
import type { EventOf } from '../console/story.ts';
import type { Segment } from '../segments.ts';
import { planText } from './plan-text.ts';
import type { Item } from './step-list.ts';
import { type TitleStyle, titleLine } from './title.ts';

/** The one line of a list that is drawn while the hosts are read. */
export interface Planning {
  readonly item: Item;
  finish(event: EventOf<'planned'>): void;
  /** No plan came; why is said elsewhere. Does nothing once it has come. */
  fail(): void;
}

/** The line for planning, or for the looking around of `tm destroy`. */
export function createPlanning(phase: Phase, styleFor: (room: number) => TitleStyle): Planning {
  const [doing, done] = phase === 'planning' ? ['planning', 'planned'] : ['looking', 'found'];
  let state: 'running' | 'done' | 'failed' = 'running';
  let words: readonly Segment[] = [
    { text: `${doing}  `, tone: 'strong' },
    { text: 'reading the hosts', tone: 'quiet' },
  ];
  let ms: number | undefined;
  return {
    item: { parts: [], state: () => state, title: (room) => titleLine(words, ms, styleFor(room)) },
    finish(event) {
      state = 'done';
      words = [{ text: `${done}  `, tone: 'strong' }, { text: planText(event) }];
      ms = event.ms;
    },
    fail() {
      if (state !== 'running') return;
      state = 'failed';
      words = [{ text: `${doing}  `, tone: 'strong' }, { text: 'no plan was made' }];
    },
  };
}
