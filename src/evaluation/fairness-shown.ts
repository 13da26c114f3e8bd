import { studentQuantile } from '../stats/special.ts'
import { cellSums } from './cell-table.ts'
import type { FairnessInput } from './fairness.ts'
import type { Frame } from './fairness-frame.ts'
import type { RateName } from './fairness-rates.ts'
import type { Group } from './groups.ts'
import { type Sample, take } from './sample.ts'
import type { GroupRates } from './types.ts'

/** The rates of every group, those that are not compared included; of several classes one entry for each. */
export function shownGroups(
  input: FairnessInput,
  frame: Frame,
  groups: readonly Group[],
  samples: readonly Sample[],
  model: number,
): readonly GroupRates[] {
  const sample = samples[model] as Sample
  const sums = cellSums(frame.table)
  const out = new Float64Array(frame.components.length)
  const regression = sample.task === 'regression'
  const places = regression ? [undefined] : [...new Set(frame.components.map(({ at }) => at))]
  return groups.flatMap((group, g) => {
    const small = !group.missing && group.rows.length < input.minGroup
    const usable = sample.invalid === undefined && !small
    frame.write('value', sums, model, [g, g + 1], out)
    return places.map((at): GroupRates => {
      const rate = (name: RateName): number | null => {
        const c = frame.components.findIndex((one) => one.rate === name && (at === undefined || one.at === at))
        const value = c < 0 || !usable ? Number.NaN : (out[c] as number)
        return Number.isNaN(value) ? null : value
      }
      return {
        group: group.value,
        ...(sample.task === 'multiclass' && at !== undefined ? { class: sample.classNames[at] ?? '' } : {}),
        rows: group.rows.length,
        small,
        share: group.rows.length / sample.rows,
        selectionRate: rate('selectionRate'),
        truePositiveRate: rate('truePositiveRate'),
        falsePositiveRate: rate('falsePositiveRate'),
        accuracy: rate('accuracy'),
        positivePredictiveValue: rate('positivePredictiveValue'),
        labelRate: rate('labelRate'),
        meanScore: rate('meanScore'),
        calibrationGap: rate('calibrationGap'),
        ...(regression
          ? { mae: rate('mae'), rmse: rate('rmse'), intervals: usable ? meanIntervals(sample, group, input) : {} }
          : {}),
      }
    })
  })
}

type Intervals = NonNullable<GroupRates['intervals']>

/** Student’s interval of each mean of a regression's group; of the RMSE by the root of that of its square. */
function meanIntervals(sample: Sample, group: Group, input: FairnessInput): Intervals {
  const { rows } = group
  const weights = sample.weights && take(sample.weights, rows)
  const scores = take(sample.scores, rows)
  const [errors, sizes, squares] = [take(sample.labels, rows), scores.slice(), scores.slice()]
  for (let i = 0; i < errors.length; i++) {
    const error = (scores[i] as number) - (errors[i] as number)
    errors[i] = error
    sizes[i] = Math.abs(error)
    squares[i] = error * error
  }
  const mean = (values: Float64Array) => interval(values, weights, input.options.level)
  const squared = mean(squares)
  const found = {
    meanScore: mean(scores),
    calibrationGap: mean(errors),
    mae: mean(sizes),
    rmse: squared && { low: Math.sqrt(Math.max(0, squared.low)), high: Math.sqrt(squared.high) },
  }
  return Object.fromEntries(Object.entries(found).flatMap(([name, one]) => (one ? [[name, one] as const] : [])))
}

function interval(
  values: Float64Array,
  weights: Float64Array | undefined,
  level: number,
): { readonly low: number; readonly high: number } | null {
  if (values.length < 2) return null
  let total = 0
  let sum = 0
  for (let i = 0; i < values.length; i++) {
    const weight = weights === undefined ? 1 : (weights[i] as number)
    total += weight
    sum += (values[i] as number) * weight
  }
  const mean = sum / total
  let squares = 0
  for (let i = 0; i < values.length; i++) {
    squares += ((weights === undefined ? 1 : (weights[i] as number)) * ((values[i] as number) - mean)) ** 2
  }
  const n = values.length
  const error = Math.sqrt((squares / total ** 2) * (n / (n - 1)))
  const reach = studentQuantile(1 - (1 - level) / 2, n - 1) * error
  return { low: mean - reach, high: mean + reach }
}
