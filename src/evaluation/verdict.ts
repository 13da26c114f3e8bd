import { count } from '../core/text.ts'
import type { QualityFinding } from '../data/types.ts'
import { differenceSentence, valueSentence } from './gate-text.ts'
import { readingOf } from './reading.ts'
import type { Evaluation, GateResult, Verdict } from './types.ts'

/** Any failure fails; otherwise anything inconclusive is inconclusive; otherwise it passes. */
export function verdictOf(
  evaluation: Evaluation,
  gates: readonly GateResult[],
  quality: readonly QualityFinding[],
): Verdict {
  const candidate = `v${evaluation.candidate.version ?? '?'}`
  const champion = evaluation.champion?.name
  const stops = quality.filter((finding) => finding.severity === 'stop')
  const failed = gates.filter((gate) => gate.status === 'fail')
  const open = gates.filter((gate) => gate.status === 'inconclusive')
  const consequence = champion ? `; ${champion} stays` : ''

  const [stop] = stops
  if (stop) {
    return { outcome: 'fail', reason: `${candidate} fails on the quality of its data: ${stop.sentence}${consequence}` }
  }
  const [failure] = failed
  if (failure) {
    const asked = gates.filter((gate) => gate.unasked !== true)
    const share = `${failed.length} of ${count(asked.length, 'gate')}`
    return { outcome: 'fail', reason: `${candidate} fails ${share}: ${failure.sentence}${consequence}` }
  }
  const [question] = open
  if (question) {
    const goal = champion ? `${candidate} may replace ${champion}` : `${candidate} is good enough`
    return { outcome: 'inconclusive', reason: `it is open whether ${goal}: ${question.sentence}` }
  }
  return { outcome: 'pass', reason: passReason(evaluation, candidate, gates) }
}

function passReason(evaluation: Evaluation, candidate: string, gates: readonly GateResult[]): string {
  const { primary, champion } = evaluation
  const rows = count(evaluation.holdout.rows, 'held-out row')
  const passed = passedText(gates)
  const own = evaluation.candidate.metrics.find((metric) => metric.metric === primary)
  const value = own?.value ?? null
  const seen = value === null ? `${primary} is undefined` : `${primary} ${valueSentence(value, own?.interval ?? null)}`
  if (!champion) return `${candidate} is the first version: ${seen} on ${rows}; ${passed}`

  const comparison = evaluation.comparisons.find((one) => one.versus === 'champion' && one.metric === primary)
  const { difference = null, interval = null, conclusion } = comparison ?? {}
  if (difference === null || interval === null)
    return `${candidate} may replace ${champion.name}: ${seen} on ${rows}; ${passed}`
  const change = `${primary} ${differenceSentence(difference, interval)} on ${rows}`
  if (conclusion === 'better') return `${candidate} is better than ${champion.name}: ${change}; ${passed}`
  if (comparison !== undefined && conclusion === 'not-worse') {
    const reading = readingOf(comparison)
    const how = reading.replace(/^(?:not|slightly) worse/, `$& than ${champion.name}`)
    return `${candidate} is ${how}: ${change}; ${passed}`
  }
  return `${candidate} may replace ${champion.name}: ${change}; ${passed}`
}

/** How many gates were asked and passed. One that asks for a champion is not among them before there is one. */
function passedText(gates: readonly GateResult[]): string {
  const unasked = gates.filter((gate) => gate.unasked === true).length
  const asked = gates.length - unasked
  const none = `${unasked === 1 ? 'one gate asks' : `${unasked} gates ask`} for a champion, and there is none yet`
  if (asked === 0) return unasked === 0 ? 'no gates are configured' : none
  const passed = asked === 1 ? 'its gate passes' : `all ${asked} gates pass`
  if (unasked === 0) return passed
  return `${asked === 1 ? 'one gate passes' : passed}, and ${none}`
}
