import { expect, it } from 'vitest';
import { cellFaults } from '../../src/config/cell-faults.ts';
import type { ConfigFault } from '../../src/model/fault.ts';

const fault = (line: number, message: string): ConfigFault => ({
  severity: 'error',
  code: 'c',
  message,
  file: 't.yaml',
  line,
  column: 1,
  length: 1,
  source: 'x',
});

it('tells each fault once, in the order of the file, and of some combinations with their names', () => {
  const cells = [
    { cell: { name: 'a=1', vars: {} }, faults: [fault(9, 'all'), fault(3, 'one')] },
    { cell: { name: 'a=2', vars: {} }, faults: [fault(9, 'all'), fault(5, 'two')] },
    { cell: { name: 'a=3', vars: {} }, faults: [fault(9, 'all'), fault(5, 'two'), fault(6, 'three')] },
    { cell: { name: 'a=4', vars: {} }, faults: [fault(9, 'all'), fault(6, 'three'), fault(6, 'four')] },
    { cell: { name: 'a=5', vars: {} }, faults: [fault(9, 'all'), fault(6, 'three')] },
  ];
  expect(cellFaults(cells).map(({ line, message }) => `${line} ${message}`)).toEqual([
    '3 one (with a=1)',
    '5 two (with a=2, and with a=3)',
    '6 three (with a=3, and with 2 other combinations)',
    '6 four (with a=4)',
    '9 all',
  ]);
});

it('names nothing where there is no matrix', () => {
  const faults = [fault(2, 'b'), fault(1, 'a')];
  expect(cellFaults([{ cell: { name: '', vars: {} }, faults }])).toEqual(faults.toReversed());
});
