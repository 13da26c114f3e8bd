/**
 * How often the drift trigger fires when nothing has changed, and when something has, beside the rule that Evidently uses
 * by default. Printed as Markdown tables.
 *
 *   node_modules/.bin/node bench/simulate-drift.ts [--runs 2000] [--part false-alarms|large|power|multivariate|days]
 *
 * The whole takes about half an hour of one core. Every cell has a seed of its own: the same command, the same table.
 */
import { parseArgs } from 'node:util'
import { driftTrigger } from '../src/config/schema/triggers.ts'
import type { TriggersConfig } from '../src/config/schema.ts'
import { createRandom, type Random } from '../src/core/random.ts'
import { buildProfile } from '../src/data/profile.ts'
import { createCounter } from '../src/data/profile-count.ts'
import { createStructureCounter, encodeStructure, fitStructure, structureColumns } from '../src/data/structure.ts'
import type { Table } from '../src/data/table.ts'
import type { Profile, ProfileCounts } from '../src/data/types.ts'
import { separate } from '../src/stats/domain-classifier.ts'
import { drift } from '../src/triggers/drift.ts'
import type { DriftObservation } from '../src/triggers/index.ts'
import type { TriggerResult } from '../src/triggers/types.ts'
import { drawCounts } from './drift/counts.ts'
import { evidently } from './drift/evidently.ts'
import { dailyTable, drawTable, pairedTable, type Change } from './drift/tables.ts'

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '2000' }, part: { type: 'string' } },
})
const RUNS = Number(options.runs)

const names = (table: Table): string[] => table.columns.flatMap(({ kind, name }) => (kind === 'time' ? [] : [name]))

function configure(settings: object): TriggersConfig {
  // Only the drift trigger reads it here.
  return { drift: driftTrigger.parse({ 'min-rows': 1, 'min-share': 0, ...settings }) } as unknown as TriggersConfig
}
const DEFAULT = configure({})
const TOGETHER = configure({ multivariate: true })

function ask(
  profile: Profile,
  counts: ProfileCounts,
  config: TriggersConfig,
  beside?: DriftObservation,
): TriggerResult {
  return drift.evaluate({
    now: 0,
    config,
    primary: 'auc',
    champion: { version: 1, trainedAt: 0, rows: profile.rows, metrics: [] },
    profile,
    counts,
    drift: beside,
    performance: { none: '' },
    manual: undefined,
  })
}

function compare(before: Table, now: Table): TriggerResult {
  const profile = buildProfile(before, undefined, names(before))
  const counter = createCounter(profile)
  counter.add(now)
  return ask(profile, counter.result(), DEFAULT)
}

