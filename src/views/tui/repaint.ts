/** Rows as a terminal has to be told them. */

const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';

/**
 * What turns the rows on a terminal into others: only those that differ are written, each at its place, so that what is on the screen never moves.
 * `before` is undefined where nothing is known of the screen, or it has another size. Empty if nothing differs.
 */
export function repaint(before: readonly string[] | undefined, after: readonly string[]): string {
  const rows = after.flatMap((row, at) =>
    // Erased first: behind a row that fills the terminal the cursor still stands on its last cell.
    before?.[at] === row ? [] : [`\u001b[${at + 1};1H\u001b[0m\u001b[2K${row}`],
  );
  const clear = before === undefined ? '\u001b[0m\u001b[2J' : '';
  // Terminals that know it show all of it at once.
  return rows.length === 0 ? clear : `${BEGIN}${clear}${rows.join('')}${END}`;
}
