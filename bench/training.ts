/**
 * Features, training and prediction on real tables with the default configuration: quality on rows held out, seconds, and
 * the latency of a single row as the gateway asks for it.
 *
 *   node_modules/.bin/node bench/training.ts [--engine wasm|tfjs-node] [--model mlp|linear] [--seeds 42,1] [--only adult]
 *
 * tfjs-node: `eval "$(.ci/native-tfjs <cache folder>)"` before. Needs the tables of ../shared/data, or of the folder in
 * REFIT_DATA; they are not part of this repository.
 */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { parseConfig } from '../src/config/load.ts'
import { silentLog } from '../src/core/log.ts'
import { readTable } from '../src/data/read.ts'
import { splitRows } from '../src/data/split.ts'
import { findColumn, takeRows } from '../src/data/table.ts'
import { inferTask } from '../src/data/task.ts'
import { scoreMetric } from '../src/evaluation/score.ts'
import { fitFeatures } from '../src/features/fit.ts'
import { encodeLabels, fitLabel } from '../src/features/label.ts'
import { serializeFeatures } from '../src/features/spec-file.ts'
import { createTransform } from '../src/features/transform.ts'
import { loadEngine } from '../src/training/engine.ts'
import { loadModel } from '../src/training/model.ts'
import { trainModel } from '../src/training/train.ts'

const SETS: Readonly<Record<string, string>> = {
  adult: `{data: {source: adult_train.csv, label: income, ignore: fnlwgt}, evaluate: {holdout: {files: adult_test.csv}}}`,
  telco: `{data: {source: telco_churn.csv, label: Churn, id: customerID}}`,
  bike: `{task: regression, data: {source: bike_hour.csv, label: cnt, ignore: [instant, casual, registered, dteday]}}`,
  elec2: `{data: {source: elec2.csv, label: class}}`,
}
const METRICS = { binary: ['auc', 'accuracy', 'brier'], multiclass: ['accuracy'], regression: ['rmse', 'r2'] }

const { values: args } = parseArgs({
  options: {
    engine: { type: 'string', default: 'wasm' },
    model: { type: 'string', default: 'mlp' },
    seeds: { type: 'string', default: '42,1' },
    only: { type: 'string' },
  },
})
const folder = process.env['REFIT_DATA'] ?? resolve(import.meta.dirname, '../../shared/data')
if (!existsSync(join(folder, 'adult_train.csv'))) {
  console.log(`skipped: ${folder} has no adult_train.csv`)
  process.exit(0)
}
const workspace = process.env['REFIT_TFJS_NODE'] ?? folder
const engine = await loadEngine({ choice: args.engine as 'wasm' | 'tfjs-node', workspace, log: silentLog })
console.log(`${engine.name} ${engine.version}, node ${process.version}`)

for (const [name, body] of Object.entries(SETS)) {
  if (args.only !== undefined && args.only !== name) continue
  for (const seed of args.seeds.split(',')) await run(name, body, seed)
}

async function run(name: string, body: string, seed: string): Promise<void> {
  const yaml = `models:\n  ${name}: ${body.slice(0, -1)}, train: {model: ${args.model}, seed: ${seed}}}\n`
  const model = parseConfig(yaml, 'bench.yml').models[name]
  if (model === undefined) throw new Error(`no model ${name}`)
  const { table, report } = await readTable(model.data, folder, { log: silentLog })
  const kinds = Object.fromEntries(table.columns.map((column) => [column.name, column.kind]))
  const { holdout } = model.evaluate
  const files = holdout !== undefined && 'files' in holdout ? holdout.files : undefined
  const held = files && (await readTable(model.data, folder, { log: silentLog, files, kinds })).table
  const label = findColumn(table, model.data.label)
  if (label === undefined) throw new Error(`no column ${model.data.label}`)
  const { task } = inferTask(label, model.task)
  const split = splitRows({
    table,
    data: model.data,
    holdout,
    validation: model.train.validation,
    window: undefined,
    champion: undefined,
    holdoutTable: held,
    seed: model.train.seed,
  })

  const marks = [performance.now()]
  const spec = fitFeatures(table, split.train, {
    task,
    label: fitLabel(table, split.train, { column: model.data.label, task }),
    columns: report.columns.filter(({ role }) => role === 'feature').map((column) => column.name),
    maxCategories: model.train['max-categories'],
  })
  marks.push(performance.now())
  const transform = createTransform(spec)
  const [train, validation] = [split.train, split.validation].map((rows) => encodeLabels(spec, table, rows))
  if (train === undefined || validation === undefined) throw new Error('no split')
  const matrix = transform(table, train.rows)
  marks.push(performance.now())
  const trained = await trainModel({
    engine,
    task,
    label: spec.label,
    train: matrix,
    trainLabels: train.values,
    validation: transform(table, validation.rows),
    validationLabels: validation.values,
    config: model.train,
    log: silentLog,
  })

  const artifact = new Map(trained.files.map(({ path, content }) => [path, content]))
  const loaded = await loadModel(engine, artifact.set('features.json', serializeFeatures(spec)))
  const test = held ?? takeRows(table, split.holdout)
  const { rows, values } = encodeLabels(spec, test)
  marks.push(performance.now())
  const predictions = loaded.predict(test, rows)
  marks.push(performance.now())
  const labels = { task, classes: spec.label.classes, values }
  const scores = METRICS[task].map((metric) => {
    const { value } = scoreMetric(metric, labels, predictions, { threshold: 0.5, value: undefined })
    return `${metric} ${value?.toFixed(4)}`
  })
  const one = takeRows(test, [0])
  for (let i = 0; i < 300; i++) loaded.predict(one)
  const start = performance.now()
  for (let i = 0; i < 300; i++) loaded.predict(one)
  const latency = (performance.now() - start) / 300
  loaded.dispose()
  const between = (from: number): string => `${((marks[from + 1] as number) - (marks[from] as number)).toFixed(0)} ms`
  console.log(
    `${name} seed ${seed}: ${scores.join(', ')} on ${rows.length} rows | ${train.rows.length} × ${matrix.width}, ` +
      `fit ${between(0)}, transform ${between(1)}, ${trained.history.length} epochs in ${trained.seconds.toFixed(2)} s, ` +
      `predict ${between(3)}, one row ${latency.toFixed(3)} ms`,
  )
}
