import { bootstrapCells } from './cell-bootstrap.ts'
import { cellSums } from './cell-table.ts'
import type { FairnessInput } from './fairness.ts'
import { type KsSpreads, ksSpreads } from './fairness-distribution.ts'
import {
  changeOf,
  type Estimate,
  estimateOf,
  fewEvents,
  fewRows,
  intervalOf,
  type ModelRates,
} from './fairness-estimate.ts'
import { type Frame, type FrameOf, framesOf } from './fairness-frame.ts'
import { fairnessMetricsOf, type GroupMetric } from './fairness-metrics.ts'
import { shownSpread } from './fairness-spread.ts'
import { shownGroups } from './fairness-shown.ts'
import type { Group } from './groups.ts'
import type { Sample } from './sample.ts'
import type { FairnessMetric, FairnessResult } from './types.ts'

export type Assessment = Pick<FairnessResult, 'candidate' | 'champion' | 'metrics'>

/** A rate that rests on fewer rows (positives, negatives, rows decided positive) than this is shown but not compared. */
const FEWEST = 10
/** Draws of an inverted test: more would narrow nothing. And numbers that they may take in all. */
const MOST_DRAWS = 1000
const FEWEST_DRAWS = 200
const MOST_NUMBERS = 8e6
/** Classes that are looked at where none are named. */
const MOST_CLASSES = 20

/** The frames of all groupings: of weights, and of rows. */
export interface Frames {
  readonly weighted: FrameOf
  readonly plain: FrameOf
}

export function framesFor(input: FairnessInput): Frames {
  const { candidate, champion, units } = input
  const samples = champion ? [candidate, champion] : [candidate]
  const classes = classesOf(input)
  const weighted = framesOf(samples, classes, units)
  if (candidate.weights === undefined) return { weighted, plain: weighted }
  const unweighted = samples.map((sample) => ({ ...sample, weights: undefined }))
  return { weighted, plain: framesOf(unweighted, classes, units) }
}

const FEW_ROWS = 'too few rows in a group for an interval of how its distribution changed'
const FEW_EVENTS = 'too few events are to be expected in a group for an interval of their ratio'

/** Every metric of one grouping, for candidate and champion and their change. */
export function assessGroups(
  input: FairnessInput,
  groups: readonly Group[],
  attribute: string,
  frames: Frames,
): Assessment {
  const { candidate, champion, options } = input
  const samples = champion ? [candidate, champion] : [candidate]
  const frame = frames.weighted(groups)
  const plain = frames.plain === frames.weighted ? frame : frames.plain(groups)
  const compared = groups.flatMap((group, g) => (!group.missing && group.rows.length >= input.minGroup ? [g] : []))
  const models = ratesOf(input, frame, plain, groups, samples, compared)
  const strict = input.favourable !== undefined || candidate.task !== 'multiclass'
  const draws = models[0]?.resampled[0]?.length ?? 0
  const method = `bootstrap (inverted test, ${draws} resamples)`
  const distributions: KsSpreads[] = []
  const metrics = fairnessMetricsOf(candidate.task).map((metric): FairnessMetric => {
    const found = models.map((model) => estimateOf(frame, metric, model.values, strict))
    const shown = found.map((one, m) =>
      valueOf(metric, one, () => (distributions[m] ??= ksSpreads(samples[m] as Sample, groups, compared))),
    )
    const [value = null, other = null] = shown
    const [mine, theirs] = models as [ModelRates, ModelRates?]
    const { level, comparisonLevel = level, seed } = options
    const exact = (estimate: Estimate | undefined, seen: number | null): number =>
      estimate === undefined || seen === null ? 0 : seen - shownSpread(metric, estimate.spread)
    const few = models.map((model, m) => fewEvents(frame, metric, model, found[m]?.skipped ?? []))
    const thin = theirs !== undefined && fewRows(metric, mine)
    const unsure = few.includes(true) ? FEW_EVENTS : thin ? FEW_ROWS : undefined
    const interval =
      value === null || draws === 0 || few[0]
        ? null
        : intervalOf(frame, metric, mine, found[0]?.skipped ?? [], { level, seed, method })
    const skipped = [...new Set(found.flatMap((one) => one.skipped))]
    const paired = { level: comparisonLevel, seed, method }
    const changed =
      value === null || other === null || theirs === undefined || draws === 0 || unsure !== undefined
        ? null
        : changeOf(frame, metric, [mine, theirs], skipped, paired)
    // Which thresholds there are is chance as well: the interval lies around the exact change.
    const shift = exact(found[0], value) - exact(found[1], other)
    const change =
      value === null || other === null || theirs === undefined
        ? null
        : {
            difference: value - other,
            interval: changed && { ...changed, low: changed.low + shift, high: changed.high + shift },
          }
    return {
      metric: metric.name,
      method: metric.method,
      candidate: value,
      champion: champion === undefined ? null : other,
      interval: interval && { ...interval, high: interval.high + Math.max(0, exact(found[0], value)) },
      change,
      ...(value !== null && unsure !== undefined ? { unsure } : {}),
      ...(value === null
        ? { reason: reasonOf(candidate, compared.length, attribute, input.favourable) }
        : whereOf(
            frame,
            found[0] as Estimate,
            candidate,
            compared.map((g) => groups[g]?.value ?? ''),
          )),
    }
  })
  return {
    candidate: shownGroups(input, frame, groups, samples, 0),
    champion: champion ? shownGroups(input, frame, groups, samples, 1) : null,
    metrics,
  }
}

