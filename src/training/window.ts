import type { Task } from '../core/task.ts'
import { boundary } from '../data/time-order.ts'
import type { FeatureMatrix } from '../features/types.ts'
import { addRows, ridgeSums, solveRidge, type RidgeSums, type RidgeWeights } from '../stats/ridge.ts'
import { studentQuantile } from '../stats/special.ts'

export interface WindowInput {
  readonly task: Task
  /** Features of the rows, oldest row first; the held-out rows are not among them. */
  readonly matrix: FeatureMatrix
  /** Class codes, or values. */
  readonly labels: Float64Array
  readonly classes: number
  readonly weights?: ArrayLike<number> | undefined
  /** Epoch milliseconds. */
  readonly times: Float64Array
}

/** One window that was tried against all rows; both learned from the rows before the same tested ones. */
export interface TriedWindow {
  /** Rows from its start to the newest. */
  readonly rows: number
  /** Its first row. */
  readonly start: number
  /** Rows that both were tested on: the newer half of the window. */
  readonly tested: number
  /** Mean squared error on them (of classes: the Brier score), learned from the older half of the window … */
  readonly loss: number
  /** … and from all rows before them. */
  readonly all: number
  /** Whether it is better by more than chance and by enough to matter. */
  readonly better: boolean
}

export interface ChosenWindow {
  /** Undefined: all rows. */
  readonly chosen: TriedWindow | undefined
  readonly tried: readonly TriedWindow[]
}

/** A window has at least so many rows, and so many for each column. */
const FEWEST_ROWS = 300
const ROWS_A_COLUMN = 10
/** Each is so much shorter than the one before. */
const STEP = Math.SQRT2
/** The tested rows in so many stretches of time; their differences are what chance is judged by. */
const STRETCHES = 10
const ALPHA = 0.05
/** A window that saves less of the error is not worth the rows it leaves out. */
const LEAST_GAIN = 0.01
/** Columns that the probe sees: those that tell most, in all rows or in the newest quarter. */
const COLUMNS = 48
const NEWEST = 0.25
const RIDGE = 5

/**
 * Which of the newest rows to train on? As long as nothing has changed all of them are best; after a change the old ones
 * outvote the new. A cheap probe (ridge regression) learns from the older half of a window, and another one from all rows
 * before the same place; both predict the newer half, so a window has to hold for as long as it has been learned from.
 * A window is taken only where the probe is better beyond chance (Student's t over ten stretches of the tested rows,
 * Bonferroni over the windows), and of several such the one that is best on the newest rows that all were tested on.
 *
 * The windows are n/√2, n/2, …; after Klinkenberg (2004), “Learning drifting concepts: example selection vs. example
 * weighting”, with the test turned into a guard for all of history.
 */
export function chooseWindow(input: WindowInput): ChosenWindow {
  const { times } = input
  const n = input.matrix.rows
  const probe = createProbe(input)
  const least = Math.max(FEWEST_ROWS, ROWS_A_COLUMN * probe.columns)
  const timeAt = (i: number): number => times[i] as number
  const windows: { start: number; middle: number }[] = []
  for (let rows = n / STEP; rows >= least; rows /= STEP) {
    const start = boundary(timeAt, Math.round(n - rows), 1, n - 2)
    const middle = start === undefined ? undefined : boundary(timeAt, (start + n) >> 1, start + 1, n - 1)
    if (start === undefined || middle === undefined || n - middle < STRETCHES) break
    if (start !== windows.at(-1)?.start) windows.push({ start, middle })
  }
  if (windows.length === 0) return { chosen: undefined, tried: [] }
  const losses = probe.losses(windows)
  const limit = studentQuantile(1 - ALPHA / windows.length, STRETCHES - 1)
  const tried = windows.map(({ start, middle }, i): TriedWindow => {
    const { own, all } = losses[i] as Losses
    const [loss, whole] = [mean(own, 0), mean(all, 0)]
    const better = whole - loss > LEAST_GAIN * whole && beyondChance(own, all, limit)
    return { rows: n - start, start, tested: n - middle, loss, all: whole, better }
  })
  const shortest = tried.findLast(({ better }) => better)
  if (shortest === undefined) return { chosen: undefined, tried }
  const newest = (i: number): number => {
    const { own } = losses[i] as Losses
    return mean(own, own.length - shortest.tested)
  }
  let best: number | undefined
  for (const [i, { better }] of tried.entries()) {
    if (better && (best === undefined || newest(i) < newest(best))) best = i
  }
  return { chosen: tried[best as number], tried }
}

interface Losses {
  /** By tested row. */
  readonly own: Float64Array
  readonly all: Float64Array
}

const mean = (values: Float64Array, from: number): number =>
  values.subarray(from).reduce((sum, value) => sum + value, 0) / (values.length - from)

