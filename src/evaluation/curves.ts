import { calibrationBin, CALIBRATION_BINS } from './metrics/probability.ts'
import { fallingOrder } from './metrics/ranking.ts'
import type { Sample } from './sample.ts'
import type { Curve, Role } from './types.ts'

const MOST_POINTS = 60
const DECILES = 10

/** Points for the charts of one model: ROC and calibration of a binary model, deciles of a regression. */
export function curvesOf(role: Role, sample: Sample): readonly Curve[] {
  if (sample.invalid !== undefined || sample.rows === 0) return []
  if (sample.task === 'binary') {
    return [rocCurve(role, sample), calibrationCurve(role, sample)].filter((curve) => curve.x.length > 0)
  }
  return sample.task === 'regression' ? [decileCurve(role, sample)] : []
}

/** False against true positive rate, from (0, 0) to (1, 1). Thinned to evenly spaced steps along the curve. */
function rocCurve(role: Role, sample: Sample): Curve {
  const order = fallingOrder(sample.scores)
  let positives = 0
  for (const label of sample.labels) positives += label
  const negatives = sample.rows - positives
  if (positives === 0 || negatives === 0) return { kind: 'roc', role, x: [], y: [] }
  const x = [0]
  const y = [0]
  let tp = 0
  let fp = 0
  let taken = 0
  for (let i = 0; i < order.length; i++) {
    if (sample.labels[order[i] as number] === 1) tp++
    else fp++
    const last = i + 1 === order.length
    if (!last && sample.scores[order[i] as number] === sample.scores[order[i + 1] as number]) continue
    // The way from (0, 0) to (1, 1) along the axes has length 2.
    const way = fp / negatives + tp / positives
    if (last || way - taken >= 2 / (MOST_POINTS - 2)) {
      x.push(fp / negatives)
      y.push(tp / positives)
      taken = way
    }
  }
  return { kind: 'roc', role, x, y }
}

/** Mean prediction against the share of positives, for each of the bins of the calibration error that has rows. */
function calibrationCurve(role: Role, sample: Sample): Curve {
  const bins = Array.from({ length: CALIBRATION_BINS }, () => ({ rows: 0, scores: 0, positives: 0 }))
  for (let i = 0; i < sample.rows; i++) {
    const bin = bins[calibrationBin(sample.scores[i] as number)]
    if (bin === undefined) continue
    bin.rows++
    bin.scores += sample.scores[i] as number
    bin.positives += sample.labels[i] as number
  }
  const filled = bins.filter((bin) => bin.rows > 0)
  return {
    kind: 'calibration',
    role,
    x: filled.map((bin) => bin.scores / bin.rows),
    y: filled.map((bin) => bin.positives / bin.rows),
  }
}

/** Mean prediction against mean truth in tenths of the rows, by rising prediction. */
function decileCurve(role: Role, sample: Sample): Curve {
  const order = fallingOrder(sample.scores).reverse()
  const parts = Math.min(DECILES, order.length)
  const x: number[] = []
  const y: number[] = []
  for (let part = 0; part < parts; part++) {
    const from = Math.floor((part * order.length) / parts)
    const to = Math.floor(((part + 1) * order.length) / parts)
    let predicted = 0
    let truth = 0
    for (let i = from; i < to; i++) {
      predicted += (sample.scores[order[i] as number] as number) / (to - from)
      truth += (sample.labels[order[i] as number] as number) / (to - from)
    }
    x.push(predicted)
    y.push(truth)
  }
  return { kind: 'deciles', role, x, y }
}
