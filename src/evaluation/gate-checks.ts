import type { GateConfig } from '../config/schema.ts'
import { formatNumber, formatPercent } from '../core/format.ts'
import { count } from '../core/text.ts'
import type { MetricView } from './gate-metric.ts'
import { limitText, valueSentence } from './gate-text.ts'
import { findMetric } from './metrics.ts'
import { nearPerfect } from './near-perfect.ts'
import type { Evaluation, GateResult } from './types.ts'

/** A value as good as `too-good` is more likely a leak than a success: a person has to look. */
export function checkTooGood(evaluation: Evaluation, gate: GateConfig, view: MetricView): readonly GateResult[] {
  const limit = gate['too-good']
  if (limit === undefined) return []
  const higher = findMetric(evaluation.task, gate.metric)?.direction !== 'lower'
  const { what } = view
  const { value = null, interval = null, reason } = view.value ?? {}
  const result = (status: GateResult['status'], sentence: string): GateResult => ({
    gate,
    title: `${what} ${higher ? 'below' : 'above'} ${limitText(limit)}, which would be too good to be true`,
    status,
    observed: formatNumber(value),
    sentence,
  })
  if (value === null) {
    return [result('inconclusive', `${what} is undefined: ${view.reason ?? reason ?? 'there is no such metric'}`)]
  }
  const text = `${what} is ${valueSentence(value, interval)}`
  return [
    (higher ? value >= limit : value <= limit)
      ? result('inconclusive', `${text}: too good to be true; look for a column that knows the label`)
      : result('pass', text),
  ]
}

/** The gain over the champion must exceed what another seed would change. */
export function checkNoise(evaluation: Evaluation, gate: GateConfig): readonly GateResult[] {
  if (gate.noise !== true) return []
  const { trainingNoise: noise, primary } = evaluation
  const result = (status: GateResult['status'], observed: string, sentence: string): GateResult => ({
    gate,
    title: `gain in ${gate.metric} beyond the noise of training`,
    status,
    observed,
    sentence,
  })
  if (evaluation.champion === null) {
    const sentence = 'noise of training: there is no champion yet to gain on'
    return [{ ...result('pass', 'no champion yet', sentence), unasked: true }]
  }
  if (gate.metric !== primary) {
    const why = `it is measured for the primary metric, ${primary}, and not for ${gate.metric}`
    return [result('inconclusive', 'unknown', `the noise of training is unknown: ${why}`)]
  }
  if (noise === undefined || noise.exceeds === null) {
    const why = noise?.sentence ?? 'the candidate was trained with one seed only (evaluate.seeds)'
    return [result('inconclusive', 'unknown', `the noise of training is unknown: ${why}`)]
  }
  const observed = `${formatNumber(noise.gain, { signed: true })} against ±${formatNumber(noise.noise)}`
  return [result(noise.exceeds ? 'pass' : 'fail', observed, noise.sentence)]
}

/** Behaviour checks that the configuration asks for are gates; automatic ones only warn. */
export function checkBehaviour(evaluation: Evaluation): readonly GateResult[] {
  return (evaluation.behaviour ?? [])
    .filter((check) => check.configured)
    .map((check): GateResult => ({
      gate: { metric: `behaviour: ${check.check}` },
      title: check.title,
      status: check.status === 'skipped' ? 'inconclusive' : check.status === 'fail' ? 'fail' : 'pass',
      observed:
        check.status === 'skipped'
          ? 'not tried'
          : check.check === 'leak'
            ? check.violations === 0
              ? 'none found'
              : 'found'
            : `${check.violations} of ${check.rows} rows`,
      sentence: check.sentence,
      origin: 'check',
    }))
}

/** From this share of the held-out rows on, rows of an unknown class leave the verdict open. */
const MANY_UNSEEN = 0.01

/** Held-out rows of classes that no training row has: whatever the model says of them is wrong, and no metric counts it. */
export function unseenSentence({ rows, unseen }: Evaluation['holdout']): string | undefined {
  return unseen && unseenText(rows, unseen)
}

type Unseen = NonNullable<Evaluation['holdout']['unseen']>

