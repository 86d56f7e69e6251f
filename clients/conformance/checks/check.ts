import type { Finding } from '../finding.ts';
import type { Rig } from '../rig/rig.ts';

/** Finds out whether one requirement holds for the program that the rig starts. */
export type Check = (rig: Rig) => Promise<Finding>;

/** Checks by the id of their requirement. */
export type Checks = Readonly<Record<string, Check>>;
