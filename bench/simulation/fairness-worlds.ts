import type { Random } from '../../src/core/random.ts'
import type { Table } from '../../src/data/table.ts'
import { createSample, type Sample } from '../../src/evaluation/sample.ts'

/** People in groups, what is true of them, and what two models say. */
export interface World {
  readonly name: string
  readonly attributes: readonly string[]
  draw(rows: number, random: Random): { readonly table: Table; readonly candidate: Sample; readonly champion: Sample }
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

export function groupWorld({ name, task, shares, apart }: GroupOptions): World {
  const two = shares.length > 2
  const effect = (g: number): number => (apart ? (g % 2) * 0.6 + (g >> 1) * 0.4 : 0)
  return {
    name,
    attributes: two ? ['sex × age'] : ['sex'],
    draw(rows, random) {
      const group = Int32Array.from({ length: rows }, () => pick(shares, random.next()))
      const codes = (of: (g: number) => number): Int32Array => group.map(of)
      const column = (column: string, values: Int32Array, dictionary: string[]) =>
        ({ kind: 'category', name: column, codes: values, dictionary }) as const
      const table: Table = {
        rows,
        columns: [
          column(
            'sex',
            codes((g) => g % 2),
            ['f', 'm'],
          ),
          column(
            'age',
            codes((g) => g >> 1),
            ['old', 'young'],
          ),
        ],
      }
      const z = Float64Array.from(group, (g) => random.normal() + effect(g))
      const shared = Float64Array.from(group, () => random.normal())
      const noise = (i: number, size: number): number =>
        size * (0.8 * (shared[i] as number) + 0.6 * random.normal()) * (1 + 0.5 * effect(group[i] as number))
      const pair = (labels: Float64Array, classes: readonly string[], score: (i: number, size: number) => number[]) => {
        const width = task === 'multiclass' ? classes.length : 1
        const sampleOf = (size: number): Sample => {
          const scores = new Float64Array(rows * width)
          for (let i = 0; i < rows; i++) scores.set(score(i, size), i * width)
          return createSample({ task, classes, values: labels }, { task, classes, rows, scores })
        }
        return { table, candidate: sampleOf(0.6), champion: sampleOf(1) }
      }
      if (task === 'binary') {
        const labels = z.map((x) => (random.next() < sigmoid(1.5 * x) ? 1 : 0))
        return pair(labels, ['no', 'yes'], (i, size) => [sigmoid(1.5 * ((z[i] as number) + noise(i, size)))])
      }
      if (task === 'regression') {
        const labels = z.map((x) => 50 + 10 * x + 5 * random.normal())
        return pair(labels, [], (i, size) => [50 + 10 * ((z[i] as number) + noise(i, size))])
      }
      const softmax = (x: number): number[] => {
        const odds = [0.6, 0.3 + 0.8 * x, -0.4 - 0.8 * x].map(Math.exp)
        const total = odds.reduce((sum, one) => sum + one, 0)
        return odds.map((one) => one / total)
      }
      const labels = z.map((x) => pick(softmax(x), random.next()))
      return pair(labels, CLASSES, (i, size) => softmax((z[i] as number) + noise(i, size)))
    },
  }
}

function pick(shares: readonly number[], at: number): number {
  let below = 0
  for (let c = 0; c < shares.length; c++) {
    below += shares[c] as number
    if (at < below) return c
  }
  return shares.length - 1
}
