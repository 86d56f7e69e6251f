/** The expectations that a run did not meet, as the verdict tells them: each with its reason and what was seen instead. */
import type { ExpectationOutcome } from '../../model/expectation.ts';
import { countOf } from '../count-of.ts';
import type { Marks } from '../marks.ts';
import { evidenceLines } from './evidence-lines.ts';
import { expectationText } from './expectation-entries.ts';
import type { EventOf, Story } from './story.ts';

/** One of them: a line, and what belongs below it. */
export interface Point {
  readonly mark: 'bad' | 'info' | 'caution';
  readonly tone: 'bad' | 'quiet' | 'caution';
  readonly text: string;
  readonly lines: readonly PointLine[];
}

export interface PointLine {
  readonly text: string;
  /** `pointer`: the evidence that is meant, `beside`: what stands around it. */
  readonly kind: 'because' | 'pointer' | 'beside';
}

const MOST_UNMET = 5;
const MOST_UNDECIDED = 3;

/** The unmet ones in the order of the file, bounded, then the undecided ones by their reason. */
export function failurePoints(story: Story, marks: Pick<Marks, 'ellipsis'>): readonly Point[] {
  const of = (outcome: ExpectationOutcome) =>
    [...story.decided.values()]
      .filter((decided) => decided.outcome === outcome)
      .sort((a, b) => a.expectation - b.expectation);
  const unmet = of('unmet');
  const more = unmet.length - MOST_UNMET;
  return [
    ...unmet.slice(0, MOST_UNMET).map((decided) => unmetPoint(decided, story, marks)),
    ...(more <= 0
      ? []
      : [{ mark: 'bad', tone: 'bad', text: `and ${more} more unmet, in the report`, lines: [] } as const]),
    ...undecidedPoints(of('undecided'), story),
  ];
}

function unmetPoint(decided: EventOf<'expectation-decided'>, story: Story, marks: Pick<Marks, 'ellipsis'>): Point {
  const late = story.late.get(decided.expectation)?.sighting;
  const lines: readonly PointLine[] = [
    { kind: 'because', text: decided.because },
    ...evidenceLines(decided, marks).map(
      ({ text, nearest }): PointLine => ({
        text,
        kind: nearest ? 'pointer' : 'beside',
      }),
    ),
    ...(late === undefined
      ? []
      : evidenceLines({ sightings: [late], around: [], because: '' }, marks).map(
          ({ text }): PointLine => ({
            text: `too late: ${text.trim()}`,
            kind: 'because',
          }),
        )),
  ];
  return { mark: 'bad', tone: 'bad', text: `${expectationText(decided.expectation, story)}: unmet`, lines };
}

/** A run that is cut short leaves many undecided for one and the same reason. */
function undecidedPoints(undecided: readonly EventOf<'expectation-decided'>[], story: Story): readonly Point[] {
  // A run that never began has not even said what it expects.
  if (story.run === undefined) return [];
  const reasons = new Map<string, EventOf<'expectation-decided'>[]>();
  for (const decided of undecided) reasons.set(decided.because, [...(reasons.get(decided.because) ?? []), decided]);
  return [...reasons].map(([because, those]) => {
    const shown = those.slice(0, MOST_UNDECIDED).map(({ expectation }) => expectationText(expectation, story));
    const more = those.length - shown.length;
    const texts = more === 0 ? shown : [...shown, `and ${more} more, in the report`];
    const text = `${countOf(those.length, 'expectation')} undecided: ${because}`;
    return { mark: 'info', tone: 'quiet', text, lines: texts.map((one) => ({ text: one, kind: 'because' })) };
  });
}
