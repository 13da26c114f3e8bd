import { compileFormula, FormulaError } from '../core/formula.ts'
import { checkGates } from './check-gates.ts'
import { checkGroupings } from './check-groupings.ts'
import { checkMetric } from './check-metric.ts'
import { driftProblems } from './drift-semantics.ts'
import { expandData, expandStage, type ParsedModel } from './expand.ts'
import type { Problem, Report } from './issues.ts'
import { checkTriggers } from './trigger-semantics.ts'
import type { DataConfig } from './schema.ts'
import type { Path } from './places.ts'

/** The gateway counts on a grid of this width; a window is made of whole steps of it. */
const EVIDENCE_STEP_MS = 250

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
  for (const name of data.include) {
    const role = data.ignore.includes(name) ? 'ignored' : roles.get(name)
    if (role !== undefined) report(['data', 'include'], `data.include lists the ${role} column "${name}"`)
  }
  if (data.positive !== undefined && model.task !== undefined && model.task !== 'binary') {
    report(['data', 'positive'], `data.positive is for binary tasks, and the task is ${model.task}`)
  }
  checkGroupings(model, data.label, report)
  if (data.time !== undefined) return
  if (data['time-format'] !== 'auto')
    report(
      ['data', 'time-format'],
      'data.time-format says how data.time is written, and data.time is not set',
      'Set data.time.',
      'key',
    )
  const { holdout } = model.evaluate
  if (holdout !== undefined && 'last' in holdout) {
    report(
      ['evaluate', 'holdout', 'last'],
      'evaluate.holdout.last needs a time column, and data.time is not set',
      'Set data.time, or hold out a share of the rows: {share: 20%}.',
      'key',
    )
  }
  if (typeof model.train.window === 'object' && 'ms' in model.train.window) {
    report(
      ['train', 'window'],
      'train.window as a duration needs a time column, and data.time is not set',
      'Set data.time, or give the window as a number of rows.',
    )
  }
}

/** Data come from one place, and a database has to say what is new. */
function checkOrigin(data: DataConfig, report: Report): void {
  if (data.time !== undefined && data.watermark !== undefined)
    report(
      ['data', 'watermark'],
      'data.time says which rows are new, so data.watermark has nothing to say',
      'Remove it.',
    )
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
    else if (/^https?:\/\//i.test(address) && !URL.canParse(address))
      report(['data', 'source'], 'an address in data.source cannot be read')
    else if (/^\$\{?\w+\}?$/.test(address))
      report(
        ['data', 'source'],
        'data.source reads no environment variable',
        'A database is data: {postgres: {url: "${DATABASE_URL}", table: …}}; other addresses are read by data.command.',
      )
  }
  if (postgres === undefined) return
  const path: Path = ['data', 'postgres']
  if (source.length > 0)
    report(['data', 'source'], 'the data come from data.source or from data.postgres, not from both')
  if ((postgres.table === undefined) === (postgres.query === undefined)) {
    report(path, 'data.postgres needs a table or a query, and only one of them', 'For example table: public.events.')
  }
  if (data.time === undefined && data.watermark === undefined) {
    const hint = 'Rows of a database have no order: a time, or a column that only grows, says which of them are new.'
    report(path, 'data.postgres needs data.time or data.watermark', hint, 'key')
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
  const { primary, threshold, value, metrics } = model.evaluate
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
  for (const [i, name] of metrics.entries()) checkMetric(name, ['evaluate', 'metrics', i], model, report, false)
  if (value !== undefined && 'formula' in value) checkFormula(value.formula, report)
  checkResample(model, report)
  if (threshold === 'value' && value === undefined) {
    report(
      ['evaluate', 'threshold'],
      'evaluate.threshold is value, but evaluate.value is not set',
      'Add for example value: {tp: 100, fp: -10}.',
    )
  }
  checkFairness(model, report)
  if (model.task === undefined || model.task === 'binary' || value === undefined) return
  report(['evaluate', 'value'], `evaluate.value is for binary tasks, and the task is ${model.task}`, undefined, 'key')
}

function checkFairness({ task, evaluate: { fairness } }: ParsedModel, report: Report): void {
  if (fairness === undefined || task === undefined) return
  const path: Path = ['evaluate', 'fairness']
  if (fairness.favourable !== undefined && task !== 'multiclass') {
    const sentence = `fairness.favourable is for multiclass tasks, and the task is ${task}`
    const hint = task === 'binary' ? 'Of two classes the positive one is favourable: data.positive.' : undefined
    report([...path, 'favourable'], sentence, hint, 'key')
  }
  if (fairness['max-difference'] !== undefined && task === 'regression') {
    const sentence = 'fairness.max-difference is for classes: differences of a regression are in the unit of the label'
    const hint = 'Set gates, for example {metric: mae-parity-ratio, min: 0.8}.'
    report([...path, 'max-difference'], sentence, hint, 'key')
  }
}

function checkFormula(text: string, report: Report): void {
  const path = ['evaluate', 'value', 'formula']
  try {
    const formula = compileFormula(text)
    if (formula.indicators.length === 0) {
      const sentence = 'the formula mentions none of tp, fp, tn and fn: every decision would be worth the same'
      report(path, sentence, 'For example tp * amount * 0.02 - fp * 15.')
    }
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error
    report(path, `the formula is wrong at character ${error.at + 1}: ${error.message}`, FORMULA_HINT)
  }
}

const FORMULA_HINT =
  'There are tp, fp, tn, fn, numeric columns (others than letters and digits in backquotes), + - * /, parentheses, min, max, abs and round.'

function checkResample(model: ParsedModel, report: Report): void {
  const { resample } = model.evaluate
  const data = expandData(model)
  if ((resample === 'id' || resample === 'time') && data[resample] === undefined) {
    report(['evaluate', 'resample'], `evaluate.resample is ${resample}, but data.${resample} is not set`)
  }
}

const ORDER = ['staging', 'shadow', 'canary', 'full'] as const

function checkStages(model: ParsedModel, report: Report): void {
  if (model.rollout.window % EVIDENCE_STEP_MS !== 0) {
    report(
      ['rollout', 'window'],
      `rollout.window must be a multiple of ${EVIDENCE_STEP_MS} ms`,
      'Write for example 1m or 5s.',
    )
  }
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
