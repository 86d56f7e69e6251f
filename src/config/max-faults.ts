/** More faults of one kind than this nobody reads, and a machine-made file can have millions. */
export const MAX_FAULTS = 500;
