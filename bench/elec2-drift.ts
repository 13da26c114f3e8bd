/**
 * ELEC2: `vicprice`, `vicdemand` and `transfer` are constant until data row 17,424 (counted from 0) and then come alive.
 * At which row does the drift trigger notice, when a check runs every half a day (24 rows)?
 *
 *   node_modules/.bin/node bench/elec2-drift.ts [--every 24]
 *
 * Needs the table elec2.csv (../shared/data, or the folder in REFIT_DATA); it is not part of this repository.
 */
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { driftTrigger } from '../src/config/schema/triggers.ts'
import type { DriftTriggerConfig, TriggersConfig } from '../src/config/schema.ts'
import { dataObject } from '../src/config/schema/data.ts'
import { silentLog } from '../src/core/log.ts'
import { createRandom } from '../src/core/random.ts'
import { buildProfile } from '../src/data/profile.ts'
import { createCounter } from '../src/data/profile-count.ts'
import { onCounts } from '../src/data/profile-reference.ts'
import { readTable } from '../src/data/read.ts'
import { createStructureCounter, encodeStructure, fitStructure, structureColumns } from '../src/data/structure.ts'
import type { Profile, ProfileCounts } from '../src/data/types.ts'
import { separate } from '../src/stats/domain-classifier.ts'
import { drift } from '../src/triggers/drift.ts'
import type { DriftObservation } from '../src/triggers/index.ts'

const ALIVE = 17_424
const ROWS_A_DAY = 48
const { values: options } = parseArgs({ options: { every: { type: 'string', default: '24' } } })
const every = Number(options.every)
const source = join(process.env['REFIT_DATA'] ?? resolve(import.meta.dirname, '../../shared/data'), 'elec2.csv')
if (!existsSync(source)) {
  console.log(`skipped: ${source} is not there`)
  process.exit(0)
}
const data = { ...dataObject.parse({ source: 'elec2.csv' }), label: 'class' }
const { table } = await readTable(data, dirname(source), { log: silentLog })
// The date only rises, and would drift in every window.
const columns = table.columns.map((column) => column.name).filter((name) => name !== 'class' && name !== 'date')

const range = (from: number, to: number): Uint32Array => Uint32Array.from({ length: to - from }, (_, i) => from + i)
function countOn(profile: Profile, from: number, to: number): ProfileCounts {
  const counter = createCounter(profile)
  counter.add(table, range(from, to))
  return counter.result()
}

interface Case {
  readonly name: string
  /** Days of the reference, the last ones before the new rows’ first (or the very first, where it is the profile). */
  readonly reference: (start: number) => readonly [from: number, to: number]
  /** First row of the new ones, of a check before row `end`. */
  readonly start: (end: number) => number
  readonly settings: object
}

const trained = 330 * ROWS_A_DAY
const cases: readonly Case[] = [
  {
    name: 'default: profile of the first 330 days, all rows since',
    reference: () => [0, trained],
    start: () => trained,
    settings: { 'min-share': 0 },
  },
  {
    name: 'window: 7d, against that profile',
    reference: () => [0, trained],
    start: (end) => end - 7 * ROWS_A_DAY,
    settings: { window: '7d' },
  },
  {
    name: 'window: 7d, reference: {rolling: 30d}',
    reference: (start) => [start - 30 * ROWS_A_DAY, start],
    start: (end) => end - 7 * ROWS_A_DAY,
    settings: { window: '7d', reference: { rolling: '30d' } },
  },
  {
    name: 'window: 7d, multivariate: true',
    reference: () => [0, trained],
    start: (end) => end - 7 * ROWS_A_DAY,
    settings: { window: '7d', multivariate: true },
  },
]

console.log(
  '| trigger | fires before | vicprice | vicdemand | transfer | fires first | by |\n| --- | --- | --- | --- | --- | --- | --- |',
)
for (const one of cases) {
  const limits: DriftTriggerConfig = driftTrigger.parse({ 'min-share': 0, ...one.settings })
  const own = describe(0, trained, limits.multivariate)
  const first = new Map<string, number>()
  let fired: { readonly row: number; readonly by: string } | undefined
  let before = 0
  let checks = 0
  for (let end = trained + 7 * ROWS_A_DAY; end <= ALIVE + 60 * ROWS_A_DAY; end += every) {
    const start = one.start(end)
    const [from, to] = one.reference(start)
    const profile = from === 0 ? own : onCounts(own, countOn(own, from, to))
    const result = drift.evaluate({
      now: 0,
      config: { drift: limits } as unknown as TriggersConfig,
      primary: 'auc',
      champion: { version: 1, trainedAt: 0, rows: trained, metrics: [] },
      profile,
      counts: countOn(own, start, end),
      drift: limits.multivariate ? together(own, start, end) : {},
      performance: { none: '' },
      manual: undefined,
    })
    if (end <= ALIVE) {
      checks++
      if (result.status === 'fired') before++
      continue
    }
    const drifted = result.evidence.filter((column) => column.drifted)
    for (const { column } of drifted) if (!first.has(column)) first.set(column, end)
    const news = drifted.map((column) => column.column)
    if (result.status === 'fired') fired ??= { row: end, by: news.join(', ') }
    if (fired && ['vicprice', 'vicdemand', 'transfer'].every((name) => first.has(name))) break
  }
  const after = (row: number | undefined): string => (row === undefined ? 'not in 60 days' : `${row} (+${row - ALIVE})`)
  console.log(
    `| ${one.name} | ${before} of ${checks} | ${['vicprice', 'vicdemand', 'transfer'].map((name) => after(first.get(name))).join(' | ')} | ${after(fired?.row)} | ${fired?.by ?? ''} |`,
  )
}

function describe(from: number, to: number, together: boolean): Profile {
  const rows = range(from, to)
  const profile = buildProfile(table, rows, columns)
  const structure = together ? fitStructure(table, rows, profile, createRandom(1)) : undefined
  return structure ? { ...profile, structure } : profile
}

function together(profile: Profile, start: number, end: number): DriftObservation {
  const { structure } = profile
  const errors = structure && createStructureCounter(structure)
  errors?.add(table, range(start, end))
  const shown = structureColumns(profile)
  const old = Uint32Array.from({ length: 2000 }, (_, i) => Math.floor((i * trained) / 2000))
  const found = separate(
    encodeStructure(shown, table, old),
    encodeStructure(shown, table, range(start, end)),
    shown.length,
    createRandom(1),
  )
  return {
    ...(structure && errors && { structure: { profile: structure.error, counts: errors.result() } }),
    ...(found && {
      classifier: {
        ...found,
        rows: end - start,
        telling: found.columns.slice(0, 2).map(({ column }) => shown[column]?.name ?? ''),
      },
    }),
  }
}
