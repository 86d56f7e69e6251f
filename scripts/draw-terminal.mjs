/**
 * Draws what a terminal shows as an SVG, for the documentation. The text is the terminal's own, colours and all:
 *
 *     tmux new-session -d -s shot -x 96 -y 200 'npx tm examples/local-5peer.yaml; sleep 60'
 *     tmux capture-pane -e -p -t shot > screen.ansi
 *     node scripts/draw-terminal.mjs --title 'tm' --lines 1-20,60-74 < screen.ansi > docs/images/run.svg
 *
 * `--lines` picks lines (from 1, `⋮` stands for what is left out); `--prompt` adds a command line above them. Every character counts
 * as one cell wide.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const CELL = 8.4;
const LINE = 19;
const FONT_SIZE = 14;
const PADDING = 16;
const BAR = 34;

const BACKGROUND = '#16181d';
const FOREGROUND = '#d7dae0';
/** The sixteen colours that have names: 0 to 7, and their bright sisters. */
const NAMED = [
  ...['#3b4048', '#f47067', '#7ec699', '#e5c07b', '#6cb6ff', '#c99bf0', '#62c4d0', '#d7dae0'],
  ...['#767d89', '#ff938a', '#9be2b4', '#f3d49b', '#91cbff', '#dcbdfb', '#8adbe6', '#ffffff'],
];

/** @typedef {{ readonly text: string, readonly style: Style }} Run */
/** @typedef {{ readonly color?: string, readonly bold?: boolean, readonly dim?: boolean, readonly inverse?: boolean }} Style */

const { values } = parseArgs({
  options: { title: { type: 'string', default: '' }, lines: { type: 'string' }, prompt: { type: 'string' } },
});
const screen = readFileSync(0, 'utf8').trimEnd().split('\n');
const runs = parseScreen(screen);
const picked = values.lines === undefined ? runs : pick(runs, values.lines);
process.stdout.write(draw([...promptLine(values.prompt), ...picked], values.title));

/** @returns {readonly (readonly Run[])[]} The screen's lines; a style goes on until it is changed, over line ends too. */
function parseScreen(/** @type {readonly string[]} */ lines) {
  /** @type {Style} */
  let style = {};
  return lines.map((line) => {
    /** @type {Run[]} */
    const found = [];
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
    for (const [, codes, text] of line.matchAll(/\u001b\[([\d;]*)m|([^\u001b]+)/g)) {
      if (text === undefined) style = changed(style, (codes ?? '').split(';').map(Number));
      else found.push({ text, style });
    }
    return found;
  });
}

/** A style after the numbers of one `ESC [ … m`. */
function changed(/** @type {Style} */ style, /** @type {readonly number[]} */ codes) {
  let next = { ...style };
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    if (code === 0) next = {};
    else if (code === 1) next = { ...next, bold: true };
    else if (code === 2) next = { ...next, dim: true };
    else if (code === 7) next = { ...next, inverse: true };
    else if (code === 27) next = without(next, 'inverse');
    else if (code === 22) next = without(next, 'bold', 'dim');
    else if (code === 39) next = without(next, 'color');
    else if (code >= 30 && code <= 37) next = { ...next, color: NAMED[code - 30] };
    else if (code >= 90 && code <= 97) next = { ...next, color: NAMED[code - 90 + 8] };
    else if (code === 38 && codes[i + 1] === 5) {
      next = { ...next, color: indexed(codes[i + 2] ?? 0) };
      i += 2;
    } else if (code === 38 && codes[i + 1] === 2) {
      next = { ...next, color: hex(codes.slice(i + 2, i + 5)) };
      i += 4;
    }
  }
  return next;
}

function without(/** @type {Style} */ style, /** @type {(keyof Style)[]} */ ...keys) {
  return Object.fromEntries(Object.entries(style).filter(([key]) => !keys.includes(/** @type {keyof Style} */ (key))));
}