function classesOf({ candidate, favourable }: FairnessInput): readonly number[] {
  if (candidate.task !== 'multiclass') return [1]
  const named = favourable?.map((name) => candidate.classNames.indexOf(name))
  if (named !== undefined) return named
  const rows = new Float64Array(candidate.classes)
  for (const label of candidate.labels) rows[label] = (rows[label] as number) + 1
  return [...rows.keys()].sort((a, b) => (rows[b] as number) - (rows[a] as number) || a - b).slice(0, MOST_CLASSES)
}

/**
 * The rates of the compared groups and of all rows, NaN where they rest on too few rows, with their bootstrap.
 *
 * @param plain Without weights: rows, not weights, say how much is known.
 */
function ratesOf(
  input: FairnessInput,
  frame: Frame,
  plain: Frame,
  groups: readonly Group[],
  samples: readonly Sample[],
  compared: readonly number[],
): readonly ModelRates[] {
  const components = frame.components.length
  const width = compared.length + 1
  const size = components * width
  const spans = [...compared.map((g) => [g, g + 1] as const), [0, groups.length] as const]
  const own = new Float64Array(components)
  const write = (
    of: Frame,
    what: 'value' | 'over',
    sums: Float64Array,
    model: number,
    out: Float64Array,
    at: number,
  ) => {
    spans.forEach((span, g) => {
      of.write(what, sums, model, span, own)
      for (let c = 0; c < components; c++) out[at + c * width + g] = own[c] as number
    })
  }
  // Once for all resamples: a group must not come and go with them.
  const behind = cellSums(plain.table)
  const rows = samples.map((_, model) => {
    const out = new Float64Array(size)
    write(plain, 'over', behind, model, out, 0)
    return out
  })
  const thin = rows.map((counted) => counted.map((n) => (n < Math.min(FEWEST, input.minGroup) ? Number.NaN : 0)))
  const score = (sums: Float64Array, out: Float64Array): void => {
    samples.forEach((sample, model) => {
      if (sample.invalid !== undefined) {
        out.fill(Number.NaN, model * size, (model + 1) * size)
        return
      }
      write(frame, 'value', sums, model, out, model * size)
      const missing = thin[model] as Float64Array
      for (let i = 0; i < size; i++) out[model * size + i] = (out[model * size + i] as number) + (missing[i] as number)
    })
  }
  const values = new Float64Array(samples.length * size)
  score(cellSums(frame.table), values)
  const usable = compared.length > 1 && samples[0]?.invalid === undefined
  const most = Math.max(FEWEST_DRAWS, Math.floor(MOST_NUMBERS / values.length))
  const resamples = Math.min(input.options.resamples, MOST_DRAWS, most)
  const replicates = usable
    ? bootstrapCells(frame.table, values.length, score, { resamples, seed: input.options.seed, units: input.units })
    : []
  return samples.map((_, model) => ({
    values: values.subarray(model * size, (model + 1) * size),
    rows: rows[model] as Float64Array,
    resampled: replicates.slice(model * size, (model + 1) * size),
  }))
}

/** The metric's value; of distributions the exact one, where resamples look at some thresholds only. */
function valueOf(metric: GroupMetric, estimate: Estimate, exact: () => KsSpreads): number | null {
  if (Number.isNaN(estimate.spread)) return null
  return metric.rates[0] === 'below' ? exact()[metric.method] : shownSpread(metric, estimate.spread)
}

function whereOf(
  frame: Frame,
  { component, low, high, skipped }: Estimate,
  sample: Sample,
  names: readonly string[],
): Pick<FairnessMetric, 'where' | 'note'> {
  const of = sample.task === 'multiclass' ? sample.classNames[frame.components[component]?.at ?? -1] : undefined
  const classes = skipped.map((code) => sample.classNames[code] ?? '')
  return {
    where: {
      ...(of === undefined ? {} : { class: of }),
      low: low < 0 ? null : (names[low] ?? null),
      high: high < 0 ? null : (names[high] ?? null),
    },
    ...(classes.length === 0
      ? {}
      : { note: `too few rows in all but one group: class ${classes.map((name) => `“${name}”`).join(', ')}` }),
  }
}

function reasonOf(sample: Sample, large: number, attribute: string, favourable: readonly string[] | undefined): string {
  if (sample.invalid !== undefined) return sample.invalid
  if (large < 2) return `${large === 0 ? 'no group' : 'only one group'} of ${attribute} is large enough to be compared`
  if (sample.task === 'regression') return `the mean is not above 0 in every group of ${attribute}: it has no ratio`
  const classes = sample.task === 'multiclass' && favourable !== undefined ? ' for every favourable class' : ''
  return `the rate rests on too few rows in all but one of the groups of ${attribute}, or is 0 in all of them${classes}`
}
