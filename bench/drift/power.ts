import { createRandom, type Random } from '../../src/core/random.ts'
import { buildProfile } from '../../src/data/profile.ts'
import { createCounter } from '../../src/data/profile-count.ts'
import { createStructureCounter, encodeStructure, fitStructure, structureColumns } from '../../src/data/structure.ts'
import type { Column, Table } from '../../src/data/table.ts'
import type { ColumnCounts, Profile } from '../../src/data/types.ts'
import { separate } from '../../src/stats/domain-classifier.ts'
import type { DriftObservation } from '../../src/triggers/index.ts'
import { CHANGES, drawTable } from './changes.ts'
import { columnDrifts, setDrifts } from './evidently.ts'
import { table, type Row } from './page.ts'
import { answerOf, ask, configure, DEFAULT, note, share, tally, type Answer, type Tally } from './rule.ts'

/** Rows of either side, runs, and those of them in which columns are also looked at together, which takes longest. */
const SIZES = [
  { n: 200, runs: 1200, together: 80 },
  { n: 1000, runs: 400, together: 40 },
  { n: 10_000, runs: 120, together: 40 },
  { n: 100_000, runs: 40, together: 20 },
] as const
const CLASSIFIED = 2000
const TOGETHER = configure({ multivariate: true })

const RULES = [
  'Refit: default rule fires',
  'Refit: `max-share: 0` fires',
  'Refit: `multivariate: true` fires',
  '– by the components alone',
  '– by the classifier alone',
  'Evidently: data set drifts',
  'Evidently: any column drifts',
  'any column with p < 0.05',
  'any column with PSI > 0.2',
] as const
type Rule = (typeof RULES)[number]

/** Of 20 columns none, one or five changed: how often each rule raises an alarm. */
export function power(most: number): string {
  const rows: Row[] = []
  for (const size of SIZES) {
    const runs = scaled(size.runs, most)
    const together = scaled(size.together, most)
    const found = new Map<string, Tally>()
    const hit = (rule: Rule, at: string, alarm: boolean): void => {
      const key = `${rule} ${at}`
      const one = found.get(key) ?? tally()
      found.set(key, one)
      note(one, alarm)
    }
    for (let run = 0; run < runs; run++) simulate(size.n, createRandom(size.n + run * 7919), run < together, hit)
    for (const drifted of [1, 5]) {
      for (const rule of RULES) {
        const cell = (at: string): string => share(found.get(`${rule} ${at}`) ?? tally())
        rows.push([
          size.n.toLocaleString('en'),
          drifted,
          rule,
          cell('nothing'),
          ...CHANGES.map(({ title }) => cell(`${title} ${drifted}`)),
        ])
      }
    }
  }
  return [
    '## Something changed: how often each rule raises an alarm',
    `20 columns: ten normal ones in pairs with a correlation of 0.8, five with heavy tails (log-normal, Cauchy), five of three categories (50, 30, 20 %). As many new rows as reference rows; ${SIZES.map(({ n, runs, together }) => `${scaled(runs, most)} runs at ${n.toLocaleString('en')} rows (${scaled(together, most)} of them also \`multivariate\`)`).join(', ')}. “Nothing” is the rate of false alarms. “Evidently” is its default rule (0.7.23): per column KS, χ² of fit or z at p < 0.05 up to 1,000 reference rows, Wasserstein/σ or Jensen–Shannon ≥ 0.1 beyond; the data set drifts when half of the columns do. \`multivariate\` was asked about nothing and the correlations, which no column shows on its own.`,
    table(['rows', 'changed', 'rule', 'nothing', ...CHANGES.map(({ title }) => title)], rows),
  ].join('\n\n')
}

/** The sizes’ own numbers are those of `--runs 2000`. */
const scaled = (runs: number, most: number): number => Math.max(1, Math.round((runs * most) / 2000))

type Hit = (rule: Rule, at: string, alarm: boolean) => void

