/**
 * ELEC2: `vicprice`, `vicdemand` and `transfer` are constant until data row 17,424 (counted from 0) and then come alive.
 * At which row does each trigger, each measure of drift and each detector notice, when a check runs every half a day
 * (24 rows)? Writes bench/results/elec2-drift.md.
 *
 *   node_modules/.bin/node bench/elec2-drift.ts [--every 24]
 *
 * Needs the table elec2.csv (../shared/data, or the folder in REFIT_DATA); it is not part of this repository.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { DriftTriggerConfig, TriggersConfig } from '../src/config/schema.ts'
import { driftTrigger } from '../src/config/schema/triggers.ts'
import { createRandom } from '../src/core/random.ts'
import { createCounter } from '../src/data/profile-count.ts'
import { onCounts } from '../src/data/profile-reference.ts'
import { buildProfile } from '../src/data/profile.ts'
import { createStructureCounter, encodeStructure, fitStructure, structureColumns } from '../src/data/structure.ts'
import type { Profile, ProfileCounts } from '../src/data/types.ts'
import { separate } from '../src/stats/domain-classifier.ts'
import { drift } from '../src/triggers/drift.ts'
import { METHODS } from '../src/triggers/drift-scores.ts'
import type { DriftObservation } from '../src/triggers/index.ts'
import { ALIVE, range, readElec2, trainChampion } from './drift/elec2-champion.ts'
import { detected, performed, predicted } from './drift/elec2-model.ts'
import { table as pageTable, writeSection, type Row } from './drift/page.ts'

const PAGE = join(import.meta.dirname, 'results/elec2-drift.md')
const ROWS_A_DAY = 48
const TRAINED = 330 * ROWS_A_DAY
const WEEK = 7 * ROWS_A_DAY
const LAST = ALIVE + 60 * ROWS_A_DAY
const NEWCOMERS = ['vicprice', 'vicdemand', 'transfer']
/** Rows that the champion learned from; those up to `TRAINED` are its holdout. */
const LEARNED = ALIVE - 5000
const { values: options } = parseArgs({ options: { every: { type: 'string', default: '24' } } })
const every = Number(options.every)
const read = await readElec2()
if (read === undefined) process.exit(0)
const table = read
// The date only rises, and would drift in every window.
const columns = table.columns.map((column) => column.name).filter((name) => name !== 'class' && name !== 'date')
const plain = buildProfile(table, range(0, TRAINED), columns, { label: 'class' })
const structure = fitStructure(table, range(0, TRAINED), plain, createRandom(1))
const own: Profile = structure ? { ...plain, structure } : plain
const champion = await trainChampion(table, LEARNED, 'mlp')

function countOn(profile: Profile, from: number, to: number): ProfileCounts {
  const counter = createCounter(profile, { label: 'class' })
  counter.add(table, range(from, to))
  return counter.result()
}

interface Case {
  readonly name: string
  /** First row of the reference of new rows that begin at `start`; undefined: the profile of the first 330 days. */
  readonly reference?: (start: number) => number
  /** First row of the new ones, of a check before row `end`. */
  readonly start: (end: number) => number
  readonly settings: object
}
const weekly = (end: number): number => end - WEEK

interface Found {
  readonly before: string
  readonly columns: ReadonlyMap<string, number>
  readonly fired: { readonly row: number; readonly by: string } | undefined
}

/** Checks of one configuration, from a week after the reference’s end to 60 days after the change. */
function follow({ reference, start, settings }: Case): Found {
  const limits: DriftTriggerConfig = driftTrigger.parse({ 'min-share': 0, ...settings })
  const first = new Map<string, number>()
  let fired: Found['fired']
  let [alarms, checks] = [0, 0]
  for (let end = TRAINED + WEEK; end <= LAST; end += every) {
    const from = start(end)
    const before = reference?.(from)
    const { status, evidence } = drift.evaluate({
      now: 0,
      config: { drift: limits } as unknown as TriggersConfig,
      primary: 'auc',
      champion: { version: 1, trainedAt: 0, rows: TRAINED, metrics: [] },
      profile: before === undefined ? own : onCounts(own, countOn(own, before, from)),
      counts: countOn(own, from, end),
      drift: {
        ...(limits.multivariate && together(from, end)),
        ...(limits.predictions && { predictions: predicted(champion, [LEARNED, TRAINED], [from, end]) }),
      },
      performance: { none: '' },
      manual: undefined,
    })
    if (end <= ALIVE) {
      checks++
      if (status === 'fired') alarms++
      continue
    }
    const drifted = evidence.filter((column) => column.drifted).map(({ column }) => column)
    for (const column of drifted) if (!first.has(column)) first.set(column, end)
    if (status === 'fired') fired ??= { row: end, by: drifted.join(', ') }
    if (fired && NEWCOMERS.every((name) => first.has(name))) break
  }
  return { before: `${alarms} of ${checks}`, columns: first, fired }
}

