import { formatNumber, formatPercent } from '../core/format.ts'
import type { Column, NumberColumn } from '../data/table.ts'
import { factorise, solve } from '../stats/logistic.ts'
import { fitRidge } from '../stats/ridge.ts'
import { cellScore, type Cells, cellsOf, crossed, errorReduction, isLearned } from './leak-cells.ts'
import { aucOf } from './leak-columns.ts'
import type { LeakTarget } from './leak-target.ts'

/** Columns that tell the label together, and not one by one. */
export interface GroupScore {
  readonly columns: readonly string[]
  readonly how: 'together' | 'sum' | 'product'
  /** 0 … 1: AUC, share of errors taken away, R². */
  readonly strength: number
  readonly text: string
}

/** From here on a group is a suspect: as near to perfect as a model that a person has to confirm. */
const SUSPICIOUS = 0.99
/** A number that is a sum of columns is so to the last digit, or nearly. */
const SUSPICIOUS_SUM = 0.999
/** All pairs of more columns would take long: those that tell most by themselves are kept. */
const MOST_PAIRED = 40
/** A group is put together from so many columns at most, chosen one by one among so many. */
const MOST_TOGETHER = 6
const MOST_TRIED = 24
/** Cells of a column where two are crossed, and classes that they are crossed for. */
const MOST_CELLS = 31
const MOST_CLASSES = 40
const MOST_FINDINGS = 3
const LEAST_GAIN = 1e-4
/** What tells as much as the weakest column of a group belongs to it. */
const AS_STRONG = 0.05
/** Columns that are copies of each other have no least squares without it. */
const RIDGE = 1e-10

export interface GroupSearch {
  readonly found: readonly GroupScore[]
  /** How many pairs were looked at, of how many there are; groups are put together from `tried` columns. */
  readonly pairs: number
  readonly possible: number
  readonly tried: number
}

/**
 * Groups of columns, strongest column first. Classes: every pair, crossed (a combination may tell what neither does), and
 * columns put together one by one as a naive Bayes does, which is what several copies of the outcome are, each with errors
 * of its own. Numbers: sums, and of positive columns products and ratios, by least squares on one half and R² on the other.
 */
export function searchGroups(features: readonly Column[], rows: Uint32Array, target: LeakTarget): GroupSearch {
  const possible = (features.length * (features.length - 1)) / 2
  if (target.kind === 'number') {
    const numbers = features.filter((column): column is NumberColumn => column.kind === 'number').slice(0, MOST_PAIRED)
    const found = [...linear(numbers, rows, target.values, 'sum'), ...linear(numbers, rows, target.values, 'product')]
    return { found, pairs: 0, possible, tried: numbers.length }
  }
  const columns = features.slice(0, MOST_PAIRED).map((column) => ({
    name: column.name,
    cells: cellsOf(column, rows, MOST_CELLS),
  }))
  const crossing = target.kind === 'binary' || target.classes <= MOST_CLASSES
  const pairs = crossing ? pairsOf(columns, target) : []
  const tried = Math.min(columns.length, MOST_TRIED)
  const together = additive(columns.slice(0, MOST_TRIED), target)
  // A pair of a larger group is told with the group: its other columns tell as much.
  const apart = pairs.filter(({ columns: pair }) => !pair.every((name) => together?.columns.includes(name)))
  return {
    found: [...(together === undefined ? [] : [together]), ...apart.slice(0, MOST_FINDINGS)],
    pairs: crossing ? (columns.length * (columns.length - 1)) / 2 : 0,
    possible,
    tried,
  }
}

interface Coded {
  readonly name: string
  readonly cells: Cells
}

type Classified = Exclude<LeakTarget, { kind: 'number' }>

function pairsOf(columns: readonly Coded[], target: Classified): readonly GroupScore[] {
  const found = columns.flatMap((one, i) =>
    columns.slice(i + 1).flatMap((other): GroupScore[] => {
      const score = described(target, cellScore(crossed(one.cells, other.cells), target))
      return score.strength < SUSPICIOUS ? [] : [{ columns: [one.name, other.name], how: 'together', ...score }]
    }),
  )
  return found.sort((a, b) => b.strength - a.strength)
}

function described(target: Classified, raw: number): { readonly strength: number; readonly text: string } {
  if (target.kind === 'binary') return { strength: raw, text: `AUC ${formatNumber(raw)}` }
  const { strength, base } = errorReduction(target, raw)
  return {
    strength,
    text: `right in ${formatPercent(raw)} of the rows, the most frequent class in ${formatPercent(base)}`,
  }
}

