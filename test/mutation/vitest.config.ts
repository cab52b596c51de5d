/** The tests that a mutation run runs: those of pure rules, which take milliseconds. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'test/domain/**/*.test.ts',
      'test/events/caller.test.ts',
      'test/events/path.test.ts',
      'test/secrets/secret-cache.test.ts',
    ],
    setupFiles: ['test/support/setup.ts'],
  },
});
