import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backtest, type BacktestOptions } from '../../../src/commands/backtest/backtest.ts'
import { readHistory } from '../../../src/commands/backtest/history.ts'
import { combinations, parseSweep, withFrontier } from '../../../src/commands/backtest/sweep.ts'
import type { Project } from '../../../src/commands/project.ts'
import { parseConfig } from '../../../src/config/load.ts'
import type { ModelConfig } from '../../../src/config/schema.ts'
import { RefitError } from '../../../src/core/error.ts'
import { silentLog } from '../../../src/core/log.ts'
import { createRandom } from '../../../src/core/random.ts'
import { findColumn } from '../../../src/data/table.ts'
import type { Forge } from '../../../src/forge/forge.ts'
import type { BacktestResult, PolicyRun } from '../../../src/report/backtest-types.ts'
import { STYLE } from '../../../src/report/render/style.ts'
import { renderBacktest, renderBacktestHtml } from '../../../src/report/backtest-report.ts'

const DAY = 86_400_000
const START = Date.UTC(2026, 0, 1)
const DAYS = 60
const ROWS_A_DAY = 40
/** From here on the label means the opposite. */
const FLIP = 30

let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'refit-backtest-'))
  const random = createRandom(5)
  const lines = ['t,x,z,y']
  for (let i = 0; i < DAYS * ROWS_A_DAY; i++) {
    const [x, z] = [random.normal(), random.normal()]
    const flipped = i >= FLIP * ROWS_A_DAY
    const y = x + 0.3 * random.normal() > 0 !== flipped ? 1 : 0
    lines.push(`${new Date(START + (i * DAY) / ROWS_A_DAY).toISOString().slice(0, 19)},${x},${z},${y}`)
  }
  writeFileSync(join(root, 'data.csv'), lines.join('\n'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const CONFIG = `models:
  m:
    data: {source: data.csv, label: y, time: t}
    train: {model: linear, epochs: 8, window: 10d}
    evaluate: {primary: accuracy, resamples: 100, min-holdout: 30}
    triggers: {drift: false, volume: false, performance: {drop: 0.1, min-rows: 40, max-rows: 160}}
`

function projectOf(text: string): { project: Project; model: ModelConfig } {
  const config = parseConfig(text, 'refit.yml')
  const forge = new Proxy({} as Forge, {
    get: (_target, name) => {
      throw new Error(`the backtest touched the real forge: ${String(name)}`)
    },
  })
  const project: Project = {
    root,
    configPath: 'refit.yml',
    config,
    configText: text,
    forge,
    clock: () => Date.UTC(2027, 0, 1),
    log: silentLog,
    request: { by: 'test', reason: null, manual: false, runUrl: null, codeCommit: null },
    output: join(root, '.refit'),
    gatewayUrl: undefined,
    gatewayToken: undefined,
  }
  return { project, model: config.models['m'] as ModelConfig }
}

const OPTIONS: BacktestOptions = {
  period: 2 * DAY,
  every: 4 * DAY,
  from: START + 10 * DAY,
  to: undefined,
  metric: undefined,
  labelDelay: 0,
  sweep: [],
}
const run = (options: Partial<BacktestOptions> = {}, text = CONFIG): Promise<BacktestResult> => {
  const { project, model } = projectOf(text)
  return backtest(project, model, { ...OPTIONS, ...options })
}
const named = (result: BacktestResult, name: string): PolicyRun =>
  result.runs.find((one) => one.name === name) as PolicyRun
const failure = async (work: Promise<unknown>): Promise<RefitError> => {
  const error: unknown = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  if (error instanceof RefitError) return error
  throw error ?? new Error('it did not fail')
}

describe('a schedule between two looks', () => {
  test('waits for the next look, and that is told', async () => {
    const schedule = CONFIG.replace('performance:', 'schedule: {every: 100h}, performance:')
    const result = await run({ every: 3 * DAY, to: START + 18 * DAY }, schedule)
    expect(result.runs[1]?.name).toBe('every 4d')
    expect(result.every).toBe(4 * DAY)
    expect(result.notes).toEqual([
      '--every is 3d, and the model is looked at every 2d (--period): it is retrained every 4d',
      'triggers.schedule.every is 4d 4h, and the model is looked at every 2d (--period): it is retrained every 6d',
    ])
    for (const text of [renderBacktest(result), renderBacktestHtml(result)]) {
      expect(text.replace(/\s+/g, ' ')).toContain('--every is 3d, and the model is looked at every 2d')
    }
  })

  test('says nothing where it fits', async () => {
    expect((await run({ to: START + 14 * DAY })).notes).toEqual([])
  })
})

describe('a backtest of a concept that turns round', () => {
  let result: BacktestResult
  beforeAll(async () => {
    result = await run({ sweep: parseSweep(['performance.drop=0.1,0.9']) })
  })

  test('retrains when it turns and not before, and stays near the oracle', () => {
    const [never, every, refit] = result.runs as [PolicyRun, PolicyRun, PolicyRun]
    expect([never.name, every.name, refit.name]).toEqual(['never', 'every 4d', 'refit'])
    expect(refit.retrainings).toBeGreaterThan(0)
    expect(refit.retrainings).toBeLessThan(every.retrainings)
    expect(refit.events.every((event) => event.at > START + FLIP * DAY)).toBe(true)
    expect(refit.events[0]?.triggers).toEqual(['performance'])
    expect(refit.score).toBeGreaterThan((never.score as number) + 0.1)
    expect(result.oracle.score).toBeGreaterThanOrEqual(refit.score as number)
    expect(never.retrainings).toBe(0)
  })

  test('scores every period with the model that was there when it began', () => {
    const never = named(result, 'never')
    const flip = result.bounds.findIndex((bound) => bound >= START + FLIP * DAY)
    expect(Math.min(...(never.scores.slice(0, flip) as number[]))).toBeGreaterThan(0.8)
    expect(Math.max(...(never.scores.slice(flip) as number[]))).toBeLessThan(0.3)
    // The period of the turn is lost for everybody: nobody could know.
    for (const one of result.runs) expect(one.scores[flip]).toBeLessThan(0.3)
    expect(result.rows).toBe((DAYS - 10) * ROWS_A_DAY)
  })

  test('shows the frontier of a sweep: a blind threshold never retrains', () => {
    const [sharp, blind] = result.sweep
    expect(sharp?.run.score).toBe(named(result, 'refit').score)
    expect(blind?.run.retrainings).toBe(0)
    expect(result.sweep.map((point) => point.frontier)).toEqual([true, true])
  })

  test('repeats to the last digit', async () => {
    const again = await run()
    expect(again.runs.map((one) => one.scores)).toEqual(result.runs.map((one) => one.scores))
  })

  test('is a table with a chart on a terminal, and a page without scripts', () => {
    const text = renderBacktest(result, { width: 120 })
    expect(text).toContain('oracle: the best model of every period')
    expect(text).toMatch(/[▁▂▃▄▅▆▇█]{10}/)
    expect(text).toContain('performance.drop')
    const page = renderBacktestHtml(result)
    expect(page).toContain('<svg class="lines"')
    expect(page).not.toContain('<script')
  })

  test('takes the whole width: a column for the list of sections is only where there is one', () => {
    const narrow = Array.from(STYLE.matchAll(/([.\w-]+)\{grid-template-columns:\d+px/g), ([, selector]) => selector)
    expect(narrow).toEqual(['.indexed'])
    const page = renderBacktestHtml(result)
    expect(page).toContain('<div class="page">')
    expect(page).not.toContain('<nav')
  })
})

test('labels that come late are not seen before they come', async () => {
  const prompt = await run()
  const late = await run({ labelDelay: 8 * DAY })
  expect(named(late, 'refit').events[0]?.at).toBeGreaterThanOrEqual(
    (named(prompt, 'refit').events[0]?.at as number) + 6 * DAY,
  )
})

test('a day of the past shows only what was there then', async () => {
  const { model } = projectOf(CONFIG)
  const history = await readHistory(model.data, root, { log: silentLog, labelDelay: DAY })
  const now = START + 20 * DAY
  const then = history.at(() => now)
  const { table, report } = await then.readTable(model.data, root, { log: silentLog })
  expect(table.rows).toBe(19 * ROWS_A_DAY)
  expect(report.window?.to).toBeLessThan(now - DAY)
  for await (const batch of then.readBatches(model.data, root, { after: START + 10 * DAY })) {
    const time = findColumn(batch.table, 't')
    const label = findColumn(batch.table, 'y')
    if (time?.kind !== 'time' || label?.kind !== 'number') throw new Error('columns are missing')
    expect(Math.min(...time.values)).toBeGreaterThan(START + 10 * DAY)
    expect(Math.max(...time.values)).toBeLessThan(now)
    expect(label.values.filter((value) => !Number.isNaN(value))).toHaveLength(9 * ROWS_A_DAY - 1)
  }
  expect(await then.fingerprint(model.data, root, [])).not.toBe(
    await history.at(() => now + DAY).fingerprint(model.data, root, []),
  )
})

describe('a backtest says in one sentence', () => {
  test.each<[string, Partial<BacktestOptions>, string, string]>([
    [
      'that there is no time',
      {},
      CONFIG.replace(', time: t', '').replace(', window: 10d', ''),
      'a backtest needs to know when a row happened, and data.time is not set',
    ],
    [
      'that there is nothing to replay',
      { from: Date.UTC(2030, 0, 1) },
      CONFIG,
      'there is nothing to replay from 2030-01-01T00:00:00Z: the rows go from 2026-01-01T00:00:00Z to 2026-03-01T23:24:00Z',
    ],
    ['that the periods are too many', { period: 1000 }, CONFIG, '4,318,000 periods of 1s are too many'],
    [
      'that the metric is none of the task',
      { metric: 'rmse' },
      CONFIG,
      '--metric is “rmse”, which is no metric of a binary task',
    ],
  ])('%s', async (_what, options, text, sentence) => {
    expect((await failure(run(options, text))).message.replace(/^4,31\d,\d+/, '4,318,000')).toBe(sentence)
  })
})

describe('a sweep', () => {
  test('takes settings of triggers by their short name, and any other by its path', () => {
    const tried = combinations(parseSweep(['performance.drop=0.1,0.2', 'train.window=5d,10d']), CONFIG, 'm')
    expect(tried.map(({ settings }) => Object.values(settings).join(' '))).toEqual([
      '0.1 5d',
      '0.1 10d',
      '0.2 5d',
      '0.2 10d',
    ])
    expect(tried[2]?.model.triggers.performance).toMatchObject({ drop: 0.2, 'min-rows': 40 })
    expect(tried[2]?.model.train.window).toEqual({ ms: 5 * DAY })
  })

  test('refuses what it does not understand, wrong settings, and too much', () => {
    expect(() => parseSweep(['drop'])).toThrow('--sweep does not understand “drop”')
    expect(() => combinations(parseSweep(['performance.dorp=1']), CONFIG, 'm')).toThrow('unknown key "dorp"')
    const many = Array.from({ length: 65 }, (_, i) => i + 1).join(',')
    expect(() => combinations(parseSweep([`performance.drop=${many}`]), CONFIG, 'm')).toThrow('65 combinations')
  })

  test('has on its frontier what no other beats in both', () => {
    const point = (retrainings: number, score: number) => ({
      settings: {},
      run: { retrainings, score } as PolicyRun,
    })
    const points = [point(1, 0.7), point(2, 0.8), point(3, 0.75), point(2, 0.6)]
    expect(withFrontier(points, 'higher').map((one) => one.frontier)).toEqual([true, true, false, false])
    expect(withFrontier(points, 'lower').map((one) => one.frontier)).toEqual([true, false, false, true])
  })
})
