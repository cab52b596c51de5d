import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Tests start many Node processes (serverless, local servers), which share compiled code.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(
  new URL('node_modules/.cache/compiled', import.meta.url),
);

/** Properties with many runs, races of many processes, slow tools: `npm run test:long`. */
const long = ['test/**/*.long.test.ts'];

/** Tests of the console in a browser, which they share. */
const browser = ['test/console/**/*.browser.test.ts'];

/** Tests of the examples in a browser. They share one build of the examples and one `npm start`. */
const examples = ['test/examples/**/*.browser.test.ts'];

/** Tests of what `serverless package` makes; they share one run of it, which takes some seconds. */
const packages = [
  'test/packages/**/*.test.ts',
  'test/faults/packaged.test.ts',
  'test/deploy/*.test.ts',
];

/** Rules, events, use cases and adapters: no process, no compiler, no timeout that has to pass. */
const unit = [
  'test/{domain,platform,use-cases}/**/*.test.ts',
  'test/rooms/{domain,routes}/**/*.test.ts',
  // These three use the table's stand-in.
  'test/rooms/use-cases/!(join-as-guest|manage-knocks|request-admission).test.ts',
  'test/live/{domain,use-cases}/**/*.test.ts',
  'test/rooms/table/room-{cache,store-items}.test.ts',
  'test/credentials/!(secrets-manager).test.ts',
  'test/events/!(event-adapter|results).test.ts',
  'test/network/{raw-responses,retry}.test.ts',
  'test/wiring/{config,config.guests,config.rooms,environment}.test.ts',
];

const shared = {
  // Node runs TypeScript: nothing is transformed, and a process loads its dependencies once.
  experimental: { viteModuleRunner: false, nodeLoader: false },
  setupFiles: ['test/support/setup.ts'],
  // A process runs one file after the other without reloading modules: starting and loading took a third
  // of the time. Modules with state are reloaded by test/support/drive.ts.
  isolate: false,
  // Many times what a test takes on an idle machine, so that a busy one does not fail it.
  testTimeout: 30_000,
  hookTimeout: 30_000,
};

export default defineConfig({
  test: {
    // Tests wait more than they compute (timeouts, servers), so more workers than cores are faster.
    maxWorkers: 4,
    projects: [
      { test: { ...shared, name: 'unit', include: unit, exclude: long } },
      {
        test: {
          ...shared,
          name: 'sources',
          include: ['test/**/*.test.ts'],
          exclude: [...unit, ...packages, ...browser, ...examples, ...long],
        },
      },
      {
        test: {
          ...shared,
          name: 'packages',
          include: packages,
          exclude: long,
          globalSetup: ['test/support/packaged.ts'],
        },
      },
      {
        test: {
          ...shared,
          // The browser shares the machine with the other tests.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          name: 'browser',
          include: browser,
          globalSetup: ['test/console/browser.ts'],
        },
      },
      {
        test: {
          ...shared,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          name: 'examples',
          include: examples,
          globalSetup: ['test/console/browser.ts', 'test/examples/serve.ts'],
        },
      },
      {
        test: {
          ...shared,
          testTimeout: 300_000,
          hookTimeout: 120_000,
          name: 'long',
          include: long,
          globalSetup: ['test/support/packaged.ts'],
        },
      },
    ],
  },
});