/** Columns one by one, always the one that helps most, until they tell the label; undefined where they never do. */
function additive(columns: readonly Coded[], target: Classified): GroupScore | undefined {
  const classes = target.kind === 'binary' ? 2 : target.classes
  const truth = target.kind === 'binary' ? Int32Array.from(target.values) : target.codes
  const judged = Int32Array.from([...truth.keys()].filter((place) => !isLearned(place)))
  const evidence = columns.map(({ name, cells }) => ({ name, of: logOdds(cells, truth, classes) }))
  const start = prior(truth, classes)
  let sums = new Float64Array(judged.length * classes)
  for (let i = 0; i < sums.length; i++) sums[i] = start[i % classes] as number
  const taken: string[] = []
  let best = { strength: 0, text: '' }
  while (taken.length < MOST_TOGETHER) {
    const tried = evidence
      .filter(({ name }) => !taken.includes(name))
      .map(({ name, of }) => {
        const cells = (columns.find((column) => column.name === name) as Coded).cells
        const next = sums.slice()
        judged.forEach((place, i) => {
          const at = (cells.codes[place] as number) * classes
          for (let c = 0; c < classes; c++) next[i * classes + c]! += of[at + c] as number
        })
        return { name, next, ...described(target, rawScore(next, judged, truth, classes)) }
      })
    if (tried.length === 0) return undefined
    const found = tried.reduce((most, one) => (one.strength > most.strength ? one : most))
    if (found.strength < best.strength + LEAST_GAIN) return undefined
    taken.push(found.name)
    sums = found.next
    best = found
    if (best.strength >= SUSPICIOUS) break
  }
  if (best.strength < SUSPICIOUS || taken.length < 2) return undefined
  // A copy of the outcome that was not needed is a copy as well.
  const alone = columns.map(({ name, cells }) => ({ name, ...described(target, cellScore(cells, target)) }))
  const weakest = Math.min(...alone.flatMap(({ name, strength }) => (taken.includes(name) ? [strength] : [])))
  const group = alone.filter(({ name, strength }) => taken.includes(name) || strength >= weakest - AS_STRONG)
  return { columns: group.map(({ name }) => name), how: 'together', strength: best.strength, text: best.text }
}

function rawScore(sums: Float64Array, judged: Int32Array, truth: Int32Array, classes: number): number {
  if (classes === 2) {
    const [odds, judgedTruth] = [new Float64Array(judged.length), new Float64Array(judged.length)]
    for (let i = 0; i < judged.length; i++) {
      odds[i] = (sums[2 * i + 1] as number) - (sums[2 * i] as number)
      judgedTruth[i] = truth[judged[i] as number] as number
    }
    return aucOf(odds, judgedTruth)
  }
  let right = 0
  judged.forEach((place, i) => {
    let said = 0
    for (let c = 1; c < classes; c++)
      if ((sums[i * classes + c] as number) > (sums[i * classes + said] as number)) said = c
    if (said === truth[place]) right++
  })
  return right / Math.max(1, judged.length)
}

/** log P(cell | class), by cell and class, of the rows that are learned from; half a row more of each. */
function logOdds({ codes, size }: Cells, truth: Int32Array, classes: number): Float64Array {
  const counts = new Float64Array(size * classes).fill(0.5)
  const totals = new Float64Array(classes).fill(0.5 * size)
  for (let i = 0; i < codes.length; i++) {
    if (!isLearned(i)) continue
    counts[(codes[i] as number) * classes + (truth[i] as number)]!++
    totals[truth[i] as number]!++
  }
  return counts.map((n, at) => Math.log(n / (totals[at % classes] as number)))
}

function prior(truth: Int32Array, classes: number): Float64Array {
  const counts = new Float64Array(classes).fill(0.5)
  for (let i = 0; i < truth.length; i++) if (isLearned(i)) counts[truth[i] as number]!++
  return counts.map((n) => Math.log(n / truth.length))
}

/**
 * Sums of columns that the label is, to the last digit: the best pair, then always the column that leaves least, less what
 * is not needed. Chosen by the correlations of one half of the rows, judged on the other. Of logarithms: products and ratios.
 */
function linear(
  columns: readonly NumberColumn[],
  rows: Uint32Array,
  truth: Float64Array,
  how: 'sum' | 'product',
): readonly GroupScore[] {
  const complete = completeRows(columns, rows)
  const write = (values: Float64Array): Float64Array | undefined =>
    how === 'sum' ? values : values.some((value) => value <= 0) ? undefined : values.map(Math.log)
  const target = write(Float64Array.from(complete, (place) => truth[place] as number))
  if (target === undefined) return []
  let left = columns.flatMap((column): Standard[] => {
    const values = write(Float64Array.from(complete, (place) => column.values[rows[place] as number] as number))
    const standard = values && standardise(values)
    return standard === undefined ? [] : [{ name: column.name, values: standard }]
  })
  // One column that does it alone is told as such.
  left = left.filter((column) => fittedR2([column], target) < SUSPICIOUS_SUM)
  const found: GroupScore[] = []
  while (found.length < MOST_FINDINGS) {
    const group = sumOf(left, target)
    const strength = group === undefined ? 0 : fittedR2(group, target)
    if (group === undefined || strength < SUSPICIOUS_SUM) break
    left = left.filter((column) => !group.includes(column))
    const text = `they explain ${formatPercent(Math.min(1, strength))} of its variance`
    found.push({ columns: group.map(({ name }) => name), how, strength, text })
  }
  return found
}