/** One of the 256 colours: the named ones, a cube of 6 × 6 × 6, and greys. */
function indexed(/** @type {number} */ index) {
  if (index < 16) return NAMED[index];
  if (index >= 232) return hex(Array(3).fill(8 + (index - 232) * 10));
  const cube = index - 16;
  return hex(
    [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((part) => (part === 0 ? 0 : 55 + part * 40)),
  );
}

function hex(/** @type {readonly number[]} */ parts) {
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** The lines of `1-3,7,9-12`; one line with `⋮` stands for each gap. */
function pick(/** @type {readonly (readonly Run[])[]} */ lines, /** @type {string} */ ranges) {
  return ranges.split(',').flatMap((range, index) => {
    const [from = 1, to = from] = range.split('-').map(Number);
    const gap = index === 0 ? [] : [[{ text: '  ⋮', style: { dim: true } }]];
    return [...gap, ...lines.slice(from - 1, to)];
  });
}

function promptLine(/** @type {string | undefined} */ command) {
  if (command === undefined) return [];
  return [
    [
      { text: '$ ', style: { dim: true } },
      { text: command, style: { bold: true } },
    ],
  ];
}

function draw(/** @type {readonly (readonly Run[])[]} */ lines, /** @type {string} */ title) {
  const cells = Math.max(
    ...lines.map(
      (line) =>
        [
          ...line
            .map(({ text }) => text)
            .join('')
            .trimEnd(),
        ].length,
    ),
  );
  const width = Math.ceil(cells * CELL + 2 * PADDING);
  const height = BAR + lines.length * LINE + PADDING;
  const lights = ['#f47067', '#e5c07b', '#7ec699'].map(
    (color, index) => `<circle cx="${20 + index * 18}" cy="17" r="5.5" fill="${color}"/>`,
  );
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">`,
    `<style>text{font:${FONT_SIZE}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;fill:${FOREGROUND};white-space:pre}.b{font-weight:700}.d{fill-opacity:.6}</style>`,
    `<rect width="${width}" height="${height}" rx="9" fill="${BACKGROUND}"/>`,
    ...lights,
    `<text x="${width / 2}" y="22" text-anchor="middle" class="d">${escaped(title)}</text>`,
    ...lines.map((line, index) => drawLine(line, BAR + (index + 1) * LINE - 5)),
    '</svg>',
  ]
    .filter((line) => line !== '')
    .join('\n')}\n`;
}

/** Each run has its place, so that a font with other widths cannot push the next one aside. */
function drawLine(/** @type {readonly Run[]} */ line, /** @type {number} */ y) {
  let column = 0;
  const pieces = line.flatMap(({ text, style }) =>
    // Blanks are left out, not drawn: what follows two or more of them begins a column.
    text.split(/( {2,})/).map((piece) => {
      const x = column;
      column += [...piece].length;
      return piece.trim() === '' ? '' : drawRun(piece, style, x, y);
    }),
  );
  return pieces.join('');
}

function drawRun(
  /** @type {string} */ text,
  /** @type {Style} */ { color, bold, dim, inverse },
  /** @type {number} */ column,
  /** @type {number} */ y,
) {
  const lead = text.length - text.trimStart().length;
  const words = text.trim();
  const length = [...words].length;
  const classes = [...(bold ? ['b'] : []), ...(dim ? ['d'] : [])].join(' ');
  const attributes = [
    `x="${round(PADDING + (column + lead) * CELL)}"`,
    `y="${y}"`,
    ...(length > 1 ? [`textLength="${round(length * CELL)}"`] : []),
    ...(classes === '' ? [] : [`class="${classes}"`]),
    // A style, since the colour of `text` in the style sheet is stronger than an attribute.
    ...(inverse ? [`style="fill:${BACKGROUND}"`] : color === undefined ? [] : [`style="fill:${color}"`]),
  ];
  const behind = inverse
    ? `<rect x="${round(PADDING + (column + lead) * CELL)}" y="${y - LINE + 5}" width="${round(length * CELL)}" height="${LINE}" fill="${color ?? FOREGROUND}"/>`
    : '';
  return `${behind}<text ${attributes.join(' ')}>${escaped(words)}</text>`;
}

function round(/** @type {number} */ value) {
  return Math.round(value * 10) / 10;
}

function escaped(/** @type {string} */ text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
