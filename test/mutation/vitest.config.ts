/** The tests that a mutation run runs: those of pure rules, which take milliseconds. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'test/domain/**/*.test.ts',
      'test/events/caller.test.ts',
      'test/events/deep-json.test.ts',
      'test/events/operation.test.ts',
      'test/rooms/routes/host-requests.test.ts',
      'test/events/path.test.ts',
      'test/events/client-key.test.ts',
      'test/credentials/secret-cache.test.ts',
      'test/rooms/use-cases/ensure-room.test.ts',
      'test/rooms/use-cases/one-at-a-time.test.ts',
    ],
    setupFiles: ['test/support/setup.ts'],
  },
});
