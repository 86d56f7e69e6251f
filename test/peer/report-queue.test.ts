import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ReportQueue } from '../../src/peer/report-queue.ts';

const nobody = { resolve: () => {}, reject: () => {} };

/** Empties the queue into a readable form. */
function drain(queue: ReportQueue): unknown[] {
  const seen: unknown[] = [];
  for (let report = queue.next(); report !== undefined; report = queue.next()) {
    seen.push(report.kind === 'lines' ? report.texts : report.kind === 'gap' ? report.count : report.kind);
    queue.sent();
  }
  return seen;
}

it('batches lines, at most a thousand together, and never across a status', () => {
  const queue = new ReportQueue({ lines: 10_000, characters: 1e6 });
  for (let i = 0; i < 1_001; i++) queue.line('x');
  queue.status('connected', 0, nobody);
  queue.line('y');
  const [first, ...rest] = drain(queue);
  expect(first).toHaveLength(1_000);
  expect(rest).toEqual([['x'], 'status', ['y']]);
});

it('leaves alone what is under way', () => {
  const queue = new ReportQueue({ lines: 10, characters: 100 });
  queue.line('a');
  const underWay = queue.next();
  queue.line('b');
  expect(underWay).toMatchObject({ texts: ['a'] });
  queue.sent();
  expect(drain(queue)).toEqual([['b']]);
});

it('counts lines over the limit of lines, or of characters, where they are missing', () => {
  const queue = new ReportQueue({ lines: 2, characters: 10 });
  for (const text of ['a', 'b', 'c', 'd']) queue.line(text);
  expect(drain(queue)).toEqual([['a', 'b'], 2]);
  queue.line('12345678');
  queue.line('999');
  queue.line('10');
  expect(drain(queue)).toEqual([['12345678'], 1, ['10']]);
});

it('accounts for every line: taken ones in order, the others in the gap at their place', () => {
  const actions = fc.array(fc.constantFrom('line', 'status', 'send'), { maxLength: 60 });
  fc.assert(
    fc.property(actions, fc.integer({ min: 1, max: 5 }), (steps, lines) => {
      const queue = new ReportQueue({ lines, characters: 1e6 });
      const out: string[] = [];
      let made = 0;
      const take = () => {
        const report = queue.next();
        if (report === undefined) return false;
        if (report.kind === 'lines') out.push(...report.texts);
        if (report.kind === 'gap') out.push(...Array<string>(report.count).fill('gap'));
        queue.sent();
        return true;
      };
      for (const step of steps) {
        if (step === 'line') queue.line(`${made++}`);
        else if (step === 'status') queue.status('s', 0, nobody);
        else take();
      }
      while (take());
      expect(out).toHaveLength(made);
      out.forEach((text, index) => {
        expect(['gap', `${index}`]).toContain(text);
      });
    }),
  );
});
