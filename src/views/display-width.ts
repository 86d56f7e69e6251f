/** How much room text takes on a terminal. */

// Single negated classes: a starred class runs out of stack on the millions of characters that a log line may have.
const BEYOND_ASCII = /[^\x20-\x7e]/;
const VISIBLE = /[^\p{Mn}\p{Me}\p{Cf}]/u;
const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });
const EMOJI = /\p{Emoji_Presentation}|\ufe0f/u;

/** First and last code points of the scripts and signs that take two columns (East Asian Width W and F). */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x20000, 0x3fffd],
];

/** Columns that a text without control characters takes. */
export function displayWidth(text: string): number {
  if (!BEYOND_ASCII.test(text)) return text.length;
  let width = 0;
  for (const cell of cells(text)) width += cell.width;
  return width;
}

/** One character as a person sees it, accents and joined emoji included. */
export interface Cell {
  readonly text: string;
  readonly width: 0 | 1 | 2;
}

/** The characters of a text with their widths. */
export function* cells(text: string): Generator<Cell> {
  if (!BEYOND_ASCII.test(text)) {
    for (const character of text) yield { text: character, width: 1 };
    return;
  }
  for (const { segment } of GRAPHEMES.segment(text)) yield { text: segment, width: widthOf(segment) };
}

function widthOf(grapheme: string): 0 | 1 | 2 {
  if (!VISIBLE.test(grapheme)) return 0;
  const code = grapheme.codePointAt(0) ?? 0;
  if (WIDE.some(([first, last]) => code >= first && code <= last)) return 2;
  return EMOJI.test(grapheme) ? 2 : 1;
}
