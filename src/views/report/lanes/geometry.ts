/** How high things are in a lane, in pixels: by the number of lanes that share the page. */
export interface Geometry {
  readonly kind: 'roomy' | 'plain' | 'thin';
  /** Middle of the commands' marks. */
  readonly commands: number;
  /** Texts beside the commands. */
  readonly commandTexts: boolean;
  readonly barTop: number;
  readonly barHeight: number;
  readonly barTexts: boolean;
  readonly logTop: number;
  readonly logHeight: number;
  /** Of the whole lane, without windows of expectations under it. */
  readonly height: number;
  /** Windows of expectations are drawn under the lane. */
  readonly windows: boolean;
}

const ROOMY: Geometry = {
  kind: 'roomy',
  commands: 10,
  commandTexts: true,
  barTop: 20,
  barHeight: 20,
  barTexts: true,
  logTop: 43,
  logHeight: 9,
  height: 56,
  windows: true,
};

const PLAIN: Geometry = {
  kind: 'plain',
  commands: 7,
  commandTexts: false,
  barTop: 14,
  barHeight: 15,
  barTexts: true,
  logTop: 31,
  logHeight: 6,
  height: 40,
  windows: false,
};

const THIN: Geometry = {
  kind: 'thin',
  commands: 4,
  commandTexts: false,
  barTop: 6,
  barHeight: 9,
  barTexts: false,
  logTop: 16,
  logHeight: 4,
  height: 21,
  windows: false,
};

/** The room that so many lanes have. */
export function geometryFor(lanes: number): Geometry {
  if (lanes <= 16) return ROOMY;
  return lanes <= 60 ? PLAIN : THIN;
}
