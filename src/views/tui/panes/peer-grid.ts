/** How peers are laid out in a room: as much of each as lets all of them be seen. */
export interface PeerGrid {
  readonly columns: number;
  /** All of them; more than the room has are scrolled. */
  readonly rows: number;
  /** Columns for a name and for a status; 0 shows none, and the sign says it. */
  readonly nameWidth: number;
  readonly statusWidth: number;
  /** Of a cell, its gap included. */
  readonly cellWidth: number;
}

/** The place of the cursor, the sign, and a blank. */
const SIGN = 3;
/** `disconnecting`; the first letters; none. */
const STATUS_WIDTHS = [13, 4, 0] as const;
/** Names are cut to these where that lets everybody be seen: the first still tells most names apart. */
const CUT_NAMES = [16, 8] as const;

/** The grid for so many peers: with whole names and statuses if all fit so, else with shorter ones; those that still do not fit are scrolled. */
export function peerGrid(count: number, longestName: number, width: number, height: number): PeerGrid {
  const whole = Math.max(1, longestName);
  const [medium, short] = CUT_NAMES.map((cut) => Math.min(whole, cut));
  const grids = [whole, medium, short]
    .flatMap((name = whole) => STATUS_WIDTHS.map((statusWidth) => ({ name, statusWidth })))
    // Cut names with whole statuses would be the wrong way round.
    .filter(({ name, statusWidth }) => name > (short ?? 1) || name === whole || statusWidth < STATUS_WIDTHS[0])
    .map(({ name, statusWidth }) => gridOf(name, statusWidth, count, width));
  const scrolled = gridOf(medium ?? whole, STATUS_WIDTHS[1], count, width);
  return grids.find((grid) => grid.rows <= height && grid.fits) ?? scrolled;
}

function gridOf(
  name: number,
  statusWidth: number,
  count: number,
  width: number,
): PeerGrid & { readonly fits: boolean } {
  const status = statusWidth === 0 ? 0 : statusWidth + 1;
  const nameWidth = Math.max(1, Math.min(name, width - SIGN - status));
  const cellWidth = SIGN + nameWidth + status + 1;
  const columns = Math.max(1, Math.floor((width + 1) / cellWidth));
  // Even the shortest name may stand beside a status that the room is too narrow for.
  const fits = nameWidth === name && cellWidth - 1 <= width;
  return { columns, rows: Math.ceil(count / columns), nameWidth, statusWidth, cellWidth, fits };
}
