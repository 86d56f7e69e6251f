/** The parts of the screen, in the order that the tab key takes. */
export const PANES = ['peers', 'steps', 'timeline', 'expectations', 'log'] as const;

export type PaneId = (typeof PANES)[number];

/** What covers all panes while it is asked for. */
export type Overlay = 'help' | 'notices';
