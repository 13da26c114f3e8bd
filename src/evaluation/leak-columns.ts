import { formatNumber } from '../core/format.ts'
import type { Column } from '../data/table.ts'
import type { QualityFinding } from '../data/types.ts'
import { delong } from '../stats/delong.ts'
import { midranks } from '../stats/midrank.ts'

/** A column whose AUC or correlation with the label reaches this by itself is a suspect. */
const SUSPICIOUS = 0.98
/** Fewer rows of a class than this, and a perfect AUC is chance. */
const FEWEST_ROWS = 10
/** Of many classes, the most frequent ones are looked at. */
const MOST_CLASSES = 10
/** Bands of a number whose relation with the label need not be monotone. */
const BANDS = 32

/**
 * Single columns that predict the label too well: AUC (either way round) for a class, Pearson or Spearman correlation for a
 * number. Categories stand for the mean label of their rows, learned on every other row and judged on the rest, so that
 * a column of many values cannot shine by memory; numbers are also tried that way, in bands.
 */
export function findTelltales(
  label: Column,
  features: readonly Column[],
  rows: Uint32Array,
  regression: boolean,
): QualityFinding[] {
  const targets = targetsOf(label, rows, regression)
  return features.flatMap((column): QualityFinding[] => {
    let strongest = NONE
    for (const target of targets) {
      const found = regression ? correlationOf(column, rows, target.values) : separationOf(column, rows, target.values)
      const what = target.name === undefined ? '' : ` for ${target.name}`
      if (found.strength > strongest.strength) {
        strongest = { strength: found.strength, how: `${found.how} ${formatNumber(found.strength)}${what}` }
      }
    }
    if (strongest.strength < SUSPICIOUS) return []
    return [
      {
        rule: 'telltale-column',
        column: column.name,
        severity: 'warn',
        sentence: `“${column.name}” alone predicts ${label.name} almost perfectly (${strongest.how}); is it known when the prediction is made? If not, add it to data.ignore`,
      },
    ]
  })
}

interface Target {
  /** The class, where there are several. */
  readonly name: string | undefined
  /** 1 and 0, or the label's numbers; NaN where missing. */
  readonly values: Float64Array
}

function targetsOf(label: Column, rows: Uint32Array, regression: boolean): readonly Target[] {
  const at = (row: number): number => {
    if (label.kind !== 'category') return label.values[row] as number
    const code = label.codes[row] as number
    return code < 0 ? Number.NaN : code
  }
  const values = Float64Array.from(rows, at)
  if (regression) return [{ name: undefined, values }]
  const sizes = new Map<number, number>()
  for (const value of values) if (!Number.isNaN(value)) sizes.set(value, (sizes.get(value) ?? 0) + 1)
  const large = [...sizes].filter(([, size]) => size >= FEWEST_ROWS).sort((a, b) => b[1] - a[1])
  if (large.length < 2) return []
  // Of two classes, one is enough: the other is its mirror image.
  const shown = sizes.size === 2 ? large.slice(0, 1) : large.slice(0, MOST_CLASSES)
  return shown.map(([value]) => ({
    name: sizes.size === 2 ? undefined : `“${label.kind === 'category' ? (label.dictionary[value] ?? '') : value}”`,
    values: values.map((other) => (Number.isNaN(other) ? other : other === value ? 1 : 0)),
  }))
}

interface Strength {
  readonly strength: number
  readonly how: string
}

const NONE: Strength = { strength: 0, how: '' }

function separationOf(column: Column, rows: Uint32Array, target: Float64Array): Strength {
  const best = { strength: 0 }
  for (const [scores, truth] of scoringsOf(column, rows, target)) {
    const auc = delongAuc(truth, scores)
    best.strength = Math.max(best.strength, auc, 1 - auc)
  }
  return best.strength === 0 ? NONE : { strength: best.strength, how: 'AUC' }
}

function delongAuc(truth: Float64Array, scores: Float64Array): number {
  let positives = 0
  for (const value of truth) positives += value
  if (positives < FEWEST_ROWS || truth.length - positives < FEWEST_ROWS) return 0.5
  return delong(truth, scores)?.auc ?? 0.5
}

function correlationOf(column: Column, rows: Uint32Array, target: Float64Array): Strength {
  let best = NONE
  for (const [scores, truth] of scoringsOf(column, rows, target)) {
    if (truth.length < FEWEST_ROWS) continue
    const pearson = Math.abs(correlation(scores, truth))
    const spearman = Math.abs(correlation(midranks(scores), midranks(truth)))
    if (pearson > best.strength) best = { strength: pearson, how: 'correlation' }
    if (spearman > best.strength) best = { strength: spearman, how: 'rank correlation' }
  }
  return best
}

/** Ways to read the column as a score, each with the truth of the rows it has a score for. */
function scoringsOf(
  column: Column,
  rows: Uint32Array,
  target: Float64Array,
): readonly (readonly [Float64Array, Float64Array])[] {
  if (column.kind === 'category') {
    const codes = Int32Array.from(rows, (row) => (column.codes[row] as number) + 1)
    return [learnedMeans(codes, column.dictionary.length + 1, target)]
  }
  const values = Float64Array.from(rows, (row) => column.values[row] as number)
  const present: number[] = []
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i]) && !Number.isNaN(target[i])) present.push(i)
  }
  const taken = Float64Array.from(present, (i) => values[i] as number)
  const ranks = midranks(taken)
  const codes = new Int32Array(values.length)
  present.forEach((i, place) => (codes[i] = 1 + Math.floor(((ranks[place] as number) - 1) * (BANDS / taken.length))))
  return [[taken, Float64Array.from(present, (i) => target[i] as number)], learnedMeans(codes, BANDS + 1, target)]
}

/** The mean target of each code on the even places, as the score of the odd ones. */
function learnedMeans(codes: Int32Array, size: number, target: Float64Array): readonly [Float64Array, Float64Array] {
  const sums = new Float64Array(size)
  const counts = new Float64Array(size)
  let total = 0
  let all = 0
  for (let i = 0; i < codes.length; i += 2) {
    const value = target[i] as number
    if (Number.isNaN(value)) continue
    const code = codes[i] as number
    sums[code] = (sums[code] as number) + value
    counts[code] = (counts[code] as number) + 1
    total += value
    all++
  }
  const scores: number[] = []
  const truth: number[] = []
  for (let i = 1; i < codes.length; i += 2) {
    if (Number.isNaN(target[i])) continue
    const seen = counts[codes[i] as number] as number
    scores.push(seen > 0 ? (sums[codes[i] as number] as number) / seen : total / all)
    truth.push(target[i] as number)
  }
  return [Float64Array.from(scores), Float64Array.from(truth)]
}

/** Pearson's r; 0 where either is constant. */
function correlation(a: Float64Array, b: Float64Array): number {
  let meanA = 0
  let meanB = 0
  for (let i = 0; i < a.length; i++) {
    meanA += (a[i] as number) / a.length
    meanB += (b[i] as number) / a.length
  }
  let ab = 0
  let aa = 0
  let bb = 0
  for (let i = 0; i < a.length; i++) {
    const x = (a[i] as number) - meanA
    const y = (b[i] as number) - meanB
    ab += x * y
    aa += x * x
    bb += y * y
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0
}