function unseenText(rows: number, unseen: Unseen): string {
  const all = rows + unseen.rows
  const names = unseen.examples.map((name) => `“${name}”`).join(', ')
  return `${unseen.rows.toLocaleString('en-US')} of ${count(all, 'held-out row')} (${formatPercent(unseen.rows / all)}) ${unseen.rows === 1 ? 'has' : 'have'} a class that no training row has (${names}); the model gets all of them wrong, and the metrics leave them out`
}

/** Many of them are no footnote: the model has yet to see what it is asked. */
export function checkUnseen({ holdout }: Evaluation): readonly GateResult[] {
  const { rows, unseen } = holdout
  if (unseen === undefined) return []
  const share = unseen.rows / (rows + unseen.rows)
  if (share < MANY_UNSEEN) return []
  return [
    {
      gate: { metric: 'unseen-classes', max: MANY_UNSEEN },
      title: `below ${formatPercent(MANY_UNSEEN)} of the held-out rows of classes without a training row`,
      status: 'inconclusive',
      observed: formatPercent(share),
      sentence: unseenText(rows, unseen),
      origin: 'check',
    },
  ]
}

/** Copies of the held-out rows in training: whatever the metrics say, they say it of what the model has seen. */
export function checkLeaks({ leaks }: Evaluation, expected: string | undefined): readonly GateResult[] {
  return (leaks?.checks ?? []).flatMap((check): GateResult[] => {
    if (check.status !== 'found' || check.open === undefined) return []
    if (check.open === 'unless-expected' && expected !== undefined) return []
    return [
      {
        gate: { metric: 'leaks' },
        title: 'held-out rows that were not trained on',
        status: 'inconclusive',
        observed: 'trained on',
        sentence: check.sentence,
        origin: 'check',
      },
    ]
  })
}

/** A score too good to be true is a person’s to confirm. What was confirmed is told with the reason, and passes. */
export function checkNearPerfect(evaluation: Evaluation, expected: string | undefined): readonly GateResult[] {
  const { status, metric, observed, sentence } = nearPerfect(evaluation)
  if (status !== 'found') return []
  const result = {
    gate: { metric: 'near-perfect' },
    title: CONFIRMED,
    observed: `${metric} ${observed}`,
    origin: 'check',
  } as const
  if (expected !== undefined) {
    return [{ ...result, status: 'pass', sentence: `${sentence}, and is expected to be: ${expected}` }]
  }
  const { strongest = [], checks = [] } = evaluation.leaks ?? {}
  const [alone] = strongest
  const found = checks.flatMap((check) => (check.status === 'found' ? check.findings : []))
  // What tells by itself comes before what tells together.
  const group = found.some(({ rule }) => rule === 'telltale-column')
    ? undefined
    : found.find(({ rule }) => rule === 'telltale-group')?.columns
  const first =
    group !== undefined
      ? `; the columns that tell most are ${group.map((name) => `“${name}”`).join(' and ')} together`
      : alone !== undefined
        ? `; the column that tells most is “${alone.column}”${alone.presence ? ' by its presence' : ''} (${alone.text})`
        : ''
  const cure = `Look for what tells the label and add it to data.ignore; or, where it is right, say why in ${EXPECT_SETTING}`
  return [{ ...result, status: 'inconclusive', sentence: `${sentence}${first}. ${cure}` }]
}

const CONFIRMED = 'a score that is no leak, confirmed by a person'
const EXPECT_SETTING = 'evaluate.expect-near-perfect'

/** A holdout that has chosen too often proves nothing any more. */
export function checkHoldoutUse(evaluation: Evaluation): readonly GateResult[] {
  const { holdoutUse: use } = evaluation
  if (use === undefined || use.status !== 'spent' || evaluation.champion === null) return []
  return [
    {
      gate: { metric: 'holdout-uses', max: use.budget },
      title: `held-out rows used at most ${use.budget} times to choose`,
      status: 'inconclusive',
      observed: formatNumber(use.uses),
      sentence: use.sentence,
      origin: 'check',
    },
  ]
}