function together(start: number, end: number): DriftObservation {
  const errors = structure && createStructureCounter(structure)
  errors?.add(table, range(start, end))
  const shown = structureColumns(own)
  const old = Uint32Array.from({ length: 2000 }, (_, i) => Math.floor((i * TRAINED) / 2000))
  const fresh = encodeStructure(shown, table, range(start, end))
  const found = separate(encodeStructure(shown, table, old), fresh, shown.length, createRandom(1))
  return {
    ...(structure && errors && { structure: { profile: structure.error, counts: errors.result() } }),
    ...(found && { classifier: { ...found, rows: end - start, telling: [] } }),
  }
}

const after = (row: number | undefined): string =>
  row === undefined ? 'not in 60 days' : `${row.toLocaleString('en')} (+${row - ALIVE})`
const newcomers = ({ columns: found }: Found): string[] => NEWCOMERS.map((name) => after(found.get(name)))
const triggerRow = (one: Case): Row => {
  const found = follow(one)
  return [one.name, found.before, ...newcomers(found), after(found.fired?.row), found.fired?.by ?? '']
}

const rolling = (start: number): number => start - 30 * ROWS_A_DAY
const only = { columns: NEWCOMERS, 'max-share': 0 }
const triggers: Row[] = [
  { name: 'default: all rows since, against the profile', start: () => TRAINED, settings: {} },
  { name: '`window: 7d`', start: weekly, settings: { window: '7d' } },
  {
    name: '`window: 7d, reference: {rolling: 30d}`',
    reference: rolling,
    start: weekly,
    settings: { window: '7d', reference: { rolling: '30d' } },
  },
  { name: 'the three columns, all rows since', start: () => TRAINED, settings: only },
  { name: 'the three columns, `window: 7d`', start: weekly, settings: { ...only, window: '7d' } },
  {
    name: '`predictions: true, max-share: 1, window: 7d`',
    start: weekly,
    settings: { predictions: true, 'max-share': 1 },
  },
  { name: '`labels: true, max-share: 1, window: 7d`', start: weekly, settings: { labels: true, 'max-share': 1 } },
  {
    name: '`multivariate: true, max-share: 1, window: 7d`',
    start: weekly,
    settings: { multivariate: true, 'max-share': 1 },
  },
].map(triggerRow)
const measures = Object.entries(METHODS)
  .filter(([name, { suits }]) => name !== 'auc' && suits !== 'categories')
  .map(([method, { label, threshold }]): Row => {
    const found = follow({ name: '', start: weekly, settings: { ...only, method, window: '7d' } })
    return [label, threshold, found.before, ...newcomers(found)]
  })
const scored = champion.score(range(LEARNED, LAST))
const performances = [
  ...performed(scored, { learned: LEARNED, trained: TRAINED, alive: ALIVE, last: LAST, week: WEEK, every }),
  ...detected(champion, LEARNED, ALIVE),
].map(({ name, before, row }): Row => [name, before, after(row)])

const text = [
  `“Before” counts the alarms of checks that saw nothing from row ${ALIVE.toLocaleString('en')} on, one every ${every} rows. Prices and demand of New South Wales move with the season, so that a profile of 330 days sees drift all the time; what is asked is when the three newcomers are named. A check every ${every} rows cannot notice before +${every}.`,
  '## Drift triggers',
  pageTable(['`drift:`', 'fires before', ...NEWCOMERS, 'fires first', 'by'], triggers),
  '## Each measure',
  'The week’s rows against the profile of 330 days, each measure at its own threshold and with its test (q < 0.01 over the three columns).',
  pageTable(['measure', 'threshold', 'fires before', ...NEWCOMERS], measures),
  '## The model’s performance',
  `An \`mlp\` of rows 0 … ${LEARNED - 1}; its own evaluation is on rows ${LEARNED} … ${TRAINED - 1}. The detectors see its errors one by one from row ${LEARNED} on.`,
  pageTable(['`performance:`', 'fires before', 'fires first'], performances),
].join('\n\n')
const title = `# ELEC2: when is it noticed that three columns come alive at row ${ALIVE.toLocaleString('en')}?

Written by \`node_modules/.bin/node bench/elec2-drift.ts\`; do not edit.`
writeSection(PAGE, title, ['elec2'], 'elec2', text)
console.log(text)
