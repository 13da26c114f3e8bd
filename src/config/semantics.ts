import { closest } from '../core/suggest.ts'
import { driftProblems } from './drift-semantics.ts'
import { expandData, expandStage, type ParsedModel } from './expand.ts'
import type { Problem } from './issues.ts'
import { checkTriggers } from './trigger-semantics.ts'
import type { DataConfig } from './schema.ts'
import { findMetric, METRIC_NAMES, METRICS } from './metric-names.ts'
import type { Path } from './places.ts'

export type Report = (path: Path, sentence: string, hint?: string, at?: 'key' | 'value') => void

/** What a schema cannot say: parts of one model's configuration that do not fit together. Paths are within the model. */
export function checkModel(model: ParsedModel): Problem[] {
  const problems: Problem[] = []
  const report: Report = (path, sentence, hint, at = 'value') => problems.push({ path, at, sentence, hint })
  checkColumns(model, report)
  checkExpectations(model, report)
  checkTriggers(model, report)
  for (const { path, sentence, hint } of driftProblems(model)) report(path, sentence, hint)
  checkEvaluation(model, report)
  checkGates(model, report)
  checkStages(model, report)
  return problems
}

function checkColumns(model: ParsedModel, report: Report): void {
  const inData = typeof model.data === 'object' && !Array.isArray(model.data) ? model.data.label : undefined
  if (inData !== undefined && model.label !== undefined) {
    report(['label'], 'the label is given twice: here and in data', 'Remove one of the two.', 'key')
  }
  const data = expandData(model)
  if (data.label === '') {
    report([], '"label" is missing: which column is to be predicted?', 'Add a line such as label: churned.', 'key')
    return
  }
  checkOrigin(data, report)
  const roles = new Map([[data.label, 'label']])
  for (const role of ['time', 'id', 'weight'] as const) {
    const name = data[role]
    if (name === undefined) continue
    const other = roles.get(name)
    if (other !== undefined) report(['data', role], `data.${role} is the same column as the ${other}: "${name}"`)
    roles.set(name, role)
  }
  for (const name of data.ignore) {
    const role = roles.get(name)
    if (role !== undefined) report(['data', 'ignore'], `data.ignore lists the ${role} column "${name}"`)
  }
  if (data.positive !== undefined && model.task !== undefined && model.task !== 'binary') {
    report(['data', 'positive'], `data.positive is for binary tasks, and the task is ${model.task}`)
  }
  const { fairness, slices } = model.evaluate
  if (fairness?.protected.includes(data.label)) {
    report(['evaluate', 'fairness', 'protected'], `the label "${data.label}" cannot be a protected column`)
  }
  if (slices.includes(data.label)) report(['evaluate', 'slices'], `the label "${data.label}" cannot be a slice`)
  if (data.time !== undefined) return
  const { holdout } = model.evaluate
  if (holdout !== undefined && 'last' in holdout) {
    report(
      ['evaluate', 'holdout', 'last'],
      'evaluate.holdout.last needs a time column, and data.time is not set',
      'Set data.time, or hold out a share of the rows: {share: 20%}.',
      'key',
    )
  }
  if (model.train.window !== undefined && 'ms' in model.train.window) {
    report(
      ['train', 'window'],
      'train.window as a duration needs a time column, and data.time is not set',
      'Set data.time, or give the window as a number of rows.',
    )
  }
}

/** Data come from one place, and a database has to say what is new. */
function checkOrigin(data: DataConfig, report: Report): void {
  const { postgres, source, command } = data
  if (source.length === 0 && postgres === undefined && command === undefined)
    report(['data', 'source'], 'data.source names no files')
  if (command !== undefined && (source.length > 0 || postgres !== undefined))
    report(['data', 'command'], 'the data come from data.command or from another source, not from both')
  for (const address of source) {
    if (/^https?:\/\/[^/]*@/i.test(address))
      report(
        ['data', 'source'],
        'an address in data.source holds a user or password',
        'Fetch it with data.command, which may read secrets from its environment.',
      )
  }
  if (postgres === undefined) return
  const path: Path = ['data', 'postgres']
  if (source.length > 0)
    report(['data', 'source'], 'the data come from data.source or from data.postgres, not from both')
  if ((postgres.table === undefined) === (postgres.query === undefined)) {
    report(path, 'data.postgres needs a table or a query, and only one of them', 'For example table: public.events.')
  }
  if (data.time === undefined) {
    const hint = 'Rows of a database have no order: only a time column says which of them are new.'
    report(path, 'data.postgres needs data.time', hint, 'key')
  }
}

function checkExpectations(model: ParsedModel, report: Report): void {
  for (const [name, rule] of Object.entries(model.expect)) {
    if (rule === undefined) continue
    if (rule.min !== undefined && rule.max !== undefined && rule.min > rule.max) {
      report(['expect', name], `expect.${name}: min ${rule.min} is above max ${rule.max}`)
    }
  }
}

