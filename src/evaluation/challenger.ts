import type { FeatureMatrix } from '../features/types.ts'
import { lowerBound } from '../stats/confidence-sequence.ts'
import { fitRidge } from '../stats/ridge.ts'

export interface ChallengeInput {
  /** The champion's features of the rows, oldest row first. */
  readonly matrix: FeatureMatrix
  /** What the champion says of each row, and what was true, one array per output: a class's probability and 0 or 1, or values. */
  readonly said: readonly Float64Array[]
  readonly truth: readonly Float64Array[]
  /** Whether they are shares of classes, which stay between 0 and 1. */
  readonly shares: boolean
  /** Epoch milliseconds; undefined where rows have no time. */
  readonly times: Float64Array | undefined
  /** Confidence level of the sequence. */
  readonly level: number
}

export interface Challenge {
  /** Share of the champion's squared error (of classes: the Brier score) that the challenger saves; below 0: it is worse. */
  readonly gain: number
  /** Whether the gain is more than chance at any number of looks. */
  readonly real: boolean
  /** The first row that both were tested on; as many are as it says. */
  readonly from: number
  /** What the challenger says of these rows, one array per output, like `said`. */
  readonly corrected: readonly Float64Array[]
  /** Rows that both were tested on, and batches that they came in. */
  readonly rows: number
  readonly batches: number
}

/** A batch ends after so many rows, but not before a day is over (rows of a day resemble each other) … */
const BATCH_ROWS = 100
const BATCH_MS = 24 * 3_600_000
/** … unless it has so many. */
const LARGEST_BATCH = 1000
/** Fewer tested batches say nothing. */
const FEWEST_BATCHES = 5
/** The challenger learns from the newest rows before a batch, at most so many, by the columns that tell most. */
const LEARNED_ROWS = 2000
const COLUMNS = 16
/** As if so many rows said that the champion needs no correction. */
const RIDGE = 20
const MARGIN = 1e-12
/** Features are standardised: what varies less than this does not, but for the rounding of its sums. */
const LEAST_SD = 1e-4

/**
 * Would retraining help? A cheap challenger finds out without training anything: the champion, corrected by a ridge
 * regression of its errors on the columns that explain them best, learned from the new rows. Batch by batch it is first
 * tested on rows that it has not seen and then learns from them (prequential), and its squared errors are held against
 * the champion's on the same rows. Where the new rows are merely harder the correction has nothing to learn; where what
 * they mean has changed, or the champion was poor from the start, it wins.
 *
 * The batches do not move between two checks, and a confidence sequence over their means holds at every number of them:
 * a check every day does not add up its false alarms.
 *
 * Dawid (1984), “The prequential approach”; Gama, Sebastião & Rodrigues (2013), “On evaluating stream learning algorithms”.
 */
export function challenge(input: ChallengeInput): Challenge | { readonly none: string } {
  const { matrix, said, truth, shares, level } = input
  const ends = batchEnds(matrix.rows, input.times)
  if (ends.length <= FEWEST_BATCHES) {
    return { none: `a challenger needs ${FEWEST_BATCHES + 1} batches of new rows, and there are ${ends.length}` }
  }
  const errors = truth.map((values, k) =>
    values.map((value, row) => value - ((said[k] as Float64Array)[row] as number)),
  )
  const sums = movingSums(matrix, errors)
  const gains: number[] = []
  const [from, to] = [ends[0] as number, ends.at(-1) as number]
  const corrected = said.map(() => new Float64Array(to - from))
  let [before, saved] = [0, 0]
  for (let b = 1; b < ends.length; b++) {
    const [start, end] = [ends[b - 1] as number, ends[b] as number]
    const oldest = Math.max(0, start - LEARNED_ROWS)
    const correct = learn(matrix, errors, sums.move(oldest, start), oldest, start)
    let batch = 0
    for (let row = start; row < end; row++) {
      correct(row).forEach((correction, k) => {
        const error = (errors[k] as Float64Array)[row] as number
        const value = ((said[k] as Float64Array)[row] as number) + correction
        const better = shares ? Math.min(1, Math.max(0, value)) : value
        ;(corrected[k] as Float64Array)[row - from] = better
        const left = ((truth[k] as Float64Array)[row] as number) - better
        before += error ** 2
        batch += error ** 2 - left ** 2
      })
    }
    gains.push(batch / (end - start))
    saved += batch
  }
  return {
    gain: before <= MARGIN ? 0 : saved / before,
    real: lowerBound(gains, 1 - level) > 0,
    from,
    corrected,
    rows: to - from,
    batches: gains.length,
  }
}

