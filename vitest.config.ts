import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
    // Real-Docker tests share one engine on small machines: two files at a time keep their waits honest.
    maxWorkers: 2,
    // Of tests that go side by side within a file.
    maxConcurrency: 3,
  },
});