function checkEvaluation(model: ParsedModel, report: Report): void {
  const { primary, threshold, value } = model.evaluate
  if (primary !== undefined) checkMetric(primary, ['evaluate', 'primary'], model, report, false)
  const { performance } = model.triggers
  if (performance !== false && performance.metric === 'error-rate') {
    if (model.task === 'regression') {
      const path = ['triggers', 'performance', 'metric']
      report(path, 'error-rate is no metric of a regression task', 'For example: mae or rmse.')
    }
  } else if (performance !== false && performance.metric !== undefined) {
    checkMetric(performance.metric, ['triggers', 'performance', 'metric'], model, report, false)
  }
  if (threshold === 'value' && value === undefined) {
    report(
      ['evaluate', 'threshold'],
      'evaluate.threshold is value, but evaluate.value is not set',
      'Add for example value: {tp: 100, fp: -10}.',
    )
  }
  if (model.task === undefined || model.task === 'binary') return
  for (const key of ['value', 'fairness'] as const) {
    if (model.evaluate[key] !== undefined) {
      report(['evaluate', key], `evaluate.${key} is for binary tasks, and the task is ${model.task}`, undefined, 'key')
    }
  }
}

function checkGates(model: ParsedModel, report: Report): void {
  for (const [i, gate] of (model.gates ?? []).entries()) {
    const path = ['gates', i]
    const known = checkMetric(gate.metric, [...path, 'metric'], model, report, true)
    if (gate.min === undefined && gate.max === undefined && gate.versus === undefined) {
      report(path, `the gate on ${gate.metric} demands nothing`, 'Give it min, max, or versus: champion.')
    }
    if (gate.min !== undefined && gate.max !== undefined && gate.min > gate.max) {
      report([...path, 'min'], `the gate on ${gate.metric} has min ${gate.min} above max ${gate.max}`)
    }
    for (const key of ['margin', 'better'] as const) {
      if (gate[key] !== undefined && gate.versus === undefined) {
        report([...path, key], `${key} means nothing without versus`, 'Add versus: champion.', 'key')
      }
    }
    if (gate.margin !== undefined && gate.better === true) {
      report(
        [...path, 'margin'],
        'a gate is either better or not worse by a margin, not both',
        'Remove margin or better.',
        'key',
      )
    }
    if (known && findMetric(gate.metric)?.fairness && model.evaluate.fairness === undefined) {
      report([...path, 'metric'], `${gate.metric} needs evaluate.fairness.protected`)
    }
  }
}

/** Whether the metric exists for the task; reports where it does not. */
function checkMetric(name: string, path: Path, model: ParsedModel, report: Report, fairness: boolean): boolean {
  const metric = findMetric(name)
  const fitting = METRICS.filter(
    (other) => (model.task === undefined || other.tasks.includes(model.task)) && (fairness || other.fairness !== true),
  ).map((other) => other.name)
  const hint = `Metrics${model.task === undefined ? '' : ` of a ${model.task} task`}: ${fitting.join(', ')}.`
  if (metric === undefined) {
    const meant = closest(name, METRIC_NAMES)
    report(path, `unknown metric "${name}"${meant === undefined ? '' : `; did you mean "${meant}"?`}`, hint)
    return false
  }
  if (!fitting.includes(name)) {
    report(
      path,
      metric.fairness && !fairness
        ? `${name} cannot be the metric here`
        : `${name} is no metric of a ${model.task} task`,
      hint,
    )
    return false
  }
  if (name === 'value' && model.evaluate.value === undefined) {
    report(path, 'the metric value needs evaluate.value', 'Add for example value: {tp: 100, fp: -10}.')
    return false
  }
  return true
}

const ORDER = ['staging', 'shadow', 'canary', 'full'] as const

function checkStages(model: ParsedModel, report: Report): void {
  const stages = model.rollout.stages.map(expandStage)
  const root: Path = ['rollout', 'stages']
  if (stages.at(-1)?.kind !== 'full') report(root, 'rollout.stages must end with full')
  for (const [i, stage] of stages.entries()) {
    const before = stages[i - 1]
    const path = [...root, i]
    if ((stage.kind === 'shadow' || stage.kind === 'canary') && stage.for === 0 && stage.requests === 0) {
      report(
        path,
        `${stage.kind} without for or requests would prove nothing`,
        'For example: {for: 1h} or {requests: 1000}.',
      )
    }
    if (stage.max !== undefined && stage.max < stage.for) report(path, `${stage.kind}: max is shorter than for`)
    if (before === undefined) continue
    if (ORDER.indexOf(stage.kind) < ORDER.indexOf(before.kind)) {
      report(path, `${stage.kind} cannot come after ${before.kind}`, `The order is ${ORDER.join(', ')}.`)
    } else if (stage.kind === 'canary' && before.kind === 'canary' && stage.percent <= before.percent) {
      report(path, `canary ${stage.percent} % does not increase on the ${before.percent} % before it`)
    } else if (stage.kind === before.kind && stage.kind !== 'canary') {
      report(path, `${stage.kind} appears twice`)
    }
  }
}
