/** The judge against the definitions, on random runs. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Decision } from '../../../src/run/expect/judge.ts';
import { naiveOutcome, naiveWait } from './naive.ts';
import { type World, world } from './stories.ts';
import { judgeOf, type Step, tell } from './story.ts';

interface Course {
  readonly decisions: readonly Decision[];
  readonly waits: readonly (number | undefined)[];
}

/** Tells the story; `between` makes time pass between two steps, never past the next one. */
function follow(
  { test: of, story, until, how }: World,
  between: (judge: ReturnType<typeof judgeOf>, to: number) => readonly Decision[],
): Course {
  const judge = judgeOf(of);
  const decisions: Decision[] = [];
  const steps: readonly Step[] = story;
  for (const [position, step] of steps.entries()) {
    decisions.push(...tell(judge, step));
    const next = steps[position + 1]?.at ?? until + 1;
    decisions.push(...between(judge, next - 1));
  }
  decisions.push(...judge.advance(until));
  const waits = [2, 3].map((index) => judge.waitMet(index));
  decisions.push(
    ...judge.finish(how === 'ended' ? { kind: 'ended' } : { kind: 'cut', because: 'the run was interrupted' }),
  );
  return { decisions, waits };
}

const plainly = (of: World): Course => follow(of, () => []);

/** As the timeline does: whenever time may bring something about. */
const byMoments = (of: World): Course =>
  follow(of, (judge, to) => {
    const decisions: Decision[] = [];
    for (let moment = judge.nextMoment(); moment !== undefined && moment <= to; moment = judge.nextMoment())
      decisions.push(...judge.advance(moment));
    return decisions;
  });

/** Some seconds on two cores, of which others may have their share: the timeout is for a machine under load, and no part of what is tested. */
const RUNS = { numRuns: 1500 };
const TIMEOUT_MS = 120_000;

describe('the judge', { timeout: TIMEOUT_MS }, () => {
  test('comes to what the definitions say, each expectation once', () => {
    fc.assert(
      fc.property(world, (of) => {
        const { decisions } = plainly(of);
        const decided = decisions.filter((decision) => decision.type === 'expectation-decided');
        const outcomes = new Map(decided.map(({ expectation, outcome }) => [expectation, outcome]));
        expect(decided.length).toBe(of.test.expectations.length);
        const { expectations } = of.test;
        expect(expectations.map(({ id }) => outcomes.get(id))).toEqual(
          expectations.map((one) => naiveOutcome(one, expectations, of.story, of.until, of.how)),
        );
      }),
      RUNS,
    );
  });

  test('finds a wait met when the definitions say', () => {
    fc.assert(
      fc.property(world, (of) => {
        const expected = [2, 3].map((index) =>
          naiveWait(of.test.waits?.get(index)?.all ?? [], index, of.story, of.until),
        );
        expect(plainly(of).waits).toEqual(
          of.story.some(({ kind }) => kind === 'start') ? expected : [undefined, undefined],
        );
      }),
      RUNS,
    );
  });

  test('says the same in the same words, however often it is told the time', () => {
    fc.assert(
      fc.property(world, fc.infiniteStream(fc.nat(5)), (of, ticks) => {
        const once = plainly(of);
        const often = follow(of, (judge, to) => {
          const decisions: Decision[] = [];
          for (let at = to - (ticks.next().value ?? 0); at <= to; at += 1 + (ticks.next().value ?? 0))
            decisions.push(...judge.advance(at));
          return decisions;
        });
        expect(often).toEqual(once);
        expect(byMoments(of)).toEqual(once);
      }),
      RUNS,
    );
  });

  test("tells a late one only of what is unmet, once, and from behind its window or its peer's end", () => {
    fc.assert(
      fc.property(world, (of) => {
        const { decisions } = plainly(of);
        const unmet = new Set<number>();
        const late = new Set<number>();
        for (const decision of decisions) {
          if (decision.type === 'expectation-decided') {
            if (decision.outcome === 'unmet') unmet.add(decision.expectation);
            continue;
          }
          expect(unmet.has(decision.expectation)).toBe(true);
          expect(late.has(decision.expectation)).toBe(false);
          late.add(decision.expectation);
          const { window, never } = of.test.expectations[decision.expectation]!;
          expect(never).toBe(false);
          const { sighting } = decision;
          const ended = of.story.some(
            (step) =>
              (step.kind === 'died' || step.kind === 'exited') &&
              step.peer === sighting.peer &&
              step.at <= sighting.atMs,
          );
          const bound =
            window.kind === 'timeline' ? (window.byMs ?? Number.POSITIVE_INFINITY) : Number.NEGATIVE_INFINITY;
          const holds = of.test.expectations[decision.expectation]!.forMs !== undefined;
          expect(ended || holds || sighting.atMs > bound).toBe(true);
        }
      }),
      RUNS,
    );
  });
});
