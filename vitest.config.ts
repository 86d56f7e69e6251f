import { defineConfig } from 'vitest/config';

/** `unit` needs nothing but Node; `real` needs root, and starts the testbed of real Docker hosts once for all its files. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/testbed/**', 'test/**/*.real.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'real',
          include: ['test/e2e/**/*.test.ts', 'test/testbed/**/*.test.ts', 'test/**/*.real.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
