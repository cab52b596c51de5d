import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// The many Node processes that tests start (serverless, local servers) need not compile the same again.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(
  new URL('node_modules/.cache/compiled', import.meta.url),
);

/** Tests of what `serverless package` makes; they share one run of it, which takes some seconds. */
const packaged = [
  'test/packages/**/*.test.ts',
  'test/faults/packaged.test.ts',
  'test/deploy/*.test.ts',
];

/** Tests that look at the console in a browser, which they share. */
const browser = ['test/console/**/*.browser.test.ts'];

const shared = {
  // Node runs TypeScript by itself: nothing is transformed, and dependencies load once a process.
  experimental: { viteModuleRunner: false, nodeLoader: false },
  setupFiles: ['test/support/setup.ts'],
  // A process and its modules serve one file after the other: starting and loading them took a third
  // of the time. What has state is loaded anew by whoever starts it (test/support/drive.ts).
  isolate: false,
  // Far more than any test takes on an idle machine: a busy one is no reason to fail.
  testTimeout: 30_000,
  hookTimeout: 30_000,
};

export default defineConfig({
  test: {
    // Tests wait more than they compute (timeouts, servers): more workers than processors are faster.
    maxWorkers: 4,
    projects: [
      {
        test: {
          ...shared,
          name: 'sources',
          include: ['test/**/*.test.ts'],
          exclude: [...packaged, ...browser],
        },
      },
      {
        test: {
          ...shared,
          name: 'packages',
          include: packaged,
          globalSetup: ['test/support/packaged.ts'],
        },
      },
      {
        test: {
          ...shared,
          // A browser beside everything else that runs: slow is not wrong.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          name: 'browser',
          include: browser,
          globalSetup: ['test/console/browser.ts'],
        },
      },
    ],
  },
});
