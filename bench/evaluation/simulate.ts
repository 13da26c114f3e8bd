import { createRandom, type Random } from '../../src/core/random.ts'
import type { Task } from '../../src/core/task.ts'
import type { Column, Table } from '../../src/data/table.ts'
import type { Dependence } from '../../src/evaluation/sample.ts'
import type { Labels, Predictions } from '../../src/training/types.ts'

/** Held-out rows with labels and what two models and a baseline say about them, and a model to ask about changed rows. */
export interface Simulated {
  readonly table: Table
  readonly labels: Labels
  readonly candidate: Predictions
  readonly champion: Predictions
  readonly baseline: Predictions
  readonly dependence: Dependence | undefined
  readonly predict: (table: Table) => Predictions
}

export interface Shape {
  readonly task: Task
  readonly rows: number
  /** Which rows belong together: none, four of each id, or neighbours in time. */
  readonly of: 'rows' | 'ids' | 'time'
}

/** Rows that share an id, or something of an hour. */
const TOGETHER = 4
export const SEGMENTS = ['segment-1', 'segment-2', 'segment-3', 'segment-4'] as const
export const PROTECTED = ['sex', 'region'] as const
const NUMBERS = ['age', 'amount'] as const

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** Repeatable: by the seed 1, and no row is an object. */
export function simulate({ task, rows, of }: Shape): Simulated {
  const random = createRandom(1)
  const table: Table = {
    rows,
    columns: [
      category('sex', rows, 2, random),
      category('region', rows, 4, random),
      ...SEGMENTS.map((name) => category(name, rows, 5, random)),
      ...NUMBERS.map((name) => numbers(name, rows, random)),
    ],
  }
  const truth = new Float64Array(rows)
  let shared = 0
  for (let i = 0; i < rows; i++) {
    if (of !== 'rows' && i % TOGETHER === 0) shared = random.normal()
    truth[i] = (of === 'rows' ? 2 * random.normal() : 1.6 * shared + 1.2 * random.normal()) - 1.5
  }
  const classes = task === 'binary' ? ['no', 'yes'] : task === 'multiclass' ? ['low', 'middle', 'high'] : []
  const width = task === 'multiclass' ? classes.length : 1
  const values = truth.map((z) => {
    if (task === 'regression') return 100 + 20 * z + 10 * random.normal()
    if (task === 'binary') return random.next() < sigmoid(z) ? 1 : 0
    const u = random.next()
    return u < sigmoid(-1 - z) ? 0 : u < sigmoid(1 - z) ? 1 : 2
  })
  const predictions = (scores: Float64Array): Predictions => ({ task, rows: scores.length / width, classes, scores })
  // What a network says is a 32-bit float.
  const write = (scores: Float64Array, row: number, z: number): void => {
    if (task === 'regression') scores[row] = Math.fround(100 + 20 * z)
    else if (task === 'binary') scores[row] = Math.fround(sigmoid(z))
    else {
      const [low, middle] = [sigmoid(-1 - z), sigmoid(1 - z)]
      scores[row * 3] = Math.fround(low)
      scores[row * 3 + 1] = Math.fround(middle - low)
      scores[row * 3 + 2] = Math.fround(1 - middle)
    }
  }
  // The truth is handed over, not captured: what a closure here sees lives as long as `predict` does.
  const scored = (z: Float64Array, noise: number): Predictions => {
    const scores = new Float64Array(rows * width)
    for (let i = 0; i < rows; i++) write(scores, i, (z[i] as number) + noise * random.normal())
    return predictions(scores)
  }
  const constant = new Float64Array(rows * width)
  for (let i = 0; i < rows; i++) write(constant, i, -1.5)
  return {
    table,
    labels: { task, classes, values },
    candidate: scored(truth, 0.3),
    champion: scored(truth, 0.6),
    baseline: predictions(constant),
    dependence: dependenceOf(of, rows),
    predict(asked) {
      const scores = new Float64Array(asked.rows * width)
      const z = new Float64Array(asked.rows).fill(-2)
      for (const column of asked.columns) {
        for (let i = 0; i < z.length; i++) {
          const step =
            column.kind === 'category' ? 0.3 * (column.codes[i] as number) : (column.values[i] as number) / 100
          z[i] = (z[i] as number) + (Number.isNaN(step) ? 0 : step)
        }
      }
      z.forEach((one, i) => write(scores, i, one))
      return predictions(scores)
    },
  }
}

function dependenceOf(of: Shape['of'], rows: number): Dependence | undefined {
  if (of === 'rows') return undefined
  if (of === 'time') return { times: Float64Array.from({ length: rows }, (_, row) => row * 60_000) }
  return { clusters: Uint32Array.from({ length: rows }, (_, row) => Math.floor(row / TOGETHER)) }
}

function category(name: string, rows: number, values: number, random: Random): Column {
  const codes = new Int32Array(rows)
  for (let i = 0; i < rows; i++) codes[i] = random.below(values)
  return { kind: 'category', name, codes, dictionary: ['a', 'b', 'c', 'd', 'e'].slice(0, values) }
}

function numbers(name: string, rows: number, random: Random): Column {
  const values = new Float64Array(rows)
  for (let i = 0; i < rows; i++) values[i] = 20 + 60 * random.next()
  return { kind: 'number', name, values, integer: false }
}
