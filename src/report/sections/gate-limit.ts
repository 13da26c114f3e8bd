import type { Task } from '../../core/task.ts'
import { spelledMargin } from '../../evaluation/compare.ts'
import { limitText, marginText } from '../../evaluation/gate-text.ts'
import { findMetric } from '../../evaluation/metrics.ts'
import type { GateResult } from '../../evaluation/types.ts'

/**
 * What one result of a gate is about, in a few words: `≥ 0.8`, `margin 0.005`, `better by 2 %`, `baseline, not worse`. A
 * gate with several demands has one result for each, and each says its own.
 *
 * @param rival The model that need not be named.
 */
export function gateLimit({ gate, title, conclusion }: GateResult, rival: 'champion' | 'baseline', task: Task): string {
  // A bare number is a share of the other model's value for some metrics.
  const amount = (value: number | string): string =>
    marginText(spelledMargin(value, findMetric(task, gate.metric)?.margin ?? 'absolute'))
  if (gate.noise === true && title.endsWith('beyond the noise of training')) return 'beyond noise'
  if (gate['too-good'] !== undefined && title.endsWith('too good to be true')) {
    return `suspicious at ${limitText(gate['too-good'])}`
  }
  if (conclusion !== undefined || / (?:better|not worse) than the (?:champion|baseline)\b/.test(title)) {
    const who = gate.versus === undefined || gate.versus === rival ? '' : `${gate.versus}, `
    if (gate.better) return `${who}better${gate.better === true ? '' : ` by ${amount(gate.better)}`}`
    return `${who}${gate.margin === undefined ? 'not worse' : `margin ${amount(gate.margin)}`}`
  }
  const bounds = [
    ...(gate.min === undefined ? [] : [`≥ ${limitText(gate.min)}`]),
    ...(gate.max === undefined ? [] : [`≤ ${limitText(gate.max)}`]),
  ]
  return bounds.join(' and ') || 'set'
}
