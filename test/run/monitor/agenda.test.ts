import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { peerName } from '../../../src/model/names.ts';
import type { TimelineEntry } from '../../../src/model/timeline.ts';
import { Agenda } from '../../../src/run/monitor/agenda.ts';

const entry = (index: number, atMs: number, waits?: TimelineEntry['waits']): TimelineEntry => ({
  index,
  atMs,
  peer: peerName('alice'),
  command: `command ${index}`,
  ...(waits === undefined ? {} : { waits }),
});
const behind = (command: number, delayMs: number) => ({ kind: 'after', command, delayMs }) as const;
const when = (since?: number) =>
  ({ kind: 'when', all: [], withinMs: 1000, ...(since === undefined ? {} : { since }) }) as const;
const indices = (due: readonly { readonly entry: TimelineEntry }[]) => due.map((one) => one.entry.index);

describe('an agenda', () => {
  it('gives timed entries at their time, those of one time in their order', () => {
    const agenda = new Agenda([entry(0, 0), entry(1, 10), entry(2, 10), entry(3, 20)]);
    expect(agenda.next()).toBe(0);
    expect(indices(agenda.takeDue(10))).toEqual([0, 1, 2]);
    expect(agenda.left).toBe(1);
    expect(agenda.next()).toBe(20);
    expect(indices(agenda.takeDue(19))).toEqual([]);
    expect(indices(agenda.takeDue(20))).toEqual([3]);
    expect(agenda.left).toBe(0);
    expect(agenda.next()).toBeUndefined();
  });

  it('calls what comes after an entry once that is sent, counted from its sending', () => {
    const agenda = new Agenda([entry(0, 5), entry(1, 8, behind(0, 3)), entry(2, 8)]);
    expect(indices(agenda.takeDue(5))).toEqual([0]);
    expect(agenda.next()).toBe(8);
    expect(agenda.sent(0, 5.5)).toEqual([]);
    expect(indices(agenda.takeDue(8))).toEqual([2]);
    expect(agenda.takeDue(9)).toEqual([{ entry: entry(1, 8, behind(0, 3)), dueMs: 8.5 }]);
    expect(agenda.left).toBe(0);
  });

  it('begins waits with the timeline, or with the entry before them', () => {
    const first = entry(0, 0, when());
    const second = entry(1, 0, when(0));
    const agenda = new Agenda([first, second]);
    expect(agenda.begin()).toEqual([first]);
    agenda.call(first, 4);
    expect(agenda.takeDue(4)).toEqual([{ entry: first, dueMs: 4 }]);
    expect(agenda.sent(0, 4)).toEqual([second]);
    agenda.giveUp(second as Parameters<Agenda['giveUp']>[0]);
    expect(agenda.left).toBe(0);
  });

  it('drops all that hangs on an entry that is never sent', () => {
    const agenda = new Agenda([
      entry(0, 0),
      entry(1, 1, behind(0, 1)),
      entry(2, 2, behind(1, 1)),
      entry(3, 1, when(0)),
    ]);
    agenda.takeDue(0);
    expect(agenda.drop(0).map(({ index }) => index)).toEqual([1, 3, 2]);
    expect(agenda.left).toBe(0);
  });

  it('loses and doubles no entry, in whatever way it unfolds', () => {
    const entries = fc.array(fc.tuple(fc.nat(20), fc.nat(3), fc.nat(100)), { maxLength: 12 }).map((rows) =>
      rows.map(([atMs, kind, on], index) => {
        const command = on % Math.max(1, index);
        if (index === 0 || kind < 2) return entry(index, atMs, index > 0 || kind !== 3 ? undefined : when());
        return entry(index, atMs, kind === 2 ? behind(command, atMs) : when(command));
      }),
    );
    fc.assert(
      fc.property(entries, fc.array(fc.nat(9), { maxLength: 60 }), (list, choices) => {
        const agenda = new Agenda(list);
        const gone: number[] = [];
        const waiting = new Set(agenda.begin());
        let now = 0;
        for (const choice of choices) {
          now += choice;
          for (const { entry: due } of agenda.takeDue(now)) {
            gone.push(due.index);
            if (choice % 4 === 0) gone.push(...agenda.drop(due.index).map(({ index }) => index));
            else for (const begun of agenda.sent(due.index, now)) waiting.add(begun);
          }
          const [wait] = waiting;
          if (wait === undefined || choice % 3 !== 0) continue;
          waiting.delete(wait);
          if (choice % 2 === 0) agenda.call(wait, now);
          else {
            agenda.giveUp(wait);
            gone.push(wait.index, ...agenda.drop(wait.index).map(({ index }) => index));
          }
        }
        expect(agenda.left).toBe(list.length - gone.length);
        gone.push(...agenda.takeRest([...waiting]).map(({ index }) => index));
        expect([...gone].sort((a, b) => a - b)).toEqual(list.map(({ index }) => index));
        expect(agenda.left).toBe(0);
      }),
    );
  });
});
