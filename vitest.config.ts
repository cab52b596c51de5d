import { defineConfig } from 'vitest/config';

/** Tests of what `serverless package` makes; they share one run of it, which takes some seconds. */
const packaged = [
  'test/*-bundle.test.ts',
  'test/bundle-*.test.ts',
  'test/event-files.test.ts',
  'test/faults/packaged.test.ts',
  'test/messages.property.test.ts',
  'test/stack/*.test.ts',
];

const shared = {
  setupFiles: ['test/setup.ts'],
  // Far more than any test takes on an idle machine: a busy one is no reason to fail.
  testTimeout: 30_000,
  hookTimeout: 30_000,
};

export default defineConfig({
  test: {
    projects: [
      { test: { ...shared, name: 'sources', include: ['test/**/*.test.ts'], exclude: packaged } },
      {
        test: { ...shared, name: 'packages', include: packaged, globalSetup: ['test/packaged.ts'] },
      },
    ],
  },
});
