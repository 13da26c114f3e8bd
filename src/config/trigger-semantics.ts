import { Cron } from 'croner'
import { isTrusted } from '../core/environment.ts'
import { expandData, type ParsedModel } from './expand.ts'
import type { Path } from './places.ts'
import type { Report } from './issues.ts'

const BUILT_IN = ['schedule', 'performance', 'drift', 'volume'] as const
const RESERVED = [...BUILT_IN, 'manual', 'custom', 'when', 'cooldown', 'quiet-hours', 'budget']

/** The triggers of a model and how they are put together: what a schema cannot say about them. */
export function checkTriggers(model: ParsedModel, report: Report): void {
  checkSchedule(model, report)
  checkComposition(model, report)
  if (model.train.strategy !== 'incremental' || expandData(model).time !== undefined) return
  report(
    ['train', 'strategy'],
    'train.strategy incremental needs a time column, and data.time is not set',
    'Set data.time: it says which rows are new.',
  )
}

function checkSchedule(model: ParsedModel, report: Report): void {
  const { schedule } = model.triggers
  if (schedule === undefined || schedule === false) return
  if (schedule.every === undefined && schedule.cron === undefined) {
    report(
      ['triggers', 'schedule'],
      'triggers.schedule needs every or cron',
      'For example: schedule: {every: 7d}.',
      'key',
    )
  }
  if (!checkZone(schedule.timezone, ['triggers', 'schedule', 'timezone'], report)) return
  if (schedule.cron !== undefined && !isCron(schedule.cron)) {
    const sentence = `"${schedule.cron}" is no cron expression`
    report(
      ['triggers', 'schedule', 'cron'],
      sentence,
      'Five fields: minute hour day month weekday, such as "0 6 * * 1".',
    )
  }
}

function checkZone(timeZone: string, path: Path, report: Report): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone })
    return true
  } catch {
    report(path, `unknown time zone "${timeZone}"`, 'For example: Europe/Vienna.')
    return false
  }
}

function isCron(expression: string): boolean {
  try {
    return new Cron(expression, { paused: true }).nextRun() !== undefined
  } catch {
    return false
  }
}

function checkComposition(model: ParsedModel, report: Report): void {
  const { triggers } = model
  checkCustom(model, report)
  for (const [i, { timezone }] of (triggers['quiet-hours'] ?? []).entries()) {
    checkZone(timezone, ['triggers', 'quiet-hours', i, 'timezone'], report)
  }
  const { volume, performance } = triggers
  if (volume !== false && volume.rows === undefined && volume.share === undefined && volume.files === undefined) {
    report(
      ['triggers', 'volume'],
      'triggers.volume needs rows, share or files',
      'For example: volume: {share: 0.5}.',
      'key',
    )
  }
  const detector = performance === false ? 'none' : performance.detector
  if (model.task === 'regression' && (detector === 'ddm' || (typeof detector === 'object' && 'ddm' in detector))) {
    report(
      ['triggers', 'performance', 'detector'],
      'ddm watches errors that are right or wrong, and the task is regression',
      'Use adwin or page-hinkley.',
    )
  }
  const on = votersOf(model)
  const { when } = triggers
  if (typeof when !== 'object' || when['at-least'] <= on.length) return
  report(
    ['triggers', 'when', 'at-least'],
    `triggers.when demands at least ${when['at-least']}, and ${on.length === 1 ? '1 trigger is' : `${on.length} triggers are`} on: ${on.join(', ') || 'none'}`,
    'Switch more triggers on, or demand fewer. Manual ones and those that are only reported do not count.',
  )
}

/** The triggers that take part in the decision. */
function votersOf({ triggers }: ParsedModel): string[] {
  const built = BUILT_IN.filter((name) => {
    const settings = triggers[name]
    return settings !== undefined && settings !== false && settings['only-report'] !== true
  })
  const own = Object.entries(triggers.custom ?? {}).filter(([, settings]) => settings['only-report'] !== true)
  return [...built, ...own.map(([name]) => name)]
}

function checkCustom({ triggers }: ParsedModel, report: Report): void {
  for (const [name, { module, command, env }] of Object.entries(triggers.custom ?? {})) {
    const path: Path = ['triggers', 'custom', name]
    const token = env.find(isTrusted)
    if (token !== undefined)
      report([...path, 'env'], `the trigger "${name}" cannot have ${token}, which no program of yours gets`)
    if (RESERVED.includes(name))
      report(path, `a trigger of your own cannot be called "${name}"`, 'Give it another name.', 'key')
    if ((module === undefined) === (command === undefined)) {
      report(
        path,
        `the trigger "${name}" needs either a module or a command`,
        'For example: {module: ./trigger.mjs}.',
        'key',
      )
    }
    if (module !== undefined && (/^(?:[a-z]:)?[\\/]/i.test(module) || module.split(/[\\/]/).includes('..'))) {
      report([...path, 'module'], `the module of "${name}" must be a path within the repository, not ${module}`)
    }
  }
}
