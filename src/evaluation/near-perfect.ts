import { formatNumber, formatPercent } from '../core/format.ts'
import type { Looked } from './leak-types.ts'
import type { Evaluation, MetricValue, Role } from './types.ts'

/**
 * From here on a score is too good to be true until a person says otherwise: AUC of two classes; of more, the share of the
 * errors of “always the most frequent class” that the candidate takes away (Goodman & Kruskal’s λ); R² of a number. By
 * the value and not by the lower end of its interval: a leak among few rows is a leak.
 */
const NEAR_PERFECT = 0.99
/** So little of what the champion left undone, at its training and now, is left by no honest retraining. */
const LEFT_OVER = 1 / 4
/** Before a person is asked about a jump: a model that is poor still has much to gain. */
const LEAST_JUMP = 0.95
const ROUNDING = 1e-12

type Scored = Pick<Evaluation, 'task' | 'baseline' | 'champion' | 'candidate' | 'comparisons'> & {
  readonly championAtTraining?: Evaluation['championAtTraining']
}

export interface NearPerfect {
  readonly status: Looked['status']
  /** `auc`, `accuracy`, `r2`: what was looked at. */
  readonly metric: string
  /** `0.997`. */
  readonly observed: string
  readonly sentence: string
}

const MEASURES = {
  binary: { metric: 'auc', what: 'AUC' },
  multiclass: { metric: 'accuracy', what: 'share of the errors that it takes away' },
  regression: { metric: 'r2', what: 'R²' },
} as const

/** Whether the candidate is too good to be true: nearly perfect, or a jump from its champion that no retraining makes. */
export function nearPerfect(evaluation: Scored): NearPerfect {
  const { task, candidate, champion } = evaluation
  const { metric, what } = MEASURES[task]
  const own = valueOf(candidate.metrics, metric)
  const score = scoreOf(evaluation, own)
  if (own === null || score === null) {
    const reason = candidate.metrics.find((one) => one.metric === metric)?.reason
    const why = `${metric} is undefined on the held-out rows${reason === undefined ? '' : ` (${reason})`}`
    const sentence = `whether the candidate is too good to be true was not checked: ${why}`
    return { status: 'not-looked', metric, observed: 'undefined', sentence }
  }
  const observed = task === 'multiclass' ? formatPercent(own) : formatNumber(own, { digits: 4 })
  const seen = `${metric} ${observed}`
  if (score >= NEAR_PERFECT) {
    const base = task === 'multiclass' ? `; always the most frequent class: ${formatPercent(baseOf(evaluation))}` : ''
    return { status: 'found', metric, observed, sentence: `the candidate is too good to be true (${seen}${base})` }
  }
  const then = evaluation.championAtTraining && scoreOf(evaluation, valueOf(evaluation.championAtTraining, metric))
  const now = champion && scoreOf(evaluation, valueOf(champion.metrics, metric))
  const known = [then, now].filter((one) => one !== null && one !== undefined)
  const best = known.length === 0 ? undefined : Math.max(...known)
  if (best !== undefined && score >= LEAST_JUMP && 1 - score <= LEFT_OVER * (1 - best) + ROUNDING) {
    const before = task === 'multiclass' ? '' : ` from ${formatNumber(best, { digits: 3 })} of ${champion?.name}`
    const sentence = `the candidate is too good to be true (${seen}${before}): it leaves ${formatPercent((1 - score) / (1 - best))} of what its champion left undone, now and when it was trained`
    return { status: 'found', metric, observed, sentence }
  }
  const sentence = `${what} ${formatNumber(score)} is below ${NEAR_PERFECT}, from where on a person has to confirm it${best === undefined ? '' : ', and no jump from the champion'}`
  return { status: 'clean', metric, observed, sentence }
}

const valueOf = (metrics: readonly Pick<MetricValue, 'metric' | 'value'>[], name: string): number | null =>
  metrics.find((one) => one.metric === name)?.value ?? null

const baseOf = (evaluation: Pick<Evaluation, Role>): number => valueOf(evaluation.baseline.metrics, 'accuracy') ?? 0

/** As the task measures it, 1 being perfect. */
function scoreOf(evaluation: Scored, value: number | null): number | null {
  if (value === null || evaluation.task !== 'multiclass') return value
  const base = baseOf(evaluation)
  return base < 1 ? (value - base) / (1 - base) : null
}
