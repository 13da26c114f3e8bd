import type { ParsedModel } from './expand.ts'
import { expandData } from './expand.ts'
import type { Path } from './places.ts'

/** What the schema of the drift trigger cannot say: settings that need a time column, thresholds that no score reaches. */
export function driftProblems(
  model: ParsedModel,
): { readonly path: Path; readonly sentence: string; readonly hint: string }[] {
  const { drift } = model.triggers
  if (drift === false) return []
  const problems: { path: Path; sentence: string; hint: string }[] = []
  const timeless = expandData(model).time === undefined
  for (const key of ['window', 'reference'] as const) {
    if (!timeless || drift[key] === undefined || drift[key] === 'profile') continue
    const sentence = `triggers.drift.${key} needs to know when rows are from, and data.time is not set`
    problems.push({ path: ['triggers', 'drift', key], sentence, hint: 'Name the time column in data.time.' })
  }
  const columns = drift.columns === undefined || Array.isArray(drift.columns) ? {} : drift.columns
  for (const [name, rule] of Object.entries(columns)) {
    if (rule === false || rule.threshold === undefined || rule.threshold < 1) continue
    const method = rule.method ?? drift.method
    if (method === 'psi' || method === 'wasserstein') continue
    const sentence = `no change exceeds a threshold of ${rule.threshold}: “${method}” lies between 0 and 1`
    problems.push({ path: ['triggers', 'drift', 'columns', name, 'threshold'], sentence, hint: 'For example: 0.2.' })
  }
  return problems
}
