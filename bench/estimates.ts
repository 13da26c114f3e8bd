/**
 * Estimates without labels, later held against the truth, on real data: DLE (regression) on Bike, CBPE (classification) on
 * Adult's official test part and on Electricity month by month. A model is trained on what was there before, calibrated on
 * its holdout, and scores rows whose labels it is not shown.
 *
 *   node_modules/.bin/node bench/estimates.ts
 *
 * Needs the tables (../shared/data, or the folder in REFIT_DATA). Writes bench/results/estimates.md.
 */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { trainCandidate } from '../src/commands/candidate.ts'
import { createMemoryForge } from '../src/commands/backtest/memory-forge.ts'
import type { Project } from '../src/commands/project.ts'
import { createTimer } from '../src/commands/timer.ts'
import { parseConfig } from '../src/config/load.ts'
import { silentLog } from '../src/core/log.ts'
import { readTable } from '../src/data/read.ts'
import { takeRows, type Table } from '../src/data/table.ts'
import { CALIBRATION_FILE, parseCalibration } from '../src/evaluation/calibration.ts'
import { estimatePerformance } from '../src/evaluation/estimate.ts'
import { scoreMetric } from '../src/evaluation/score.ts'
import { encodeLabels } from '../src/features/label.ts'
import { createTransform } from '../src/features/transform.ts'
import { CASES } from './backtest/cases.ts'

interface Study {
  readonly title: string
  readonly model: string
  readonly metric: string
  /** Lines with a header: what is trained on, and what comes later. */
  readonly lines: readonly string[]
  readonly trained: number
  /** Rows that are estimated together. */
  readonly part: number
}

const folder = process.env['REFIT_DATA'] ?? resolve(import.meta.dirname, '../../shared/data')
const bike = (await CASES['bike']?.rows())?.split('\n')
const electricity = (await CASES['elec2-default']?.rows())?.split('\n')
const adult = ['adult_train.csv', 'adult_test.csv'].map((name) => join(folder, name))
const studies: Study[] = []
for (const model of ['linear', 'mlp']) {
  const train = `    train: {model: ${model}}\n`
  if (bike) {
    const config = `    data: {source: data.csv, label: cnt, time: time}\n${train}`
    const study = { title: `Bike, ${model}: DLE`, model: config, lines: bike, trained: 8645, part: 720 }
    studies.push({ ...study, metric: 'mae' }, { ...study, metric: 'rmse' })
  }
  if (electricity) {
    const config = `    data: {source: data.csv, label: class, time: time}\n${train}`
    const study = {
      title: `Electricity, ${model}: CBPE`,
      model: config,
      lines: electricity,
      trained: 13_600,
      part: 1440,
    }
    studies.push({ ...study, metric: 'accuracy' })
  }
  if (adult.every((path) => existsSync(path))) {
    const [first = [], second = []] = await Promise.all(
      adult.map(async (path) => (await readFile(path, 'utf8')).trim().split('\n')),
    )
    const lines = [...first, ...second.slice(1)]
    const config = `    data: {source: data.csv, label: income, weight: fnlwgt}\n${train}`
    const study = { title: `Adult, ${model}: CBPE`, model: config, lines, trained: first.length - 1, part: 1000 }
    studies.push({ ...study, metric: 'auc' })
  }
}

const tables: string[] = []
for (const study of studies) tables.push(await run(study))
const folderOfResults = join(import.meta.dirname, 'results')
await mkdir(folderOfResults, { recursive: true })
const text = `# Estimates without labels, against the truth\n\nWritten by \`node_modules/.bin/node bench/estimates.ts\`. 95 % intervals.\n\n${tables.join('\n')}`
await writeFile(join(folderOfResults, 'estimates.md'), text)
console.log(text)

async function run({ title, model: config, metric, lines, trained, part }: Study): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'refit-estimates-'))
  try {
    await writeFile(join(root, 'data.csv'), `${lines.slice(0, trained + 1).join('\n')}\n`)
    await writeFile(join(root, 'later.csv'), `${[lines[0], ...lines.slice(trained + 1)].join('\n')}\n`)
    const configText = `models:\n  m:\n${config}`
    const parsed = parseConfig(configText, 'refit.yml')
    const model = parsed.models['m']
    if (model === undefined) throw new Error('no model')
    const project: Project = {
      root,
      configPath: 'refit.yml',
      configText,
      config: parsed,
      log: silentLog,
      clock: () => 0,
      forge: createMemoryForge(() => 0),
      request: { by: 'a bench', reason: null, manual: false, runUrl: null, codeCommit: null },
      output: join(root, '.refit'),
      gatewayUrl: undefined,
      gatewayToken: undefined,
    }
    const candidate = await trainCandidate(project, model, undefined, createTimer())
    const file = candidate.files.find(({ path }) => path === CALIBRATION_FILE)
    const calibration = file && parseCalibration(file.content)
    if (calibration === undefined) throw new Error('no calibration')
    const kinds = Object.fromEntries(candidate.table.columns.map(({ name, kind }) => [name, kind]))
    const { table } = await readTable({ ...model.data, source: ['later.csv'] }, root, { log: silentLog, kinds })
    const own = seen(candidate.holdout, undefined)
    const rows: string[] = []
    let [inside, off, drift, times] = [0, 0, 0, 0]
    for (let start = 0; start + part <= table.rows && times < 12; start += part) {
      const { truth, estimate } = seen(
        takeRows(
          table,
          Uint32Array.from({ length: part }, (_, i) => start + i),
        ),
        calibration,
      )
      if (estimate === undefined || 'none' in estimate) throw new Error('no estimate')
      const { value, low, high } = estimate
      const hit = truth >= low && truth <= high
      times++
      inside += Number(hit)
      off += Math.abs(value - truth)
      drift += Math.abs(own.truth - truth)
      rows.push(`| ${times} | ${show(value)} (${show(low)} … ${show(high)}) | ${show(truth)} | ${hit ? 'yes' : 'no'} |`)
    }
    return `## ${title}, ${metric}\n\n${part} rows a part; ${show(own.truth)} on the holdout. Inside ${inside} of ${times}; off by ${show(off / times)} on average, where the holdout’s own value would be off by ${show(drift / times)}.\n\n| Part | Estimate | Truth | Inside |\n| ---: | --- | ---: | --- |\n${rows.join('\n')}\n`

    function seen(rows: Table, by: typeof calibration) {
      const { spec, predict } = candidate.model
      const encoded = encodeLabels(spec, rows)
      const predictions = predict(rows, encoded.rows)
      const labels = { task: spec.task, classes: spec.label.classes, values: encoded.values }
      const truth = scoreMetric(metric, labels, predictions, { threshold: 0.5 }).value as number
      const features = createTransform(spec)(rows, encoded.rows)
      return { truth, estimate: by && estimatePerformance(by, predictions, metric, { level: 0.95, seed: 1, features }) }
    }
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

function show(value: number): string {
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(3)
}