function beyondChance(own: Float64Array, all: Float64Array, limit: number): boolean {
  const gains = Array.from({ length: STRETCHES }, (_, s) => {
    const [from, to] = [s, s + 1].map((end) => Math.round((end * own.length) / STRETCHES)) as [number, number]
    let sum = 0
    for (let i = from; i < to; i++) sum += (all[i] as number) - (own[i] as number)
    return sum / (to - from)
  })
  const average = gains.reduce((sum, gain) => sum + gain, 0) / STRETCHES
  const variance = gains.reduce((sum, gain) => sum + (gain - average) ** 2, 0) / (STRETCHES - 1)
  return average > limit * Math.sqrt(variance / STRETCHES)
}

function createProbe(input: WindowInput) {
  const { task, matrix, weights } = input
  const targets = targetsOf(input)
  const { table, columns } = standardised(matrix, targets)
  const n = matrix.rows
  const shares = task !== 'regression'
  const lossOf = (row: number, learned: readonly RidgeWeights[]): number => {
    let loss = 0
    for (const [k, own] of learned.entries()) {
      let value = own[columns] as number
      for (let j = 0; j < columns; j++) value += (own[j] as number) * (table[row * columns + j] as number)
      if (shares) value = Math.min(1, Math.max(0, value))
      loss += ((targets[k]?.[row] as number) - value) ** 2
    }
    return (weights?.[row] ?? 1) * loss
  }
  return {
    columns,
    /** One pass over the rows, whatever the number of windows. */
    losses(windows: readonly { readonly start: number; readonly middle: number }[]): readonly Losses[] {
      const ends = [...new Set(windows.flatMap(({ start, middle }) => [start, middle]))].sort((a, b) => a - b)
      const sums = ridgeSums(columns, targets.length)
      const until = new Map<number, RidgeSums>()
      let from = 0
      for (const to of ends) {
        addRows(sums, table, targets, { from, to, weights })
        until.set(to, { gram: sums.gram.slice(), sides: sums.sides.map((side) => side.slice()) })
        from = to
      }
      return windows.map(({ start, middle }) => {
        const before = until.get(middle) as RidgeSums
        const own = solveRidge(before, until.get(start), RIDGE)
        const all = solveRidge(before, undefined, RIDGE)
        const tested = (learned: readonly RidgeWeights[]): Float64Array =>
          Float64Array.from({ length: n - middle }, (_, i) => lossOf(middle + i, learned))
        return { own: tested(own), all: tested(all) }
      })
    },
  }
}

/** One target a class (of two classes: one), or the value in its own standard deviations. */
function targetsOf({ task, labels, classes }: WindowInput): readonly Float64Array[] {
  if (task === 'binary') return [labels]
  if (task === 'multiclass') return Array.from({ length: classes }, (_, k) => labels.map((code) => Number(code === k)))
  const average = mean(labels, 0)
  const sd = Math.sqrt(labels.reduce((sum, value) => sum + (value - average) ** 2, 0) / labels.length)
  return [labels.map((value) => (sd > 0 ? (value - average) / sd : 0))]
}

/** The columns that tell most, standardised, row-major. */
function standardised({ rows, width, values }: FeatureMatrix, targets: readonly Float64Array[]) {
  const told = new Float64Array(width)
  const spread = { means: new Float64Array(width), sds: new Float64Array(width) }
  for (const from of [Math.floor((1 - NEWEST) * rows), 0]) {
    const means = new Float64Array(width)
    const squares = new Float64Array(width)
    const products = targets.map(() => new Float64Array(width))
    const n = rows - from
    const centres = targets.map((target) => mean(target, from))
    for (let row = from; row < rows; row++) {
      for (let j = 0; j < width; j++) {
        const x = values[row * width + j] as number
        if (x === 0) continue
        means[j] = (means[j] as number) + x / n
        squares[j] = (squares[j] as number) + (x * x) / n
        for (const [k, product] of products.entries()) {
          product[j] = (product[j] as number) + (x * ((targets[k]?.[row] as number) - (centres[k] as number))) / n
        }
      }
    }
    for (let j = 0; j < width; j++) {
      const sd = Math.sqrt(Math.max(0, (squares[j] as number) - (means[j] as number) ** 2))
      const most = sd < 1e-6 ? 0 : Math.max(...products.map((product) => Math.abs(product[j] as number) / sd))
      told[j] = Math.max(told[j] as number, most)
      spread.means[j] = means[j] as number
      spread.sds[j] = sd
    }
  }
  const picked = Array.from({ length: width }, (_, j) => j)
    .filter((j) => (spread.sds[j] as number) >= 1e-6)
    .sort((a, b) => (told[b] as number) - (told[a] as number) || a - b)
    .slice(0, COLUMNS)
  const columns = picked.length
  const table = new Float64Array(rows * columns)
  for (const [c, j] of picked.entries()) {
    const [centre, sd] = [spread.means[j] as number, spread.sds[j] as number]
    for (let row = 0; row < rows; row++) {
      table[row * columns + c] = ((values[row * width + j] as number) - centre) / sd
    }
  }
  return { table, columns }
}
