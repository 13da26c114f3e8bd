import type { Table } from '../data/table.ts'
import type { Statistic } from '../stats/bootstrap.ts'
import { FAIRNESS_METRICS, type Rates, ratesOf } from './fairness-metrics.ts'
import { type Group, groupRows } from './groups.ts'
import type { Measurement } from './measure.ts'
import { outcomes } from './metrics/confusion.ts'
import type { Sample } from './sample.ts'
import { sampleWeights } from './scorer.ts'
import type { FairnessMetric, FairnessResult, GroupRates } from './types.ts'

/** A protected column whose groups are to be compared, with what has to be resampled for it. */
export interface FairnessPlan {
  readonly attribute: string
  readonly groups: readonly Group[]
  /** Whether each group is compared: large enough, and known to be a group. */
  readonly compared: readonly boolean[]
  /** Of the candidate, then of the champion where there is one. */
  readonly parts: readonly Part[]
}

interface Part {
  readonly statistic: Statistic
  readonly rates: readonly Rates[]
  readonly estimates: Float64Array
}

export interface FairnessInput {
  readonly table: Table
  readonly rows: Uint32Array
  readonly attributes: readonly string[]
  readonly minGroup: number
  readonly candidate: Sample
  readonly champion: Sample | undefined
}

/**
 * Prepares demographic parity and equalized odds of each protected column (binary decisions only). Rows with a missing
 * value are shown but not compared, groups below `minGroup` only counted. Columns that the table does not have are returned by name.
 */
export function planFairness(input: FairnessInput): { plans: readonly FairnessPlan[]; unknown: readonly string[] } {
  const plans: FairnessPlan[] = []
  const unknown: string[] = []
  for (const attribute of input.attributes) {
    const groups = groupRows(input.table, attribute, input.rows)
    if (groups === undefined) {
      unknown.push(attribute)
      continue
    }
    const compared = groups.map((group) => !group.missing && group.rows.length >= input.minGroup)
    const samples = [input.candidate, ...(input.champion ? [input.champion] : [])]
    plans.push({ attribute, groups, compared, parts: samples.map((sample) => createPart(sample, groups, compared)) })
  }
  return { plans, unknown }
}

function createPart(sample: Sample, groups: readonly Group[], compared: readonly boolean[]): Part {
  const codes = outcomes(sample)
  const cell = new Uint32Array(sample.rows)
  groups.forEach((group, g) => {
    for (const row of group.rows) cell[row] = g * 4 + (codes[row] as number)
  })
  const cells = new Float64Array(groups.length * 4)
  const count = (weights: Float64Array): void => {
    cells.fill(0)
    for (let i = 0; i < cell.length; i++) {
      const at = cell[i] as number
      cells[at] = (cells[at] as number) + (weights[i] as number)
    }
  }
  const statistic: Statistic = {
    size: FAIRNESS_METRICS.length,
    score(weights, out) {
      count(weights)
      const rates: Rates[] = []
      for (let g = 0; g < compared.length; g++) if (compared[g]) rates.push(ratesOf(cells, g * 4))
      for (let m = 0; m < out.length; m++) out[m] = FAIRNESS_METRICS[m]?.value(rates) ?? Number.NaN
    },
  }
  const estimates = new Float64Array(statistic.size).fill(Number.NaN)
  const weights = sampleWeights(sample)
  if (sample.invalid === undefined) statistic.score(weights, estimates)
  count(weights)
  const rates = groups.map((_, g) => ratesOf(cells, g * 4))
  return { statistic, estimates, rates: sample.invalid === undefined ? rates : rates.map(() => UNDEFINED_RATES) }
}

const UNDEFINED_RATES: Rates = {
  selectionRate: Number.NaN,
  truePositiveRate: Number.NaN,
  falsePositiveRate: Number.NaN,
  accuracy: Number.NaN,
}

/** The result of one plan. `first` is the place of the candidate's statistic among the further ones of the measurement. */
export function fairnessResult(plan: FairnessPlan, measurement: Measurement, first: number): FairnessResult {
  const [candidate, champion] = plan.parts as readonly [Part, Part?]
  const metrics = FAIRNESS_METRICS.map(({ name }, m): FairnessMetric => {
    const value = defined(candidate.estimates[m])
    const other = champion ? defined(champion.estimates[m]) : null
    const difference = value === null || other === null ? null : value - other
    return {
      metric: name,
      candidate: value,
      champion: other,
      interval: value === null ? null : measurement.interval(value, first, m),
      change:
        difference === null
          ? null
          : { difference, interval: measurement.differenceInterval(difference, first, first + 1, m) },
      ...(value === null ? { reason: reasonOf(plan) } : {}),
    }
  })
  return {
    attribute: plan.attribute,
    candidate: groupRates(plan, candidate),
    champion: champion ? groupRates(plan, champion) : null,
    metrics,
  }
}

function groupRates(plan: FairnessPlan, part: Part): readonly GroupRates[] {
  return plan.groups.map((group, g) => {
    const small = !plan.compared[g] && !group.missing
    const rates = small ? UNDEFINED_RATES : (part.rates[g] as Rates)
    return {
      group: group.value,
      rows: group.rows.length,
      selectionRate: defined(rates.selectionRate),
      truePositiveRate: defined(rates.truePositiveRate),
      falsePositiveRate: defined(rates.falsePositiveRate),
      accuracy: defined(rates.accuracy),
      small,
    }
  })
}

function reasonOf(plan: FairnessPlan): string {
  const large = plan.compared.filter(Boolean).length
  return large < 2
    ? `${large === 0 ? 'no group' : 'only one group'} of ${plan.attribute} is large enough to be compared`
    : `a rate has an empty denominator in all but one of the groups of ${plan.attribute}, or is 0 in all of them`
}

function defined(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value
}