function batchEnds(rows: number, times: Float64Array | undefined): readonly number[] {
  const ends: number[] = []
  let start = 0
  for (let row = 1; row <= rows; row++) {
    const n = row - start
    if (n < BATCH_ROWS) continue
    const lasted = times === undefined || row === rows ? Infinity : (times[row] as number) - (times[start] as number)
    if (n < LARGEST_BATCH && lasted < BATCH_MS) continue
    ends.push(row)
    start = row
  }
  return ends
}

/** Sums over a window of rows that moves on: a row that enters or leaves costs one pass over its columns. */
function movingSums({ width, values }: FeatureMatrix, errors: readonly Float64Array[]) {
  const [ofColumn, ofSquare] = [new Float64Array(width), new Float64Array(width)]
  const products = errors.map(() => new Float64Array(width))
  const ofErrors = new Float64Array(errors.length)
  let [from, to] = [0, 0]
  const count = (row: number, sign: 1 | -1): void => {
    const own = errors.map((error, k) => {
      const value = sign * (error[row] as number)
      ofErrors[k] = (ofErrors[k] as number) + value
      return value
    })
    for (let j = 0; j < width; j++) {
      const x = values[row * width + j] as number
      if (x === 0) continue
      ofColumn[j] = (ofColumn[j] as number) + sign * x
      ofSquare[j] = (ofSquare[j] as number) + sign * x * x
      for (let k = 0; k < own.length; k++) {
        const product = products[k] as Float64Array
        product[j] = (product[j] as number) + x * (own[k] as number)
      }
    }
  }
  return {
    /** Mean and standard deviation of each column, and how much of the errors it tells; −1 where it does not vary. */
    move(start: number, end: number) {
      for (; to < end; to++) count(to, 1)
      for (; from < start; from++) count(from, -1)
      const n = to - from
      const means = ofColumn.map((sum) => sum / n)
      const sds = ofSquare.map((sum, j) => Math.sqrt(Math.max(0, sum / n - (means[j] as number) ** 2)))
      const told = sds.map((sd, j) => {
        if (sd < LEAST_SD) return -1
        const shared = products.map((product, k) =>
          Math.abs((product[j] as number) / n - ((means[j] as number) * (ofErrors[k] as number)) / n),
        )
        return Math.max(...shared) / sd
      })
      return { means, sds, told }
    },
  }
}

/** A ridge regression of the errors, by the columns that explain most of them in these rows. */
function learn(
  { width, values }: FeatureMatrix,
  errors: readonly Float64Array[],
  { means, sds, told }: ReturnType<ReturnType<typeof movingSums>['move']>,
  from: number,
  to: number,
) {
  const n = to - from
  const picked = Array.from({ length: width }, (_, j) => j)
    .filter((j) => (told[j] as number) >= 0)
    .sort((a, b) => (told[b] as number) - (told[a] as number) || a - b)
    .slice(0, COLUMNS)
  const standard = (row: number, j: number): number =>
    ((values[row * width + j] as number) - (means[j] as number)) / (sds[j] as number)
  const table = new Float64Array(n * picked.length)
  for (let i = 0; i < n; i++) picked.forEach((j, c) => (table[i * picked.length + c] = standard(from + i, j)))
  const targets = errors.map((error) => error.subarray(from, to))
  const weights = fitRidge(table, picked.length, targets, { from: 0, to: n, ridge: RIDGE })
  return (row: number): readonly number[] =>
    weights.map((own) =>
      picked.reduce((sum, j, c) => sum + (own[c] as number) * standard(row, j), own.at(-1) as number),
    )
}
