import type { Random } from '../../src/core/random.ts'
import type { Table } from '../../src/data/table.ts'
import { createSample, type Sample } from '../../src/evaluation/sample.ts'

/** People in groups, what is true of them, and what two models say. */
export interface World {
  readonly name: string
  readonly attributes: readonly string[]
  draw(rows: number, random: Random): Drawn
  /** The world itself: every row that there may be, weighted by how likely it is. */
  all(): Drawn
}

export interface Drawn {
  readonly table: Table
  readonly candidate: Sample
  readonly champion: Sample
}

export interface GroupOptions {
  readonly name: string
  readonly task: 'binary' | 'multiclass' | 'regression'
  /** Share of each group; four groups are an intersection of two attributes. */
  readonly shares: readonly number[]
  /** Whether the groups differ in truth and in how well they are predicted. */
  readonly apart: boolean
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const CLASSES = ['a', 'b', 'c']
const softmax = (x: number): number[] => {
  const odds = [0.6, 0.3 + 0.8 * x, -0.4 - 0.8 * x].map(Math.exp)
  const total = odds.reduce((sum, one) => sum + one, 0)
  return odds.map((one) => one / total)
}
/** What each model sees of a row is off by so much. */
const ERRORS = { candidate: 0.6, champion: 1 }
/** Values of the normal variables of a row in the world itself: of what is true, of a model's error, of a number's noise. */
const NODES = { truth: 300, error: 214, noise: 30 }
const REACH = 5.5

interface Row {
  readonly group: number
  readonly z: number
  readonly label: number
  /** The error of a model is this, in units of its size. */
  readonly errors: { readonly candidate: number; readonly champion: number }
  readonly weight?: number
}

export function groupWorld({ name, task, shares, apart }: GroupOptions): World {
  const two = shares.length > 2
  const effect = (g: number): number => (apart ? (g % 2) * 0.6 + (g >> 1) * 0.4 : 0)
  const chances = (z: number): number[] => (task === 'binary' ? [1 - sigmoid(1.5 * z), sigmoid(1.5 * z)] : softmax(z))
  const scores = (seen: number): number[] =>
    task === 'binary' ? [sigmoid(1.5 * seen)] : task === 'regression' ? [50 + 10 * seen] : softmax(seen)
  const number = (z: number, noise: number): number => 50 + 10 * z + 5 * noise
  const drawn = (rows: readonly Row[], weighted: boolean): Drawn => {
    const column = (column: string, of: (g: number) => number, dictionary: string[]) =>
      ({ kind: 'category', name: column, codes: Int32Array.from(rows, (row) => of(row.group)), dictionary }) as const
    const classes = task === 'binary' ? ['no', 'yes'] : task === 'multiclass' ? CLASSES : []
    const labels = { task, classes, values: Float64Array.from(rows, (row) => row.label) }
    const options = weighted ? { weights: Float64Array.from(rows, (row) => row.weight ?? 1) } : {}
    const width = task === 'multiclass' ? CLASSES.length : 1
    const sampleOf = (model: 'candidate' | 'champion'): Sample => {
      const all = new Float64Array(rows.length * width)
      rows.forEach(({ group, z, errors }, i) => {
        all.set(scores(z + ERRORS[model] * errors[model] * (1 + 0.5 * effect(group))), i * width)
      })
      return createSample(labels, { task, classes, rows: rows.length, scores: all }, options)
    }
    const columns = [column('sex', (g) => g % 2, ['f', 'm']), column('age', (g) => g >> 1, ['old', 'young'])]
    return { table: { rows: rows.length, columns }, candidate: sampleOf('candidate'), champion: sampleOf('champion') }
  }
  return {
    name,
    attributes: two ? ['sex × age'] : ['sex'],
    draw(count, random) {
      const rows = Array.from({ length: count }, (): Row => {
        const group = pick(shares, random.next())
        const z = random.normal() + effect(group)
        const shared = random.normal()
        const error = (): number => 0.8 * shared + 0.6 * random.normal()
        const label = task === 'regression' ? number(z, random.normal()) : pick(chances(z), random.next())
        return { group, z, label, errors: { candidate: error(), champion: error() } }
      })
      return drawn(rows, false)
    },
    all() {
      const coarse = task === 'regression' ? 2.5 : 1
      const truths = grid(Math.round(NODES.truth / coarse))
      const errors = grid(Math.round(NODES.error / coarse))
      const noises = grid(NODES.noise)
      const rows = shares.flatMap((share, group) =>
        truths.flatMap((truth) => {
          const z = truth.x + effect(group)
          const outcomes =
            task === 'regression'
              ? noises.map(({ x, weight }) => ({ label: number(z, x), weight }))
              : chances(z).map((weight, label) => ({ label, weight }))
          // Groups are compared by what each model does alone: both may err alike here.
          return errors.flatMap((error) =>
            outcomes.map(({ label, weight }): Row => {
              const own = { candidate: error.x, champion: error.x }
              return { group, z, label, errors: own, weight: share * truth.weight * error.weight * weight }
            }),
          )
        }),
      )
      return drawn(rows, true)
    },
  }
}

/** Equally spaced values of a standard normal variable, none of them 0, and their weights, which add up to 1. */
function grid(nodes: number): readonly { readonly x: number; readonly weight: number }[] {
  const step = (2 * REACH) / nodes
  const raw = Array.from({ length: nodes }, (_, i) => (i + 0.5) * step - REACH)
  const total = raw.reduce((sum, x) => sum + Math.exp((-x * x) / 2), 0)
  return raw.map((x) => ({ x, weight: Math.exp((-x * x) / 2) / total }))
}

function pick(shares: readonly number[], at: number): number {
  let below = 0
  for (let c = 0; c < shares.length; c++) {
    below += shares[c] as number
    if (at < below) return c
  }
  return shares.length - 1
}
