/**
 * How often the performance trigger and its detectors fire when nothing has changed, and how soon when something has.
 * Printed as Markdown tables.
 *
 *   node_modules/.bin/node bench/simulate-performance.ts [--runs 1000] [--part drop|detectors|elec2]
 *
 * Some two minutes of one core. The part `elec2` needs elec2.csv (../shared/data, or the folder in REFIT_DATA).
 */
import { parseArgs } from 'node:util'
import type { PerformanceTriggerConfig } from '../src/config/schema.ts'
import { createRandom } from '../src/core/random.ts'
import { rowErrors } from '../src/evaluation/errors.ts'
import { aucVariance, delong } from '../src/stats/delong.ts'
import { watchErrors } from '../src/triggers/error-stream.ts'
import { worsening, type Estimate } from '../src/triggers/worsening.ts'
import { ALIVE, range, readElec2, trainChampion } from './drift/elec2-champion.ts'

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '1000' }, part: { type: 'string' } },
})
const RUNS = Number(options.runs)
const wanted = (part: string): boolean => options.part === undefined || options.part === part
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
const row = (...cells: (string | number)[]): void => console.log(`| ${cells.join(' | ')} |`)
const random = createRandom(20260601)

/** AUC with its DeLong interval; `shift` is the distance of the classes, in standard deviations. */
function auc(n: number, shift: number): Estimate {
  const labels = Float64Array.from({ length: n }, () => Number(random.next() < 0.3))
  const curve = delong(
    labels,
    labels.map((label) => random.normal() + shift * label),
  )
  if (curve === null) return { value: Number.NaN }
  const reach = 1.959964 * Math.sqrt(aucVariance(curve))
  return { value: curve.auc, interval: { low: curve.auc - reach, high: Math.min(1, curve.auc + reach), level: 0.95 } }
}

if (wanted('drop')) {
  console.log('\n## AUC against the own evaluation: share of checks that fire at a drop of 0.05\n')
  row(
    'evaluated on',
    'new rows',
    'no change: value alone',
    'no change: beyond chance',
    'AUC falls by 0.10: beyond chance',
  )
  row('---:', '---:', '---:', '---:', '---:')
  // Φ(shift/√2): AUC 0.80, and 0.70.
  const [before, after] = [1.19, 0.742]
  for (const own of [200, 1000, 5000]) {
    for (const n of [100, 200, 500, 2000]) {
      let [alone, beyond, power] = [0, 0, 0]
      for (let run = 0; run < RUNS; run++) {
        const champion = auc(own, before)
        const same = worsening('auc', 'higher', champion, auc(n, before), n)
        if (same.size > 0.05) alone++
        if (same.size > 0.05 && (same.interval?.low ?? 1) > 0) beyond++
        const worse = worsening('auc', 'higher', champion, auc(n, after), n)
        if (worse.size > 0.05 && (worse.interval?.low ?? 1) > 0) power++
      }
      row(own, n, percent(alone / RUNS), percent(beyond / RUNS), percent(power / RUNS))
    }
  }
}

type Detector = PerformanceTriggerConfig['detector']
const DETECTORS: readonly Detector[] = ['adwin', 'page-hinkley', 'ddm']

if (wanted('detectors')) {
  const rows = 20_000
  const runs = Math.max(20, Math.round(RUNS / 4))
  console.log(`\n## Detectors on ${rows.toLocaleString('en-US')} errors, ${runs} runs\n`)
  row(
    'detector',
    'error rate 5 %, no change',
    '20 %, no change',
    '20 % → 25 % half-way',
    'rows until noticed',
    '20 % → 40 %',
    'rows until noticed',
  )
  row('---', '---:', '---:', '---:', '---:', '---:', '---:')
  const fires = (detector: Detector, first: number, second: number): { share: number; delay: number } => {
    let fired = 0
    const delays: number[] = []
    for (let run = 0; run < runs; run++) {
      const errors = Float64Array.from({ length: rows }, (_, i) =>
        Number(random.next() < (i < rows / 2 ? first : second)),
      )
      const seen = watchErrors(detector, { errors, times: undefined, what: '', binary: true })
      if (seen === undefined || 'none' in seen || seen.noticed === undefined) continue
      fired++
      delays.push(seen.noticed.row - rows / 2)
    }
    return { share: fired / runs, delay: delays.sort((a, b) => a - b)[Math.floor(delays.length / 2)] ?? Number.NaN }
  }
  for (const detector of DETECTORS) {
    const [slow, fast] = [fires(detector, 0.2, 0.25), fires(detector, 0.2, 0.4)]
    const calm = [0.05, 0.2].map((rate) => percent(fires(detector, rate, rate).share))
    row(String(detector), ...calm, percent(slow.share), slow.delay, percent(fast.share), fast.delay)
  }
  console.log('\nRows until noticed: median, from the change to the last alarm.')
}

const table = wanted('elec2') ? await readElec2() : undefined
if (table !== undefined) {
  console.log(
    `\n## Electricity: a champion of rows 1 … ${ALIVE - 5000}, then its errors one by one; prices and transfer of Victoria come alive at row ${ALIVE}\n`,
  )
  row('champion', 'errors before', 'errors after', ...DETECTORS.map((detector) => `${String(detector)} notices at row`))
  row('---', '---:', '---:', ...DETECTORS.map(() => '---:'))
  for (const model of ['linear', 'mlp'] as const) {
    const champion = await trainChampion(table, ALIVE - 5000, model)
    const first = ALIVE - 5000
    const { labels, predictions } = champion.score(range(first, ALIVE + 10_000))
    const errors = rowErrors(labels, predictions, 0.5, undefined)
    const mean = (from: number, to: number): string =>
      percent(errors.subarray(from, to).reduce((a, b) => a + b) / (to - from))
    const places = DETECTORS.map((detector) => {
      // The first alarm after the change, as a check would have seen it that was run after every row.
      for (let end = 5100; end <= errors.length; end += 100) {
        const seen = watchErrors(detector, {
          errors: errors.subarray(0, end),
          times: undefined,
          what: '',
          binary: true,
        })
        const noticed = seen !== undefined && 'noticed' in seen ? seen.noticed : undefined
        if (noticed !== undefined && noticed.row > 5000) return (first + noticed.row).toLocaleString('en-US')
      }
      return 'never'
    })
    const earlier = DETECTORS.map((detector) => {
      const seen = watchErrors(detector, { errors: errors.subarray(0, 5000), times: undefined, what: '', binary: true })
      return seen !== undefined && 'noticed' in seen && seen.noticed !== undefined
        ? ` (and ${(first + seen.noticed.row).toLocaleString('en-US')} before)`
        : ''
    })
    row(model, mean(0, 5000), mean(5000, 15_000), ...places.map((place, i) => place + (earlier[i] as string)))
  }
}
