import { sortedQuantile } from '../stats/quantile.ts'
import type { Units } from '../stats/units.ts'
import { drawsUnits } from './cell-bootstrap.ts'
import type { CellTable } from './cell-table.ts'
import { type Component, type GroupSums, ratesOfTask } from './fairness-rates.ts'
import type { Group } from './groups.ts'
import { outcomes } from './metrics/confusion.ts'
import { decisions } from './metrics/decisions.ts'
import type { Sample } from './sample.ts'
import { sampleWeights } from './scorer.ts'

/** The rates of groups as sums over rows: what a bootstrap needs to know, and nothing else. */
export interface Frame {
  readonly components: readonly Component[]
  readonly table: CellTable
  /** Writes the rates of a model over the groups `from` … `to` − 1, or what they are shares of. */
  write(
    what: 'value' | 'over',
    sums: Float64Array,
    model: number,
    groups: readonly [from: number, to: number],
    out: Float64Array,
  ): void
}

/** Points of the distributions that are compared in resamples. */
const THRESHOLDS = 20

/** The frame of a grouping. What it takes of the rows is made once for all groupings. */
export type FrameOf = (groups: readonly Group[]) => Frame

/**
 * @param classes Codes of the classes that are each held against all others; binary and regression have one.
 * @param units What is drawn. Single rows of a binary task fall into cells of truth and decisions, within which only the
 * scores vary; of rows that are drawn together only the sums matter, and there are fewer of them.
 */
export function framesOf(samples: readonly Sample[], classes: readonly number[], units?: Units): FrameOf {
  const [{ task }] = samples as [Sample]
  if (task === 'regression') return valueFrames(samples)
  return task === 'binary' && !drawsUnits(units) ? binaryFrames(samples) : classFrames(samples, classes)
}

type Collect = (sums: Float64Array, model: number, cell: number, at: number, into: GroupSums) => void

function frame(
  table: CellTable,
  cells: number,
  task: Sample['task'],
  places: readonly number[],
  collect: Collect,
): Frame {
  const rates = ratesOfTask(task)
  const perPlace = rates.filter(([name]) => name !== 'below')
  const below = task === 'regression' ? rates.filter(([name]) => name === 'below') : []
  const [first = 0] = places
  // What is no matter of a threshold is there once.
  const lists = places.map((at) => [...(task !== 'regression' || at === first ? perPlace : []), ...below])
  const into: GroupSums = { rows: 0, decided: 0, labels: 0, hits: 0, scores: 0, absolute: 0, squared: 0, below: 0 }
  return {
    components: places.flatMap((at, i) => (lists[i] ?? []).map(([rate, { kind }]) => ({ rate, kind, at }))),
    table,
    write(what, sums, model, [from, to], out) {
      let written = 0
      places.forEach((at, i) => {
        into.rows = into.decided = into.labels = into.hits = into.scores = 0
        into.absolute = into.squared = into.below = 0
        for (let cell = from * cells; cell < to * cells; cell++) collect(sums, model, cell, at, into)
        for (const [, rate] of lists[i] ?? []) out[written++] = rate[what === 'value' ? 'value' : 'over'](into)
      })
    },
  }
}

/** Cells of a group: truth · 4 + decision of the candidate · 2 + decision of the champion. */
const CELLS = 8

/** Group × truth × decisions of both models, with the weights and the weighted scores in each cell. */
function binaryFrames(samples: readonly Sample[]): FrameOf {
  const [candidate, champion] = samples as [Sample, Sample?]
  const decided = outcomes(candidate)
  const rival = champion && outcomes(champion)
  const weights = sampleWeights(candidate)
  const weigh = ({ scores }: Sample): Float64Array =>
    candidate.weights ? scores.map((score, i) => score * (weights[i] as number)) : scores
  const columns = [weights, ...samples.map(weigh)]
  const width = columns.length
  return (groups) => {
    const code = new Uint32Array(candidate.rows)
    groups.forEach((group, g) => {
      for (const row of group.rows) {
        code[row] = g * CELLS + (decided[row] as number) * 2 + (rival === undefined ? 0 : (rival[row] as number) & 1)
      }
    })
    const table = { cells: groups.length * CELLS, code, columns }
    return frame(table, CELLS, 'binary', [1], (sums, model, cell, _, into) => {
      const rows = sums[cell * width] as number
      const within = cell % CELLS
      const positive = within >> 2 === 1
      const decision = (model === 0 ? within >> 1 : within) & 1
      into.rows += rows
      into.scores += sums[cell * width + 1 + model] as number
      if (positive) into.labels += rows
      if (decision) into.decided += rows
      if (positive && decision) into.hits += rows
    })
  }
}

