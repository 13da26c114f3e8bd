import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createRandom } from '../../src/core/random.ts'

/** One past that is replayed, and the configuration it is replayed through. */
export interface Case {
  readonly title: string
  readonly metric: string
  readonly model: string
  /** The rows with a time column; undefined where the table is not there. */
  rows(): Promise<string | undefined>
  readonly sweep?: readonly string[]
}

const HALF_HOUR = 1_800_000
const folder = process.env['REFIT_DATA'] ?? resolve(import.meta.dirname, '../../../shared/data')
const stamp = (time: number): string => new Date(time).toISOString().slice(0, 19)

async function table(name: string): Promise<readonly string[] | undefined> {
  const path = join(folder, name)
  return existsSync(path) ? (await readFile(path, 'utf8')).trim().split('\n') : undefined
}

async function electricity(): Promise<string | undefined> {
  const lines = await table('elec2.csv')
  if (lines === undefined) return undefined
  const [header, ...rows] = lines
  return [`time,${header}`, ...rows.map((row, i) => `${stamp(Date.UTC(1996, 4, 7) + i * HALF_HOUR)},${row}`)].join('\n')
}

/** `dteday` and `hr` become the time; `casual` and `registered` add up to the label. */
async function bike(): Promise<string | undefined> {
  const lines = await table('bike_hour.csv')
  if (lines === undefined) return undefined
  const [header = '', ...rows] = lines
  const names = header.split(',')
  const kept = names.filter((name) => !['instant', 'dteday', 'casual', 'registered', 'yr'].includes(name))
  const at = (name: string): number => names.indexOf(name)
  const text = rows.map((row) => {
    const cells = row.split(',')
    const time = Date.parse(`${cells[at('dteday')]}T00:00:00Z`) + Number(cells[at('hr')]) * 3_600_000
    return [stamp(time), ...kept.map((name) => cells[at(name)])].join(',')
  })
  return [`time,${kept.join(',')}`, ...text].join('\n')
}

/** Weight of a second concept on a day. */
type Drift = (day: number) => number
const DAYS = 360
const ROWS_A_DAY = 40

/** Two concepts; some noise of the label stays for a while, as the weather does. */
function simulated(drift: Drift): () => Promise<string> {
  return () => {
    const random = createRandom(11)
    const lines = ['time,a,b,c,plan,y']
    let mood = 0
    for (let i = 0; i < DAYS * ROWS_A_DAY; i++) {
      const [a, b, c] = [random.normal(), random.normal(), random.normal()]
      const plan = ['basic', 'plus', 'pro'][Math.floor(3 * random.next())] as string
      mood = 0.98 * mood + 0.1 * random.normal()
      const day = Math.floor(i / ROWS_A_DAY)
      const old = 1.5 * a - b + (plan === 'pro' ? 1 : 0)
      const young = 1.5 * b - c + (plan === 'basic' ? 1 : 0)
      const z = random.next() < drift(day) ? young : old
      const y = random.next() < 1 / (1 + Math.exp(-z - mood)) ? 1 : 0
      const time = stamp(Date.UTC(2025, 0, 1) + (i * 24 * 3_600_000) / ROWS_A_DAY)
      lines.push(`${time},${[a, b, c].map((x) => x.toFixed(4)).join(',')},${plan},${y}`)
    }
    return Promise.resolve(lines.join('\n'))
  }
}

const ELEC2 = '    data: {source: data.csv, label: class, time: time}\n    evaluate: {primary: accuracy}\n'
const SIMULATED = '    data: {source: data.csv, label: y, time: time}\n    train: {model: linear}\n'
const SIMULATED_ALL = SIMULATED.replace('linear', 'linear, window: all')

/** The best of `bench/backtest.ts elec2-tuned --first-half --sweep`. */
const TUNED = `    data: {source: data.csv, label: class, time: time}
    train: {model: linear, window: 28d}
    evaluate: {primary: accuracy, holdout: {last: 1%}, min-holdout: 40, resamples: 200}
    gates: [{metric: accuracy, versus: champion, margin: 0.06}]
    triggers:
      cooldown: 7d
      schedule: {every: 21d}
      performance: {floor: 0.7, drop: 0.05, min-rows: 96, max-rows: 144, estimate: false, challenger: false}
      drift: false
      volume: false
`

export const CASES: Readonly<Record<string, Case>> = {
  'elec2-default': { title: 'Electricity, defaults', metric: 'accuracy', model: ELEC2, rows: electricity },
  'elec2-linear': {
    title: 'Electricity, defaults with `train: {model: linear}`',
    metric: 'accuracy',
    model: `${ELEC2}    train: {model: linear}\n`,
    rows: electricity,
  },
  'elec2-28d': {
    title: 'Electricity, defaults with `train: {model: linear, window: 28d}`',
    metric: 'accuracy',
    model: `${ELEC2}    train: {model: linear, window: 28d}\n`,
    rows: electricity,
  },
  'elec2-incremental': {
    title: 'Electricity, defaults with `train: {model: linear, strategy: incremental}`',
    metric: 'accuracy',
    model: `${ELEC2}    train: {model: linear, strategy: incremental}\n`,
    rows: electricity,
  },
  'elec2-tuned': {
    title: 'Electricity, tuned on the first half',
    metric: 'accuracy',
    model: TUNED,
    rows: electricity,
    sweep: ['performance.floor=0.7,0.75', 'cooldown=7d,10d,14d', 'schedule.every=14d,21d'],
  },
  'elec2-all': {
    title: 'Electricity, defaults with `train: {model: linear, window: all}`',
    metric: 'accuracy',
    model: `${ELEC2}    train: {model: linear, window: all}\n`,
    rows: electricity,
  },
  bike: {
    title: 'Bike, defaults with `train: {model: linear}` (a trend)',
    metric: 'rmse',
    model: '    data: {source: data.csv, label: cnt, time: time}\n    train: {model: linear}\n',
    rows: bike,
  },
  'bike-all': {
    title: 'Bike, all of history',
    metric: 'rmse',
    model: '    data: {source: data.csv, label: cnt, time: time}\n    train: {model: linear, window: all}\n',
    rows: bike,
  },
  none: { title: 'Simulated: nothing changes', metric: 'auc', model: SIMULATED, rows: simulated(() => 0) },
  abrupt: {
    title: 'Simulated: another concept from day 200',
    metric: 'auc',
    model: SIMULATED,
    rows: simulated((day) => Number(day >= 200)),
  },
  'abrupt-all': {
    title: 'Simulated: another concept from day 200; all of history',
    metric: 'auc',
    model: SIMULATED_ALL,
    rows: simulated((day) => Number(day >= 200)),
  },
  gradual: {
    title: 'Simulated: another concept from day 120 to 300, little by little',
    metric: 'auc',
    model: SIMULATED,
    rows: simulated((day) => Math.min(1, Math.max(0, (day - 120) / 180))),
  },
  'gradual-all': {
    title: 'Simulated: another concept from day 120 to 300, little by little; all of history',
    metric: 'auc',
    model: SIMULATED_ALL,
    rows: simulated((day) => Math.min(1, Math.max(0, (day - 120) / 180))),
  },
  recurring: {
    title: 'Simulated: another concept every other 90 days',
    metric: 'auc',
    model: SIMULATED,
    rows: simulated((day) => Math.floor(day / 90) % 2),
  },
  'recurring-all': {
    title: 'Simulated: another concept every other 90 days; all of history',
    metric: 'auc',
    model: SIMULATED_ALL,
    rows: simulated((day) => Math.floor(day / 90) % 2),
  },
}
