import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/packaged.ts'],
    setupFiles: ['test/setup.ts'],
    // Far more than any test takes on an idle machine: a busy one is no reason to fail.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
