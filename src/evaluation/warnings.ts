import { formatNumber } from '../core/format.ts'
import { count } from '../core/text.ts'
import { unseenSentence } from './gate-checks.ts'
import { groupText } from './groups.ts'
import type { Metric } from './metrics/family.ts'
import type { Segment } from './evidence.ts'
import type { Evaluation } from './types.ts'

export interface WarningInput {
  readonly evaluation: Omit<Evaluation, 'warnings'>
  readonly primary: Metric
  readonly invalid: readonly { readonly name: string; readonly reason: string | undefined }[]
  readonly unknownSlices: readonly string[]
  /** `plan = rare (3 rows)` */
  readonly unjudgedSlices: readonly string[]
}

/** What a reviewer should know before believing the numbers, in sentences. */
export function warningsOf(input: WarningInput): readonly string[] {
  const { evaluation, primary } = input
  const warnings: string[] = []
  for (const { name, reason } of input.invalid) {
    if (reason !== undefined) warnings.push(`${name} cannot be judged: ${reason}`)
  }
  const seen = evaluation.candidate.metrics.find((metric) => metric.metric === primary.name)
  if (seen && seen.value === null && !input.invalid.some(({ reason }) => reason === seen.reason)) {
    warnings.push(`${primary.name} is undefined on the holdout: ${seen.reason ?? 'no reason is known'}`)
  }
  const unseen = unseenSentence(evaluation.holdout)
  if (unseen !== undefined) warnings.push(upperFirst(unseen))
  if (evaluation.champion && !evaluation.holdout.championSafe) {
    warnings.push(
      `The champion ${evaluation.champion.name} may have been trained on some of the held-out rows, which flatters it` +
        `${evaluation.holdout.note ? `: ${evaluation.holdout.note}` : ''}`,
    )
  }
  const { holdoutUse: use } = evaluation
  if (use && (use.status === 'wearing' || use.status === 'spent')) warnings.push(upperFirst(use.sentence))
  warnings.push(...regressions(evaluation))
  for (const column of input.unknownSlices) warnings.push(`The data has no column “${column}” to slice by`)
  if (input.unjudgedSlices.length > 0) {
    const more = input.unjudgedSlices.length > 5 ? ` and ${input.unjudgedSlices.length - 5} more` : ''
    warnings.push(`Too small for the gates on slices: ${input.unjudgedSlices.slice(0, 5).join(', ')}${more}`)
  }
  for (const { attribute, candidate, metrics } of evaluation.fairness) {
    // Where no metric has a value nobody may take the silence for fairness.
    const silent = candidate.length === 0 || metrics.every((metric) => metric.candidate === null)
    const reason = silent ? metrics[0]?.reason : undefined
    if (reason !== undefined) warnings.push(`Fairness by ${attribute} cannot be judged: ${reason}`)
  }
  return warnings
}

/** Parts of the data on which the candidate is worse than the champion, however good it is overall. */
function regressions(evaluation: WarningInput['evaluation']): readonly string[] {
  const { champion, primary, slices, segments } = evaluation
  if (champion === null) return []
  const change = (before: number | null | undefined, after: number | null): string =>
    `${primary} ${formatNumber(before)} → ${formatNumber(after)}`
  const judged = slices.filter(({ small }) => !small)
  const worse = judged.filter((slice) => slice.comparison?.conclusion === 'worse')
  const named = worse
    .slice(0, 3)
    .map(
      (slice) =>
        `${groupText(slice.column, slice.value)} (${change(slice.champion?.value, slice.candidate.value)}, ${count(slice.rows, 'row')})`,
    )
  const seenOn = ({ metric, championLoss, loss }: Segment): string =>
    metric.candidate === null
      ? `${segments?.loss ?? 'loss'} ${formatNumber(championLoss)} → ${formatNumber(loss)}`
      : change(metric.champion, metric.candidate)
  const found = (segments?.regressions ?? []).filter((segment) => segment.significant)
  const [first] = found
  return [
    ...(worse.length === 0
      ? []
      : [
          `Worse than ${champion.name} on ${worse.length} of ${count(judged.length, 'slice')}: ${named.join('; ')}${worse.length > 3 ? '; …' : ''}`,
        ]),
    ...(first === undefined
      ? []
      : [
          `Worse than ${champion.name} on ${count(found.length, 'segment')} found by searching, most of all on ${first.name} (${seenOn(first)}, ${count(first.rows, 'row')})`,
        ]),
  ]
}

const upperFirst = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)
