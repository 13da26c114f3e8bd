import { checkMetric } from './check-metric.ts'
import type { ParsedModel } from './expand.ts'
import { groupingName } from './groupings.ts'
import type { Report } from './issues.ts'
import { findMetric, isShare, PRIMARY } from './metric-names.ts'
import type { Path } from './places.ts'

/** Gates that demand nothing, contradict themselves, or look at what does not exist. */
export function checkGates(model: ParsedModel, report: Report): void {
  checkTogether(model.gates ?? [], report)
  for (const [i, gate] of (model.gates ?? []).entries()) {
    const path = ['gates', i]
    const known = checkMetric(gate.metric, [...path, 'metric'], model, report, true)
    checkDemand(gate, path, report)
    checkReach(gate, path, report)
    checkSlice(gate, model, path, report)
    const metric = known ? findMetric(gate.metric) : undefined
    if (metric?.only === 'gate' && gate.versus !== undefined) {
      report([...path, 'versus'], `${gate.metric} is bounded by min and max, not compared`, undefined, 'key')
    }
    if ((metric?.only === 'gate' || metric?.fairness) && gate['too-good'] !== undefined) {
      const sentence = `too-good asks whether the label leaks into a score, and ${gate.metric} is none`
      report([...path, 'too-good'], sentence, 'Use min or max.', 'key')
    }
    if (gate.noise === true && model.evaluate.seeds < 2) {
      report(
        [...path, 'noise'],
        'noise needs evaluate.seeds: one training alone shows no noise',
        'For example seeds: 5.',
        'key',
      )
    }
    const primary = model.evaluate.primary ?? (model.task && PRIMARY[model.task])
    if (known && gate.noise === true && primary !== undefined && gate.metric !== primary) {
      const sentence = `the noise of training is measured for the primary metric, ${primary}, not for ${gate.metric}`
      report([...path, 'noise'], sentence, `Put noise on a gate on ${primary}.`, 'key')
    }
    if (metric?.fairness && model.evaluate.fairness === undefined) {
      report([...path, 'metric'], `${gate.metric} needs evaluate.fairness.protected`)
    }
  }
}

type Gate = NonNullable<ParsedModel['gates']>[number]

/** Two gates that no candidate can pass: the least of the one is above the most of the other, on the same rows. */
function checkTogether(gates: readonly Gate[], report: Report): void {
  gates.forEach((gate, i) => {
    const least = gate.min
    if (least === undefined) return
    const other = gates.find(
      (one) =>
        one !== gate &&
        one.metric === gate.metric &&
        one.slice === gate.slice &&
        String(one.slices) === String(gate.slices) &&
        one.max !== undefined &&
        one.max < least,
    )
    if (other === undefined) return
    const sentence = `no candidate passes both gates on ${gate.metric}: one asks for at least ${least}, another for at most ${other.max}`
    report(['gates', i, 'min'], sentence, 'Change one of them.')
  })
}

/** A bound that a share can never reach, such as a percentage. */
function checkReach({ metric, min, max }: Gate, path: Path, report: Report): void {
  if (!isShare(metric)) return
  const percent = (bound: number): string => (bound > 1 && bound <= 100 ? `For ${bound} % write ${bound / 100}.` : '')
  const sentence = `${metric} lies between 0 and 1`
  if (min !== undefined && min > 1) report([...path, 'min'], `${sentence}: no candidate has ${min}`, percent(min))
  if (max !== undefined && max < 0) report([...path, 'max'], `${sentence}: no candidate has ${max}`)
}

function checkDemand(gate: Gate, path: Path, report: Report): void {
  const { metric, min, max, versus, noise } = gate
  if (min === undefined && max === undefined && versus === undefined && gate['too-good'] === undefined && !noise) {
    report(path, `the gate on ${gate.metric} demands nothing`, 'Give it min, max, or versus: champion.')
  }
  if (min !== undefined && max !== undefined && min > max) {
    report([...path, 'min'], `the gate on ${gate.metric} has min ${min} above max ${max}`)
  }
  if (metric === 'bias' && (min === undefined) !== (max === undefined)) {
    const [key, side] = min === undefined ? ['max', 'below'] : ['min', 'above']
    const sentence = `bias has two signs: with ${key} alone, a gate passes any that is ${side} 0, however far`
    report(path, sentence, 'Give both, such as min: -60 and max: 60.')
  }
  for (const key of ['margin', 'better'] as const) {
    if (gate[key] !== undefined && versus === undefined) {
      report([...path, key], `${key} means nothing without versus`, 'Add versus: champion.', 'key')
    }
  }
  if (gate.margin !== undefined && gate.better !== undefined && gate.better !== false) {
    const hint = 'Remove margin or better.'
    report([...path, 'margin'], 'a gate is either better or not worse by a margin, not both', hint, 'key')
  }
}

function checkSlice(gate: Gate, model: ParsedModel, path: Path, report: Report): void {
  const { slice, slices } = gate
  if (slice === undefined && slices === undefined) return
  const key = slice === undefined ? 'slices' : 'slice'
  if (slice !== undefined && slices !== undefined) {
    report([...path, 'slices'], 'a gate looks at one slice or at several, not both', 'Remove slice or slices.', 'key')
  }
  if (gate.versus === 'baseline') {
    report([...path, 'versus'], 'slices are compared with the champion only', 'Set versus: champion.')
  }
  const metric = findMetric(gate.metric)
  if (metric?.fairness === true || metric?.only === 'gate') {
    report([...path, key], `${gate.metric} is not broken down by slices`, undefined, 'key')
    return
  }
  const configured = model.evaluate.slices.map(groupingName)
  const named =
    slice !== undefined ? [slice.slice(0, slice.indexOf('=')).trim()] : slices === 'all' ? [] : (slices ?? [])
  const hint = configured.length === 0 ? 'Set evaluate.slices.' : `Slices: ${configured.join(', ')}.`
  if (slices === 'all' && configured.length === 0)
    report([...path, key], 'there are no slices: evaluate.slices is not set', hint)
  for (const name of named) {
    if (!configured.includes(name)) report([...path, key], `"${name}" is not among evaluate.slices`, hint)
  }
}
