import { formatNumber, formatPercent } from '../core/format.ts'
import { type Column, isMissing } from '../data/table.ts'
import { midranks } from '../stats/midrank.ts'
import { cellScore, cellsOf, errorReduction } from './leak-cells.ts'
import type { LeakTarget } from './leak-target.ts'

/** How well one column by itself tells the label. */
export interface ColumnScore {
  readonly column: string
  /** 0 … 1: AUC, absolute correlation, or share of the errors of always the most frequent class that it takes away. */
  readonly strength: number
  /** `AUC 0.971`, `correlation 0.972`, `right in 97 % of the rows, the most frequent class in 12 %`. */
  readonly text: string
  /** What tells it is whether the column is missing, not what it says. */
  readonly presence: boolean
}

/**
 * From here on a column is a suspect. Of two classes: the AUC. Of more: the share of errors that it takes away
 * (Goodman & Kruskal’s λ, 1954), for telling one of forty classes is no telling of the label. Of a number: the
 * correlation. Honest columns of public tables stay far below; a copy of the outcome with every twentieth row wrong is 0.95.
 */
const SUSPICIOUS = 0.95
/** So little more is told by the values of a column than by its presence. */
const NOTHING = 0.002

export const isTelltale = ({ strength }: ColumnScore): boolean => strength >= SUSPICIOUS

/**
 * Every column by itself, strongest first. Categories and bands of a number stand for what is learned of them on every
 * other row and judged on the rest, so that a column of many values cannot shine by memory and a relation need not be
 * monotone; numbers are also tried as they are, and every column with gaps by its gaps alone.
 */
export function scoreColumns(
  features: readonly Column[],
  rows: Uint32Array,
  target: LeakTarget,
): readonly ColumnScore[] {
  return features.map((column) => scoreColumn(column, rows, target)).sort((a, b) => b.strength - a.strength)
}

function scoreColumn(column: Column, rows: Uint32Array, target: LeakTarget): ColumnScore {
  const none: Scored = { strength: 0, text: '', presence: false }
  const best = (scores: readonly Scored[]): Scored =>
    scores.reduce((most, one) => (one.strength > most.strength ? one : most), none)
  const value = best(valueScores(column, rows, target))
  const presence = best(presenceScores(column, rows, target))
  // What a column says includes whether it is there: where that is all, it is what is told.
  return {
    column: column.name,
    ...(presence.strength > 0 && presence.strength >= value.strength - NOTHING ? presence : value),
  }
}

type Scored = Omit<ColumnScore, 'column'>

function valueScores(column: Column, rows: Uint32Array, target: LeakTarget): readonly Scored[] {
  const learned = scored(target, cellScore(cellsOf(column, rows), target), false)
  if (column.kind === 'category' || target.kind === 'classes') return [learned]
  const places: number[] = []
  rows.forEach((row, i) => {
    if (!Number.isNaN(column.values[row])) places.push(i)
  })
  const values = Float64Array.from(places, (i) => column.values[rows[i] as number] as number)
  const truth = Float64Array.from(places, (i) => target.values[i] as number)
  if (target.kind === 'binary') return [learned, scored(target, aucOf(values, truth), false)]
  const pearson = Math.abs(correlation(values, truth))
  const spearman = Math.abs(correlation(midranks(values), midranks(truth)))
  // A few values that are there say nothing of a column that is missing elsewhere.
  const share = places.length / rows.length
  return [
    learned,
    { strength: share * pearson, text: `correlation ${formatNumber(pearson)}${whereThere(share)}`, presence: false },
    {
      strength: share * spearman,
      text: `rank correlation ${formatNumber(spearman)}${whereThere(share)}`,
      presence: false,
    },
  ]
}

const whereThere = (share: number): string =>
  share === 1 ? '' : ` where it is present, ${formatPercent(share)} of the rows`

function presenceScores(column: Column, rows: Uint32Array, target: LeakTarget): readonly Scored[] {
  const codes = Int32Array.from(rows, (row) => (isMissing(column, row) ? 1 : 0))
  if (!codes.includes(1) || !codes.includes(0)) return []
  return [scored(target, cellScore({ codes, size: 2 }, target), true)]
}

/** A raw score of `cellScore` (AUC, accuracy, R²) as strength and words. */
function scored(target: LeakTarget, raw: number, presence: boolean): Scored {
  if (target.kind === 'binary') {
    const auc = Math.max(raw, 1 - raw)
    return { strength: auc, text: `AUC ${formatNumber(auc)}`, presence }
  }
  if (target.kind === 'classes') {
    const { strength, base } = errorReduction(target, raw)
    const text = `right in ${formatPercent(raw)} of the rows, the most frequent class in ${formatPercent(base)}`
    return { strength, text, presence }
  }
  const r = Math.sqrt(Math.max(0, raw))
  return { strength: r, text: `correlation ${formatNumber(r)}`, presence }
}

/** Of scores against 1 and 0; ½ where there are too few of either. */
export function aucOf(scores: Float64Array, truth: Float64Array): number {
  let positives = 0
  for (const value of truth) positives += value
  const negatives = truth.length - positives
  if (positives === 0 || negatives === 0) return 0.5
  const ranks = midranks(scores)
  let sum = 0
  for (let i = 0; i < truth.length; i++) if (truth[i] === 1) sum += ranks[i] as number
  return (sum - (positives * (positives + 1)) / 2) / (positives * negatives)
}

/** Pearson's r; 0 where either is constant. */
export function correlation(a: Float64Array, b: Float64Array): number {
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
