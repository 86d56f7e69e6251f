import { expect, it } from 'vitest';
import { REQUIREMENTS } from '../../clients/conformance/requirement.ts';
import { formatTable } from '../../clients/conformance/table.ts';
import { MIXED, outcome } from './outcome.ts';

const text = formatTable([
  { title: 'Good', report: outcome() },
  { title: 'Mixed', report: MIXED },
]);

it('has a row for each requirement and a column for each peer', () => {
  for (const { id } of REQUIREMENTS) expect(text.match(new RegExp(`^\\| \`${id}\` \\|`, 'gm')), id).toHaveLength(1);
  expect(text).toMatch(/^\| `P-STARTED` \| .* \| ✔ \| ✖ \|$/m);
  expect(text).toMatch(/^\| `P-SIGTERM` \| .* \| ✔ \| ⚠ \|$/m);
  expect(text).toMatch(/^\| `P-STREAM-ID` \| .* \| ✔ \| ○ \|$/m);
});

it('keeps bars from being the ends of cells', () => {
  expect(text).toContain('sets `started` or `started\\|<multiaddr>` as its first status');
  for (const row of text.split('\n').filter((line) => line.startsWith('| `'))) {
    expect(row.replaceAll('\\|', '').split('|'), row).toHaveLength(6);
  }
});

it('says why something is not shown', () => {
  expect(text).toContain('- Mixed: it does not write the status stream (`P-STREAM-BOTH`, `P-STREAM-ID`)\n');
});
