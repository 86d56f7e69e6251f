/** What counts where a config says nothing; the schema names the same values, and a test holds the two together. */
export const DEFAULTS = {
  startupSeconds: 60,
  shutdownSeconds: 30,
  basePort: 11984,
  logLevel: 'info',
  removeImages: false,
  auth: 'generated',
  redisRuntime: 'docker',
  hostRuntime: 'docker',
} as const;
