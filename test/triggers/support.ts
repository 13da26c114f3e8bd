import { createRandom, type Random } from '../../src/core/random.ts'
import { buildProfile } from '../../src/data/profile.ts'
import { createCounter } from '../../src/data/profile-count.ts'
import type { Column, Table } from '../../src/data/table.ts'
import type { CategoryProfile, ColumnCounts, NumberProfile, Profile, ProfileCounts } from '../../src/data/types.ts'
import type { DriftTriggerConfig, TriggersConfig } from '../../src/config/schema.ts'
import { driftTrigger } from '../../src/config/schema/triggers.ts'
import type { TriggerInput } from '../../src/triggers/index.ts'

export const DAY = 86_400_000
export const NOW = Date.UTC(2026, 4, 10, 12)

/** Every default, but for the share of the rows trained on. */
export const drift: DriftTriggerConfig = driftTrigger.parse({ 'min-share': 0 })

export const config: TriggersConfig = {
  when: 'any',
  cooldown: { retraining: 0, rejection: 0 },
  schedule: undefined,
  performance: { drop: 0.05, 'min-rows': 200, 'max-rows': 20_000, detector: 'none', challenger: { gain: 0.025 } },
  drift,
  volume: { share: 0.5, count: 'labelled' },
  manual: {},
}

export const number = (name: string, values: ArrayLike<number>): Column => ({
  kind: 'number',
  name,
  values: Float64Array.from(values),
  integer: false,
})

export function category(name: string, values: readonly (string | null)[]): Column {
  const dictionary = [...new Set(values.filter((value) => value !== null))]
  const codes = Int32Array.from(values, (value) => (value === null ? -1 : dictionary.indexOf(value)))
  return { kind: 'category', name, dictionary, codes }
}

export function table(...columns: Column[]): Table {
  const [first] = columns
  return {
    rows: first === undefined ? 0 : first.kind === 'category' ? first.codes.length : first.values.length,
    columns,
  }
}

export const profileOf = (data: Table): Profile =>
  buildProfile(
    data,
    undefined,
    data.columns.map((column) => column.name),
  )

export function countOn(profile: Profile, data: Table, label?: string): ProfileCounts {
  const counter = createCounter(profile, { label })
  counter.add(data)
  return counter.result()
}

/** Customers of a business: two numbers with ties and gaps, one without, a missing share, two categories. */
export function customers(n: number, seed: number, change: (random: Random) => Partial<Customer> = () => ({})): Table {
  const random = createRandom(seed)
  const rows = Array.from({ length: n }, (): Customer => {
    const plan = random.next()
    return {
      tenure: random.below(60),
      spend: Math.exp(3 + 0.5 * random.normal()),
      usage: random.next() < 0.1 ? Number.NaN : 50 + 10 * random.normal(),
      balance: random.next() < 0.6 ? 0 : random.next() * 100,
      plan: plan < 0.6 ? 'basic' : plan < 0.9 ? 'plus' : 'pro',
      region: `region ${Math.floor(30 * random.next() ** 2)}`,
      ...change(random),
    }
  })
  return table(
    number(
      'tenure',
      rows.map((row) => row.tenure),
    ),
    number(
      'spend',
      rows.map((row) => row.spend),
    ),
    number(
      'usage',
      rows.map((row) => row.usage),
    ),
    number(
      'balance',
      rows.map((row) => row.balance),
    ),
    category(
      'plan',
      rows.map((row) => row.plan),
    ),
    category(
      'region',
      rows.map((row) => row.region),
    ),
  )
}
interface Customer {
  readonly tenure: number
  readonly spend: number
  readonly usage: number
  readonly balance: number
  readonly plan: string | null
  readonly region: string
}

export function input(changes: Partial<TriggerInput> = {}): TriggerInput {
  const reference = customers(3000, 1)
  const profile = profileOf(reference)
  return {
    now: NOW,
    config,
    primary: 'auc',
    champion: { version: 3, trainedAt: NOW - 3 * DAY, rows: 3000, metrics: [{ metric: 'auc', value: 0.871 }] },
    profile,
    counts: countOn(profile, customers(1000, 2)),
    performance: { metric: 'auc', value: 0.868, n: 1000, rowsAvailable: 1000 },
    manual: undefined,
    ...changes,
  }
}

/** A column of categories as a version saved it: 100 rows unless said otherwise. */
export const saved = (counts: Record<string, number>, more: Partial<CategoryProfile> = {}): CategoryProfile => ({
  kind: 'category',
  name: 'plan',
  rows: 100,
  missing: 0,
  categories: Object.keys(counts),
  counts: Object.values(counts),
  other: 0,
  distinct: Object.keys(counts).length,
  ...more,
})
export const savedNumber = (more: Partial<NumberProfile> = {}): NumberProfile => ({
  kind: 'number',
  name: 'x',
  rows: 100,
  missing: 0,
  min: 0,
  max: 30,
  mean: 15,
  sd: 8,
  edges: [0, 10, 20, 30],
  counts: [0, 40, 30, 30, 0],
  ...more,
})
export const seen = (counts: readonly number[], more: Partial<ColumnCounts> = {}): ColumnCounts => ({
  name: 'plan',
  rows: counts.reduce((sum, rows) => sum + rows, 0) + (more.missing ?? 0) + (more.unseen ?? 0),
  missing: 0,
  counts: Float64Array.from(counts),
  unseen: 0,
  unseenExamples: [],
  mean: Number.NaN,
  ...more,
})
