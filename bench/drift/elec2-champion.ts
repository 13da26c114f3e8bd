import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expandData } from '../../src/config/expand.ts'
import { configSchema } from '../../src/config/schema.ts'
import { silentLog } from '../../src/core/log.ts'
import { readTable } from '../../src/data/read.ts'
import type { Table } from '../../src/data/table.ts'
import { fitFeatures } from '../../src/features/fit.ts'
import { encodeLabels, fitLabel } from '../../src/features/label.ts'
import { serializeFeatures } from '../../src/features/spec-file.ts'
import { createTransform } from '../../src/features/transform.ts'
import { loadEngine } from '../../src/training/engine.ts'
import { loadModel } from '../../src/training/model.ts'
import { trainModel } from '../../src/training/train.ts'

/** The row, counted from 0, from which on prices, demand and transfer of Victoria vary. */
export const ALIVE = 17_424

/** elec2.csv of ../shared/data, or of the folder in REFIT_DATA; undefined where it is not there. */
export async function readElec2(): Promise<Table | undefined> {
  const source = join(process.env['REFIT_DATA'] ?? resolve(import.meta.dirname, '../../../shared/data'), 'elec2.csv')
  if (!existsSync(source)) {
    console.log(`skipped: ${source} is not there`)
    return undefined
  }
  return (await readTable(expandData(configOf()), dirname(source), { log: silentLog })).table
}

function configOf() {
  const config = configSchema.parse({ models: { elec2: { data: 'elec2.csv', label: 'class' } } }).models['elec2']
  if (config === undefined) throw new Error('parsed')
  return config
}

export const range = (from: number, to: number): Uint32Array =>
  Uint32Array.from({ length: to - from }, (_, i) => from + i)

/** A model of the rows before `until`, the last thousand of them its validation. */
export async function trainChampion(table: Table, until: number, model: 'linear' | 'mlp') {
  const engine = await loadEngine({ choice: 'wasm', workspace: '.', log: silentLog })
  const [train, validation] = [range(0, until - 1000), range(until - 1000, until)]
  const label = fitLabel(table, train, { column: 'class', task: 'binary' })
  const columns = table.columns.map(({ name }) => name).filter((name) => name !== 'class')
  const spec = fitFeatures(table, train, { task: 'binary', label, columns, maxCategories: 50 })
  const transform = createTransform(spec)
  const trained = await trainModel({
    engine,
    task: 'binary',
    label,
    train: transform(table, train),
    trainLabels: encodeLabels(spec, table, train).values,
    validation: transform(table, validation),
    validationLabels: encodeLabels(spec, table, validation).values,
    config: { ...configOf().train, model },
    log: silentLog,
  })
  const files = new Map([
    ...trained.files.map(({ path, content }) => [path, content] as const),
    ['features.json', serializeFeatures(spec)] as const,
  ])
  const loaded = await loadModel(engine, files)
  return {
    /** Labels of the rows, and what the model makes of them. */
    score: (rows: Uint32Array) => ({
      labels: { task: 'binary' as const, classes: label.classes, values: encodeLabels(spec, table, rows).values },
      predictions: loaded.predict(table, rows),
    }),
  }
}