interface Tally {
  runs: number
  fired: number
  /** Checks in which any column drifted, and columns that did. */
  any: number
  columns: number
  watched: number
}
const tally = (): Tally => ({ runs: 0, fired: 0, any: 0, columns: 0, watched: 0 })
function add(into: Tally, fired: boolean, drifted: number, watched: number): void {
  into.runs++
  into.fired += Number(fired)
  into.any += Number(drifted > 0)
  into.columns += drifted
  into.watched += watched
}
function addResult(into: Tally, result: TriggerResult): void {
  const columns = result.evidence.filter((column) => column.role === undefined)
  add(into, result.status === 'fired', columns.filter((column) => column.drifted).length, columns.length)
}
const percent = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`
const fires = (one: Tally): string => percent(one.fired, one.runs)
const anyOf = (one: Tally): string => percent(one.any, one.runs)
const each = (one: Tally): string => percent(one.columns, one.watched)
const line = (cells: readonly (string | number)[]): void => console.log(`| ${cells.join(' | ')} |`)
function head(title: string, cells: readonly string[]): void {
  console.log(`\n${title}\n`)
  line(cells)
  line(cells.map(() => '---'))
}

function falseAlarms(): void {
  head('Nothing changed: how often the check fires, any column drifts, a column drifts', [
    'reference / new rows',
    'columns',
    'runs',
    'Refit fires',
    'any column',
    'a column',
    'Evidently fires',
    'any column',
    'a column',
  ])
  for (const [n, m] of [
    [50, 50],
    [200, 50],
    [200, 200],
    [1000, 200],
    [1001, 50],
    [1000, 1000],
    [5000, 1000],
    [10_000, 10_000],
  ] as const) {
    for (const columns of [5, 20, 200]) {
      // About as long for every cell: rows times columns, and never fewer than 100 runs.
      const runs = Math.max(Math.min(100, RUNS), Math.min(RUNS, Math.round((RUNS * 100_000) / ((n + m) * columns))))
      const [own, peer] = [tally(), tally()]
      for (let run = 0; run < runs; run++) {
        const random = createRandom(n * 31 + m * 7 + columns * 1_000_003 + run)
        const before = drawTable(columns, n, random, 'none')
        const now = drawTable(columns, m, random, 'none')
        addResult(own, compare(before, now))
        const other = evidently(before, now)
        add(peer, other.fired, other.drifted.length, columns)
      }
      line([`${n} / ${m}`, columns, runs, fires(own), anyOf(own), each(own), fires(peer), anyOf(peer), each(peer)])
    }
  }
}

/** Too many rows to draw one by one: bins are drawn instead. */
function large(): void {
  head('Nothing changed, many rows (counts drawn bin by bin, continuous columns)', [
    'reference / new rows',
    'columns',
    'runs',
    'Refit fires',
    'any column',
    'p < 0.05',
  ])
  for (const [n, m] of [
    [20_000, 20_000],
    [100_000, 100_000],
    [1_000_000, 100_000],
    [1_000_000, 1_000_000],
  ] as const) {
    for (const columns of [5, 20, 200]) {
      const own = tally()
      let low = 0
      for (let run = 0; run < RUNS; run++) {
        const { profile, counts } = drawCounts(columns, n, m, createRandom(n + 3 * m + columns * 1_000_003 + run))
        const result = ask(profile, counts, DEFAULT)
        addResult(own, result)
        low += result.evidence.filter((column) => column.pValue < 0.05).length
      }
      line([`${n} / ${m}`, columns, RUNS, fires(own), anyOf(own), percent(low, own.watched)])
    }
  }
}

function power(): void {
  head('Half of 20 columns changed: how often the check fires, and how many of the changed columns it names', [
    'change',
    'reference / new rows',
    'runs',
    'Refit fires',
    'named',
    'Evidently fires',
    'named',
  ])
  const changes: readonly (readonly [string, Change])[] = [
    ['mean + 0.5 σ', 'mean'],
    ['spread × 2', 'variance'],
    ['a fifth of the rows to another of 3 categories (PSI 0.20)', 'swap'],
    ['20 % become missing', 'missing'],
  ]
  const runs = Math.min(RUNS, 400)
  for (const [title, change] of changes) {
    for (const [n, m] of [
      [1000, 200],
      [1000, 1000],
      [5000, 1000],
      [10_000, 5000],
    ] as const) {
      const [own, peer] = [tally(), tally()]
      for (let run = 0; run < runs; run++) {
        const random = createRandom(n * 31 + m * 7 + run)
        const before = drawUnchanged(n, random, change)
        const now = drawTable(20, m, random, change)
        const result = compare(before, now)
        const found = result.evidence.filter((column) => column.drifted).map((column) => column.column)
        add(own, result.status === 'fired', found.filter(isChanged).length, 10)
        const other = evidently(before, now)
        add(peer, other.fired, other.drifted.filter(isChanged).length, 10)
      }
      line([title, `${n} / ${m}`, runs, fires(own), each(own), fires(peer), each(peer)])
    }
  }
}

const isChanged = (name: string): boolean => Number(name.split(' ')[1]) < 10

/** The same kinds of columns as the changed table has. */
function drawUnchanged(rows: number, random: Random, change: Change): Table {
  if (change !== 'swap') return pairedNormals(rows, random)
  const changed = drawTable(20, rows, random, 'swap')
  return {
    ...changed,
    columns: changed.columns.map((column) =>
      column.kind === 'category'
        ? {
            ...column,
            codes: Int32Array.from(column.codes, () => [0, 0, 0, 0, 0, 1, 1, 1, 2, 2][random.below(10)] as number),
          }
        : column,
    ),
  }
}
const pairedNormals = (rows: number, random: Random): Table => ({
  rows,
  columns: Array.from({ length: 20 }, (_, i) => ({
    kind: 'number' as const,
    name: `column ${i}`,
    values: Float64Array.from({ length: rows }, () => random.normal()),
    integer: false,
  })),
})

function multivariate(): void {
  head('Correlations of columns in pairs, 0.8 before: nothing else changes, each column stays as it was', [
    'now',
    'columns',
    'reference / new rows',
    'runs',
    'Refit fires',
    'with multivariate: true',
    'by the classifier',
    'by the components',
    'Evidently fires',
  ])
  const runs = Math.min(RUNS, 200)
  for (const sign of [1, -1] as const) {
    for (const columns of [6, 20, 50]) {
      for (const [n, m] of [
        [1000, 200],
        [1000, 1000],
        [5000, 2000],
      ] as const) {
        const cell = Math.max(50, columns > 6 && n > 1000 ? Math.round(runs / 5) : runs)
        const [own, together, peer] = [tally(), tally(), tally()]
        const by = { classifier: 0, structure: 0 }
        for (let run = 0; run < cell; run++) {
          const random = createRandom(columns * 1_000_003 + n * 31 + m * 7 + run)
          const before = pairedTable(columns, n, random, 1)
          const now = pairedTable(columns, m, random, sign)
          const seen = lookTogether(before, now, random)
          addResult(own, ask(seen.profile, seen.counts, DEFAULT))
          const result = ask(seen.profile, seen.counts, TOGETHER, seen.beside)
          addResult(together, result)
          for (const { role, drifted } of result.evidence) {
            if (drifted && (role === 'classifier' || role === 'structure')) by[role]++
          }
          const other = evidently(before, now)
          add(peer, other.fired, other.drifted.length, columns)
        }
        const shares = [by.classifier, by.structure].map((count) => percent(count, cell))
        line([
          sign === 1 ? '0.8' : '−0.8',
          columns,
          `${n} / ${m}`,
          cell,
          fires(own),
          fires(together),
          ...shares,
          fires(peer),
        ])
      }
    }
  }
}

function lookTogether(before: Table, now: Table, random: Random) {
  const described = buildProfile(before, undefined, names(before))
  const all = Uint32Array.from({ length: before.rows }, (_, i) => i)
  const structure = fitStructure(before, all, described, random)
  const profile: Profile = { ...described, structure }
  const counter = createCounter(profile)
  counter.add(now)
  const errors = structure && createStructureCounter(structure)
  errors?.add(now)
  const columns = structureColumns(profile)
  const rows = Math.min(2000, before.rows, now.rows)
  const found = separate(
    encodeStructure(columns, before, all.subarray(0, 2000)),
    encodeStructure(columns, now, all.subarray(0, Math.min(2000, now.rows))),
    columns.length,
    random,
  )
  const beside: DriftObservation = {
    ...(structure && errors && { structure: { profile: structure.error, counts: errors.result() } }),
    ...(found && { classifier: { ...found, rows, telling: [] } }),
  }
  return { profile, counts: counter.result(), beside }
}

function days(): void {
  head('Nothing changed, but rows of one day resemble each other (48 rows a day, 5 columns)', [
    'variance between days',
    'reference / new days',
    'runs',
    'design effect',
    'Refit fires',
    'any column',
    'p < 0.01 a column',
    'the same, rows taken as independent',
  ])
  const runs = Math.min(RUNS, 500)
  for (const between of [0, 0.1, 0.3, 0.8]) {
    for (const [before, now] of [
      [60, 7],
      [180, 30],
    ] as const) {
      const own = tally()
      let effects = 0
      let low = 0
      let naive = 0
      for (let run = 0; run < runs; run++) {
        const random = createRandom(before * 31 + now * 7 + run)
        const reference = dailyTable(5, before, 48, between, random)
        const current = dailyTable(5, now, 48, between, random)
        const profile = buildProfile(reference, undefined, names(reference), { time: 'time' })
        const plain = buildProfile(reference, undefined, names(reference))
        const counter = createCounter(profile)
        counter.add(current)
        const result = ask(profile, counter.result(), DEFAULT)
        addResult(own, result)
        effects += profile.columns.reduce((sum, column) => sum + (column.designEffect ?? 1) / 5, 0)
        low += result.evidence.filter((column) => column.pValue < 0.01).length
        naive += ask(plain, counter.result(), DEFAULT).evidence.filter((column) => column.pValue < 0.01).length
      }
      line([
        percent(between, 1),
        `${before} / ${now}`,
        runs,
        (effects / runs).toFixed(1),
        fires(own),
        anyOf(own),
        percent(low, own.watched),
        percent(naive, own.watched),
      ])
    }
  }
}

const PARTS: Readonly<Record<string, () => void>> = { 'false-alarms': falseAlarms, large, power, multivariate, days }
for (const [name, part] of Object.entries(PARTS)) {
  if (options.part !== undefined && options.part !== name) continue
  const before = process.cpuUsage()
  part()
  const { user, system } = process.cpuUsage(before)
  console.log(`\n${name}: ${((user + system) / 1e6).toFixed(0)} s of CPU`)
}
