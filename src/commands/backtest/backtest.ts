import { findMetric } from '../../config/metric-names.ts'
import type { ModelConfig } from '../../config/schema.ts'
import { formatDuration, isoTime } from '../../core/clock.ts'
import { RefitError } from '../../core/error.ts'
import { findColumn, isMissing } from '../../data/table.ts'
import { inferTask } from '../../data/task.ts'
import { primaryMetric } from '../../evaluation/score.ts'
import { loadEngine } from '../../training/engine.ts'
import type { Project } from '../project.ts'
import { readHistory, type History } from './history.ts'
import { everyName, runPolicy, scheduled, type Policy, type Stage } from './policy.ts'
import { createScoreboard, overall } from './scores.ts'
import { combinations, withFrontier, type SweepAxis } from './sweep.ts'
import type { BacktestResult } from '../../report/backtest-types.ts'

export interface BacktestOptions {
  /** Time between two looks at the model, in milliseconds. */
  readonly period: number
  /** The schedule that the configuration is compared with. Default: every period. */
  readonly every: number | undefined
  /** When the first version is trained. Default: when a tenth of the rows is there. Epoch milliseconds. */
  readonly from: number | undefined
  readonly to: number | undefined
  /** Default: the model's primary metric. */
  readonly metric: string | undefined
  /** Labels arrive this long after their row. */
  readonly labelDelay: number
  readonly sweep: readonly SweepAxis[]
}

/** More periods than this take hours and show nothing that fewer do not. */
const MAX_PERIODS = 5000
const FIRST_SHARE = 0.1

/**
 * Lives through the past of a model with its configuration: when it would have been retrained, what production would
 * have scored, what the gates would have refused. Writes nothing anywhere.
 * @throws RefitError `usage` or `data` where there is no past to replay
 */
export async function backtest(
  project: Project,
  model: ModelConfig,
  options: BacktestOptions,
): Promise<BacktestResult> {
  const started = performance.now()
  const { log, root } = project
  if (model.evaluate.holdout !== undefined && 'files' in model.evaluate.holdout) {
    throw new RefitError(
      'usage',
      'a backtest cannot hold out files of their own: on a day of the past they were not there',
      {
        hint: 'Use evaluate.holdout: {last: 20%} for the backtest.',
      },
    )
  }
  const history = await readHistory(model.data, root, { log, labelDelay: options.labelDelay, now: project.clock() })
  const metric = metricOf(model, history, options.metric)
  const bounds = boundsOf(history, options)
  const rowsOf = bounds.slice(1).map((end, i) => labelled(history, model, bounds[i] as number, end))
  const engine = await loadEngine({ choice: model.train.engine, workspace: root, log })
  const board = createScoreboard({ engine, model, metric, history, bounds })
  const every = wholePeriods(options.every ?? options.period, options.period)
  const notes = roundings(model, options)
  for (const note of notes) log.warn(note)
  const policies: readonly Policy[] = [
    { name: 'never', model, deploy: 'none' },
    { name: everyName(every), model: scheduled(model, every), deploy: 'all' },
    { name: 'refit', model, deploy: 'passed' },
  ]
  const tried = options.sweep.length === 0 ? [] : combinations(options.sweep, project.configText, model.name)
  const total = (policies.length + tried.length) * rowsOf.length
  let done = 0
  const stage: Stage = {
    project,
    history,
    board,
    bounds,
    rowsOf,
    memory: new Map(),
    tick: (note) => log.progress({ label: 'backtest', done: ++done, total, note }),
  }
  const runs = []
  for (const policy of policies) runs.push(await runPolicy(policy, stage))
  const points = []
  for (const { settings, model: variant } of tried) {
    const name = Object.entries(settings).map(([key, value]) => `${key}=${value}`)
    const run = await runPolicy({ name: name.join(' '), model: variant, deploy: 'passed' }, stage)
    points.push({ settings, run })
  }
  const direction = findMetric(metric)?.direction ?? 'higher'
  const best = board.oracle()
  return {
    model: model.name,
    metric,
    direction,
    rows: rowsOf.reduce((sum, rows) => sum + rows, 0),
    bounds,
    rowsOf,
    every,
    notes,
    labelDelay: options.labelDelay,
    runs,
    oracle: { score: overall(best, rowsOf), scores: best, models: board.models },
    sweep: withFrontier(points, direction),
    seconds: (performance.now() - started) / 1000,
  }
}

const wholePeriods = (time: number, period: number): number => Math.ceil(time / period) * period

/** A model is looked at once a period, so that a schedule which is due in between waits for the next look. */
function roundings(model: ModelConfig, { every, period }: BacktestOptions): readonly string[] {
  const { schedule } = model.triggers
  const asked = [
    ['--every', every],
    ['triggers.schedule.every', schedule ? schedule.every : undefined],
  ] as const
  return asked.flatMap(([setting, time]) => {
    if (time === undefined || time % period === 0) return []
    const [wanted, real, look] = [time, wholePeriods(time, period), period].map(formatDuration)
    return [
      `${setting} is ${wanted}, and the model is looked at every ${look} (--period): it is retrained every ${real}`,
    ]
  })
}

function metricOf(model: ModelConfig, history: History, wanted: string | undefined): string {
  const label = findColumn(history.table, model.data.label)
  if (label === undefined) throw new RefitError('data', `the label column “${model.data.label}” is not in the data`)
  const { task } = inferTask(label, model.task)
  const metric = wanted ?? primaryMetric(task, model.evaluate.primary)
  if (findMetric(metric)?.tasks.includes(task) === true) return metric
  throw new RefitError('usage', `--metric is “${metric}”, which is no metric of a ${task} task`, {
    hint: 'Leave it out to use the primary metric.',
  })
}

function boundsOf(history: History, { period, from, to }: BacktestOptions): readonly number[] {
  const { times } = history
  const [oldest, newest] = [times[0] as number, times[times.length - 1] as number]
  const tenth = times[Math.floor(times.length * FIRST_SHARE)] as number
  // Without a wish, periods start at round times: days at midnight.
  const start = from ?? Math.ceil(tenth / period) * period
  const end = Math.min(to ?? Infinity, newest + 1)
  if (start <= oldest || start >= end) {
    const window = `${isoTime(oldest)} to ${isoTime(newest)}`
    throw new RefitError('usage', `there is nothing to replay from ${isoTime(start)}: the rows go from ${window}`, {
      hint: 'Choose --from between them, with enough rows before it to train a first version.',
    })
  }
  const periods = Math.ceil((end - start) / period)
  if (periods > MAX_PERIODS) {
    throw new RefitError(
      'usage',
      `${periods.toLocaleString('en-US')} periods of ${formatDuration(period)} are too many`,
      {
        hint: `Use a longer --period, or a shorter window with --from and --to; at most ${MAX_PERIODS} are replayed.`,
      },
    )
  }
  return Array.from({ length: periods + 1 }, (_, i) => Math.min(end, start + i * period))
}

function labelled(history: History, model: ModelConfig, from: number, end: number): number {
  const column = findColumn(history.table, model.data.label)
  let rows = 0
  if (column === undefined) return rows
  for (let row = history.rowsBefore(from); row < history.rowsBefore(end); row++) if (!isMissing(column, row)) rows++
  return rows
}
