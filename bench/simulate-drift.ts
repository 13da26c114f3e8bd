/**
 * How often the drift trigger fires when nothing has changed, and when something has, beside the rule that Evidently uses
 * by default. Writes bench/results/simulate-drift.md.
 *
 *   node_modules/.bin/node bench/simulate-drift.ts [--runs 2000] [--part normal|heavy|categories|mixed|repeated|power|days]
 *
 * The whole takes about half an hour of one core; one part replaces its section of the page. Every cell has a seed of
 * its own: the same command, the same table.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { days } from './drift/days.ts'
import { writeSection } from './drift/page.ts'
import { TABLES } from './drift/populations.ts'
import { power } from './drift/power.ts'
import { repeated } from './drift/repeated.ts'
import { unchanged } from './drift/unchanged.ts'

const PAGE = join(import.meta.dirname, 'results/simulate-drift.md')
const TITLE = `
# The drift trigger by simulation

Written by \`node_modules/.bin/node bench/simulate-drift.ts\`; do not edit.

In brackets stands the upper end of the 95 % interval of the simulation itself (Clopper–Pearson). “Default rule” is
\`triggers.drift\` as it is without configuration: it fires when more than 20 % of the columns have drifted, each by a PSI
above 0.2 and q < 0.01 after Benjamini–Hochberg; unseen categories and missing values are bins of the PSI and cells of the
test. “Any column” is what \`max-share: 0\` would fire at. “A column: p < 0.05” is how often a single test is below 0.05,
which should be at most 5 %. The rule is asked without its \`min-rows: 200\` and \`min-share: 0.1\`, which would keep it silent
in the smallest cells. References of more than 200 rows and all new rows of “nothing changed” are drawn bin by bin: order
statistics for the quantiles, multinomial counts; the same distribution as drawn row by row.`

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '2000' }, part: { type: 'string' } },
})
const runs = Number(options.runs)
const kinds = Object.keys(TABLES)
const PARTS: Readonly<Record<string, () => string>> = {
  power: () => power(runs),
  ...Object.fromEntries(
    ['normal', 'heavy', 'categories', 'mixed'].map((name, i) => [name, () => unchanged(kinds[i] as string, runs)]),
  ),
  repeated: () => repeated(runs),
  days: () => days(runs),
}
for (const [name, part] of Object.entries(PARTS)) {
  if (options.part !== undefined && options.part !== name) continue
  const before = process.cpuUsage()
  const text = part()
  const { user, system } = process.cpuUsage(before)
  const again = `\`--part ${name} --runs ${runs}\`: ${((user + system) / 1e6).toFixed(0)} s of CPU.`
  writeSection(PAGE, TITLE, Object.keys(PARTS), name, `${text}\n\n${again}`)
  console.log(`${text}\n\n${again}`)
}
