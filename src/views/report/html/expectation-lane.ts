/** An expectation's own lane: its window, and what was seen of it. */
import type { Sighting } from '../../../model/expectation.ts';
import type { Account, Judged } from '../account.ts';
import type { Scale } from '../lanes/scale.ts';
import { shortText } from './lane-titles.ts';
import { html, type Markup } from './markup.ts';
import { OUTCOME_MARKS } from './outcome.ts';
import { inSeconds } from './times.ts';
import { windowBar } from './window-bar.ts';

const HEIGHT = 26;
const MOST_SIGHTINGS = 20;

export function expectationLane(judged: Judged, account: Account, scale: Scale): Markup {
  const { expectation, outcome, sightings, late, because } = judged;
  const seen = (sighting: Sighting, kind: 'seen' | 'late'): Markup => {
    const title = `${sighting.peer}: ${sighting.kind} ${shortText(sighting.text)} at ${inSeconds(sighting.atMs)}`;
    return html`<use class="${kind === 'seen' ? outcome : 'late'} seen" href="#m-seen" x="${scale.at(account.zeroMs + sighting.atMs)}%" y="${HEIGHT / 2}"><title>${kind === 'late' ? `too late: ${title}` : title}</title></use>`;
  };
  return html`<li class="row expectation ${outcome}"><span class="name" title="${expectation.text}"><span class="sign ${outcome}">${OUTCOME_MARKS[outcome]}</span> ${expectation.text}</span><svg class="track" height="${HEIGHT}" role="img" aria-label="${`${expectation.text}: ${outcome}, ${because}`}">${[
    windowBar(judged, { scale, account }, 7, HEIGHT - 14),
    sightings.slice(0, MOST_SIGHTINGS).map((one) => seen(one, 'seen')),
    late !== undefined && seen(late, 'late'),
  ]}</svg></li>
`;
}
