import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/packaged.ts'],
    setupFiles: ['test/setup.ts'],
  },
});
