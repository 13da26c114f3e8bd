import type { Sample } from '../sample.ts'
import { absolute, defineFamily, ratio } from './family.ts'
import { logLoss } from './probability.ts'

interface Multiclass {
  readonly classes: number
  weight: number
  log: number
  /** Row-major: truth × decision. */
  readonly matrix: Float64Array
  /** Sums of the matrix by truth and by decision. */
  readonly truth: Float64Array
  readonly decided: Float64Array
}

/** The class of the highest probability of each row; the first of equals. */
export function decisions(sample: Pick<Sample, 'rows' | 'classes' | 'scores'>): Uint32Array {
  const decided = new Uint32Array(sample.rows)
  for (let i = 0; i < sample.rows; i++) {
    let best = 0
    for (let c = 1; c < sample.classes; c++) {
      if ((sample.scores[i * sample.classes + c] as number) > (sample.scores[i * sample.classes + best] as number))
        best = c
    }
    decided[i] = best
  }
  return decided
}

const hits = (m: Multiclass, c: number): number => m.matrix[c * m.classes + c] as number

function accuracy(m: Multiclass): number {
  let right = 0
  for (let c = 0; c < m.classes; c++) right += hits(m, c)
  return ratio(right, m.weight)
}

/** Over the classes that occur in the truth. */
function balancedAccuracy(m: Multiclass): number {
  let sum = 0
  let present = 0
  for (let c = 0; c < m.classes; c++) {
    const rows = m.truth[c] as number
    if (rows > 0) {
      sum += hits(m, c) / rows
      present++
    }
  }
  return ratio(sum, present)
}

/** Over the classes that occur in the truth or the decisions; weighted: by their share of the truth. */
function meanF1(m: Multiclass, weighted: boolean): number {
  let sum = 0
  let total = 0
  for (let c = 0; c < m.classes; c++) {
    const both = (m.truth[c] as number) + (m.decided[c] as number)
    if (both <= 0) continue
    const weight = weighted ? (m.truth[c] as number) : 1
    sum += (weight * 2 * hits(m, c)) / both
    total += weight
  }
  return ratio(sum, total)
}

const common = { margin: 'absolute', direction: 'higher', undefinedBecause: () => 'there are no rows' } as const

/** Metrics of a model of three classes or more; the decision is the most probable class. */
export const multiclassFamily = defineFamily<Multiclass>(
  'multiclass',
  (sample) => {
    const { rows, classes } = sample
    const decided = decisions(sample)
    const cell = new Uint32Array(rows)
    const log = new Float64Array(rows)
    for (let i = 0; i < rows; i++) {
      const label = sample.labels[i] as number
      cell[i] = label * classes + (decided[i] as number)
      log[i] = logLoss(sample.scores[i * classes + label] as number)
    }
    const summary: Multiclass = {
      classes,
      weight: 0,
      log: 0,
      matrix: new Float64Array(classes * classes),
      truth: new Float64Array(classes),
      decided: new Float64Array(classes),
    }
    return (weights) => {
      const { matrix, truth } = summary
      matrix.fill(0)
      truth.fill(0)
      summary.decided.fill(0)
      let logSum = 0
      for (let i = 0; i < rows; i++) {
        const w = weights[i] as number
        const at = cell[i] as number
        matrix[at] = (matrix[at] as number) + w
        logSum += w * (log[i] as number)
      }
      summary.log = logSum
      summary.weight = 0
      for (let t = 0; t < classes; t++) {
        for (let d = 0; d < classes; d++) {
          const w = matrix[t * classes + d] as number
          truth[t] = (truth[t] as number) + w
          summary.decided[d] = (summary.decided[d] as number) + w
        }
        summary.weight += truth[t] as number
      }
      return summary
    }
  },
  [
    {
      ...common,
      name: 'accuracy',
      defaultMargin: absolute(0.005),
      suspicious: 0.999,
      description: 'Share of rows whose most probable class is the true one.',
      value: accuracy,
    },
    {
      ...common,
      name: 'balanced-accuracy',
      defaultMargin: absolute(0.005),
      suspicious: 0.999,
      description: 'Mean recall over the classes that occur.',
      value: balancedAccuracy,
    },
    {
      ...common,
      name: 'macro-f1',
      defaultMargin: absolute(0.01),
      suspicious: 0.999,
      description: 'Mean F1 over the classes that occur or are predicted.',
      value: (m) => meanF1(m, false),
    },
    {
      ...common,
      name: 'weighted-f1',
      defaultMargin: absolute(0.01),
      suspicious: 0.999,
      description: 'Mean F1 over the classes, weighted by their rows.',
      value: (m) => meanF1(m, true),
    },
    {
      ...common,
      name: 'log-loss',
      direction: 'lower',
      defaultMargin: absolute(0.005),
      suspicious: 0.001,
      description: 'Mean of −ln P(true class); 0 is perfect.',
      value: (m) => ratio(m.log, m.weight),
    },
  ],
)