function groupCodes(groups: readonly Group[], rows: number): Uint32Array {
  const code = new Uint32Array(rows)
  groups.forEach((group, g) => {
    for (const row of group.rows) code[row] = g
  })
  return code
}

/** Each class against all others: the weights, and for each class whether it is true, decided, both, and its probability. */
function classFrames(samples: readonly Sample[], classes: readonly number[]): FrameOf {
  const [candidate] = samples as [Sample]
  const { rows, labels } = candidate
  const weights = sampleWeights(candidate)
  const binary = candidate.task === 'binary'
  const decided = samples.map((sample) => (binary ? outcomes(sample).map((code) => code & 1) : decisions(sample)))
  const columns = [weights]
  for (const c of classes) {
    const truth = new Float64Array(rows)
    for (let row = 0; row < rows; row++) if (labels[row] === c) truth[row] = weights[row] as number
    columns.push(truth)
    samples.forEach(({ scores, classes: count }, m) => {
      const own = decided[m] as Uint8Array | Uint32Array
      const [chosen, hit, score] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)]
      for (let row = 0; row < rows; row++) {
        score[row] = (weights[row] as number) * (scores[binary ? row : row * count + c] as number)
        if (own[row] !== c) continue
        chosen[row] = weights[row] as number
        hit[row] = truth[row] as number
      }
      columns.push(chosen, hit, score)
    })
  }
  const perClass = 1 + 3 * samples.length
  const place = new Map(classes.map((c, i) => [c, 1 + i * perClass]))
  const width = columns.length
  return (groups) => {
    const table = { cells: groups.length, code: groupCodes(groups, rows), columns }
    return frame(table, 1, candidate.task, classes, (sums, model, cell, at, into) => {
      const from = cell * width
      const own = from + (place.get(at) as number)
      into.rows += sums[from] as number
      into.labels += sums[own] as number
      into.decided += sums[own + 1 + 3 * model] as number
      into.hits += sums[own + 2 + 3 * model] as number
      into.scores += sums[own + 3 + 3 * model] as number
    })
  }
}

/** Weights, labels, and for each model its predictions, their errors, and how many are at or below each threshold. */
function valueFrames(samples: readonly Sample[]): FrameOf {
  const [candidate] = samples as [Sample]
  const { labels, rows } = candidate
  const weights = sampleWeights(candidate)
  const sorted = Float64Array.from(samples.flatMap(({ scores }) => [...sortedThin(scores)])).sort()
  const cuts = [
    ...new Set(Array.from({ length: THRESHOLDS }, (_, i) => sortedQuantile(sorted, (i + 0.5) / THRESHOLDS))),
  ]
  const weighed = new Float64Array(rows)
  for (let row = 0; row < rows; row++) weighed[row] = (weights[row] as number) * (labels[row] as number)
  const columns = [
    weights,
    weighed,
    ...samples.flatMap(({ scores }) => {
      const [score, size, square] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)]
      const first = new Uint8Array(rows)
      for (let row = 0; row < rows; row++) {
        const said = scores[row] as number
        const error = said - (labels[row] as number)
        const weight = weights[row] as number
        score[row] = weight * said
        size[row] = weight * Math.abs(error)
        square[row] = weight * error ** 2
        let step = 0
        while (step < cuts.length && !(said <= (cuts[step] as number))) step++
        first[row] = step
      }
      return [score, size, square, { count: cuts.length, first, weights: candidate.weights }]
    }),
  ]
  const perModel = 3 + cuts.length
  const width = 2 + perModel * samples.length
  const places = cuts.map((_, i) => i)
  return (groups) => {
    const table = { cells: groups.length, code: groupCodes(groups, rows), columns }
    return frame(table, 1, 'regression', places, (sums, model, cell, at, into) => {
      const from = cell * width
      const own = from + 2 + model * perModel
      into.rows += sums[from] as number
      into.labels += sums[from + 1] as number
      into.scores += sums[own] as number
      into.absolute += sums[own + 1] as number
      into.squared += sums[own + 2] as number
      into.below += sums[own + 3 + at] as number
    })
  }
}

/** At most 5,000 of the values: enough to place thresholds. */
function sortedThin(values: Float64Array): Float64Array {
  const step = Math.max(1, Math.floor(values.length / 5000))
  return values.filter((value, i) => i % step === 0 && Number.isFinite(value)).sort()
}
