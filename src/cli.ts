#!/usr/bin/env node
import { REFIT_VERSION } from './commands/version.ts'

// The two questions that everybody asks a command line are answered without loading it.
const [only] = process.argv.slice(2)
if (process.argv.length === 3 && (only === '--version' || only === '-V')) {
  process.stdout.write(`${REFIT_VERSION}\n`)
} else {
  const { runCli } = await import('./commands/cli.ts')
  process.exitCode = await runCli(process.argv, process.env)
}