function simulate(n: number, random: Random, together: boolean, hit: Hit): void {
  const before = drawTable(n, random)
  const now = drawTable(n, random)
  const profile = buildProfile(before, undefined, names(before))
  const plain = { profile, counts: now.columns.map((column, i) => countOne(profile, i, column)) }
  const peers = now.columns.map((column, i) => columnDrifts(before.columns[i] as Column, column))
  const judge = (at: string, counts: readonly ColumnCounts[], drifted: readonly boolean[]): void => {
    const all = { rows: n, labelled: n, columns: counts, vanished: [], added: [] }
    record(hit, at, answerOf(ask(profile, all, DEFAULT)), drifted)
  }
  judge('nothing', plain.counts, peers)
  const look = together ? observer(before, profile, random) : undefined
  const joint = (at: string, counts: readonly ColumnCounts[], shown: Table): void => {
    if (look === undefined) return
    const all = { rows: n, labelled: n, columns: counts, vanished: [], added: [] }
    const answer = answerOf(ask(look.profile, all, TOGETHER, look.observe(shown)))
    hit('Refit: `multivariate: true` fires', at, answer.fires || answer.parts.length > 0)
    hit('– by the components alone', at, answer.parts.includes('structure'))
    hit('– by the classifier alone', at, answer.parts.includes('classifier'))
  }
  joint('nothing', plain.counts, now)
  for (const change of CHANGES) {
    const columns = [...now.columns]
    const counts = [...plain.counts]
    const drifted = [...peers]
    change.columns.forEach((index, i) => {
      const column = change.draw(index, n, random, now.columns[Math.max(0, index - 1)] as Column)
      columns[index] = column
      counts[index] = countOne(profile, index, column)
      drifted[index] = columnDrifts(before.columns[index] as Column, column)
      if (i !== 0 && i !== 4) return
      const at = `${change.title} ${i + 1}`
      judge(at, counts, drifted)
      if (change.together) joint(at, counts, { rows: n, columns })
    })
  }
}

function record(hit: Hit, at: string, own: Answer, peers: readonly boolean[]): void {
  const drifted = peers.filter(Boolean).length
  hit('Refit: default rule fires', at, own.fires)
  hit('Refit: `max-share: 0` fires', at, own.drifted.length > 0)
  hit('Evidently: data set drifts', at, setDrifts(drifted, peers.length))
  hit('Evidently: any column drifts', at, drifted > 0)
  hit('any column with p < 0.05', at, own.significant.length > 0)
  hit('any column with PSI > 0.2', at, own.large.length > 0)
}

const names = (shown: Table): string[] => shown.columns.map(({ name }) => name)

function countOne(profile: Profile, index: number, column: Column): ColumnCounts {
  const counter = createCounter({ ...profile, columns: profile.columns.slice(index, index + 1) })
  counter.add({ rows: column.kind === 'category' ? column.codes.length : column.values.length, columns: [column] })
  return counter.result().columns[0] as ColumnCounts
}

/** As observe-drift-parts.ts looks at rows: all for the components, up to 2,000 of either side for the classifier. */
function observer(before: Table, described: Profile, random: Random) {
  const all = Uint32Array.from({ length: before.rows }, (_, i) => i)
  const structure = fitStructure(before, all, described, random)
  const profile: Profile = { ...described, structure }
  const columns = structureColumns(profile)
  const old = encodeStructure(columns, before, all.subarray(0, CLASSIFIED))
  return {
    profile,
    observe(now: Table): DriftObservation {
      const errors = structure && createStructureCounter(structure)
      errors?.add(now)
      const rows = Math.min(CLASSIFIED, before.rows)
      const found = separate(old, encodeStructure(columns, now, all.subarray(0, CLASSIFIED)), columns.length, random)
      return {
        ...(structure && errors && { structure: { profile: structure.error, counts: errors.result() } }),
        ...(found && { classifier: { ...found, rows, telling: [] } }),
      }
    },
  }
}