/** Places of the rows that lack nothing, where they are most; else of all. A gap would hide an exact sum. */
function completeRows(columns: readonly NumberColumn[], rows: Uint32Array): readonly number[] {
  const all = [...rows.keys()]
  const complete = all.filter((place) => columns.every(({ values }) => !Number.isNaN(values[rows[place] as number])))
  return complete.length >= rows.length / 2 ? complete : all
}

interface Standard {
  readonly name: string
  /** Mean 0 and standard deviation 1; a missing value counts as the mean. */
  readonly values: Float64Array
}

function sumOf(columns: readonly Standard[], truth: Float64Array): readonly Standard[] | undefined {
  const target = standardise(truth)
  if (target === undefined || columns.length < 2) return undefined
  const learned = Int32Array.from([...truth.keys()].filter(isLearned))
  const dot = (a: Float64Array, b: Float64Array): number =>
    learned.reduce((sum, place) => sum + (a[place] as number) * (b[place] as number), 0)
  const all = dot(target, target)
  const side = columns.map(({ values }) => dot(values, target))
  const gram = columns.map((one, i) => columns.map((other, j) => (j <= i ? dot(one.values, other.values) : 0)))
  const between = (i: number, j: number): number => (gram[Math.max(i, j)] as number[])[Math.min(i, j)] as number
  /** Share of the target that least squares on these columns explain. */
  const explained = (picked: readonly number[]): number => {
    const d = picked.length
    const matrix = Float64Array.from({ length: d * d }, (_, at) => {
      const [i, j] = [Math.floor(at / d), at % d]
      return between(picked[i] as number, picked[j] as number) + (i === j ? RIDGE * learned.length : 0)
    })
    const weights = Float64Array.from(picked, (i) => side[i] as number)
    factorise(matrix, d)
    solve(matrix, d, weights)
    return weights.reduce((sum, weight, i) => sum + weight * (side[picked[i] as number] as number), 0) / all
  }
  const places = columns.map((_, i) => i)
  const best = (tried: readonly (readonly number[])[]): readonly number[] =>
    tried.reduce((most, one) => (explained(one) > explained(most) ? one : most))
  let picked = best(places.flatMap((i) => places.slice(i + 1).map((j) => [i, j])))
  while (explained(picked) < SUSPICIOUS_SUM) {
    const more = places.filter((i) => !picked.includes(i)).map((i) => [...picked, i])
    if (picked.length === MOST_TOGETHER || more.length === 0) return undefined
    picked = best(more)
  }
  for (const one of picked) {
    const without = picked.filter((other) => other !== one)
    if (without.length > 1 && explained(without) >= SUSPICIOUS_SUM) picked = without
  }
  return picked.map((i) => columns[i] as Standard)
}

/** R² on the judged rows of a least squares of the others. */
function fittedR2(columns: readonly Standard[], truth: Float64Array): number {
  const d = columns.length
  const learned = [...truth.keys()].filter(isLearned)
  const table = new Float64Array(learned.length * d)
  learned.forEach((place, i) => columns.forEach(({ values }, c) => (table[i * d + c] = values[place] as number)))
  const targets = [Float64Array.from(learned, (place) => truth[place] as number)]
  const [weights] = fitRidge(table, d, targets, { from: 0, to: learned.length, ridge: RIDGE * learned.length })
  if (weights === undefined) return 0
  let [n, mean] = [0, 0]
  for (let i = 0; i < truth.length; i++) if (!isLearned(i)) mean += ((truth[i] as number) - mean) / ++n
  let [left, all] = [0, 0]
  for (let i = 0; i < truth.length; i++) {
    if (isLearned(i)) continue
    let said = weights[d] as number
    for (let c = 0; c < d; c++) said += (weights[c] as number) * ((columns[c] as Standard).values[i] as number)
    left += ((truth[i] as number) - said) ** 2
    all += ((truth[i] as number) - mean) ** 2
  }
  return all > 0 && Number.isFinite(left) ? 1 - left / all : 0
}

/** By the rows that are learned from. undefined for a column that is constant there. */
function standardise(values: Float64Array): Float64Array | undefined {
  const learned = values.filter((value, place) => isLearned(place) && !Number.isNaN(value))
  let [n, mean, squares] = [0, 0, 0]
  for (const value of learned) mean += (value - mean) / ++n
  for (const value of learned) squares += (value - mean) ** 2
  if (!(squares > 0)) return undefined
  const scale = Math.sqrt(n / squares)
  return values.map((value) => (Number.isNaN(value) ? 0 : (value - mean) * scale))
}
