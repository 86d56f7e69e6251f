/** Seconds of a config as whole milliseconds, which is as exact as times are kept. */
export const milliseconds = (seconds: number): number => Math.round(seconds * 1000);
