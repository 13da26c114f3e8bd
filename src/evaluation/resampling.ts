import { serialDependence, type SerialDependence } from '../stats/autocorrelation.ts'
import { createRandom } from '../core/random.ts'
import { blockWidening, compact, createUnits, timeOrder, type Units } from '../stats/units.ts'
import { type Sample, take } from './sample.ts'

/** Which rows a bootstrap may draw one by one, and how its intervals say so. */
export interface Resampling {
  readonly units: Units
  /** Whether rows are independent of each other: then DeLong, Wilson and McNemar hold as well. */
  readonly independent: boolean
  /** `whole ids`, `blocks of 12 rows in time`, `stratified by class`; '' for single rows. */
  readonly how: string
  /** As `Units.widening`, but of differences between the models, which may be less correlated than what they are of. */
  readonly pairedWidening?: number | undefined
}

/** A class with fewer rows than this is rare: resamples are then drawn within the classes. */
const RARE_ROWS = 30

/**
 * Decides how the rows of some models' samples are resampled. Several rows of one id are drawn together; else rows with
 * a time are drawn in blocks where neighbours are alike; else within classes where one is rare.
 */
export function resamplingOf(samples: readonly Sample[], seed: number): Resampling {
  const [sample] = samples as readonly [Sample]
  const { rows, dependence } = sample
  const random = createRandom(seed ^ 0x2545f491)
  if (dependence.clusters) {
    const { count } = compact(dependence.clusters)
    if (count < rows) {
      const units = createUnits({ rows, random, clusters: dependence.clusters })
      return { units, independent: false, how: `${count.toLocaleString('en-US')} ids${joined(units, count)}` }
    }
  }
  if (dependence.times) {
    const order = timeOrder(dependence.times)
    const { own, paired } = seriesOf(samples, order)
    const [ofOwn, ofPaired] = [own.map(serialDependence), paired.map(serialDependence)]
    const seen = Math.max(1, ...[...ofOwn, ...ofPaired].map((one) => one.block))
    const lagOf = (dependences: readonly SerialDependence[]): number =>
      Math.max(0, ...dependences.map((one) => one.lag))
    // The length with the least squared error of a variance still makes it too small; twice as long covers better.
    const block = seen > 1 ? 2 * seen : dependence.always ? Math.ceil(Math.cbrt(rows)) : 1
    if (block > 1) {
      const units = createUnits({ rows, random, series: { order, block, lag: lagOf(ofOwn) } })
      if (units.block > 1) {
        const length = Math.round((units.block * rows) / units.count)
        return {
          units,
          independent: false,
          how: `blocks of ${length.toLocaleString('en-US')} rows in time`,
          pairedWidening: blockWidening(length, lagOf(ofPaired)),
        }
      }
    }
  }
  const strata = rareStrata(sample)
  const units = createUnits({ rows, random, strata })
  const how = strata === undefined ? '' : 'stratified by class'
  return { units, independent: true, how: how + joined(units, rows, how === '' ? '' : ', ') }
}

function joined(units: Units, count: number, separator = ' '): string {
  return units.count < count ? `${separator}in ${units.count.toLocaleString('en-US')} random groups` : ''
}

function rareStrata(sample: Sample): Uint32Array | undefined {
  if (sample.task === 'regression') return undefined
  const counts = new Float64Array(sample.classes)
  for (const label of sample.labels) counts[label] = (counts[label] as number) + 1
  const present = counts.filter((count) => count > 0)
  return present.length > 1 && present.some((count) => count < RARE_ROWS) ? Uint32Array.from(sample.labels) : undefined
}

/**
 * What a metric sums up of each row, in the order of time: the truth, what the first model says of it, its loss, and how
 * its loss differs from those of the other models. Where none of these is correlated, no metric is either.
 */
function seriesOf(
  samples: readonly Sample[],
  order: Uint32Array,
): { readonly own: readonly Float64Array[]; readonly paired: readonly Float64Array[] } {
  const [first, ...others] = samples.filter((sample) => sample.invalid === undefined)
  if (first === undefined) return { own: [], paired: [] }
  const truth = take(first.labels, order)
  const losses = lossesOf(first, order)
  const differences = others.map((other) => lossesOf(other, order).map((loss, i) => (losses[i] as number) - loss))
  const said = first.task === 'multiclass' ? [] : [take(first.scores, order)]
  return { own: [truth, ...said, losses], paired: differences }
}

/** Squared error, of classes the Brier score. */
function lossesOf(sample: Sample, order: Uint32Array): Float64Array {
  const { task, scores, labels, classes } = sample
  const losses = new Float64Array(order.length)
  for (let i = 0; i < losses.length; i++) {
    const row = order[i] as number
    const label = labels[row] as number
    if (task !== 'multiclass') {
      losses[i] = ((scores[row] as number) - label) ** 2
      continue
    }
    let loss = 0
    for (let c = 0; c < classes; c++) loss += ((scores[row * classes + c] as number) - (c === label ? 1 : 0)) ** 2
    losses[i] = loss
  }
  return losses
}
