import { defineConfig } from 'vitest/config'

// `.ci/run` asks for the counts as JSON; people read the default reporter.
const json = process.env['REFIT_TEST_JSON']

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Vitest leaves one core idle; on a runner with two that is half of them.
    maxWorkers: '100%',
    // Some environments (CI) switch colours on although nobody looks at a terminal.
    env: { NO_COLOR: '1' },
    reporters: json === undefined ? ['default'] : ['default', ['json', { outputFile: json }]],
  },
})
