import type { TrainConfig } from '../../src/config/schema.ts'
import { silentLog } from '../../src/core/log.ts'
import { createRandom } from '../../src/core/random.ts'
import { takeRows, type Table } from '../../src/data/table.ts'
import type { CellReading } from '../../src/data/types.ts'
import { quantiles } from '../../src/evaluation/quantiles.ts'
import { fitFeatures } from '../../src/features/fit.ts'
import { encodeLabels, fitLabel } from '../../src/features/label.ts'
import { signatureOf } from '../../src/features/signature.ts'
import { FEATURES_FILE, serializeFeatures } from '../../src/features/spec-file.ts'
import { createTransform } from '../../src/features/transform.ts'
import type { Forge } from '../../src/forge/forge.ts'
import { manifestPath, type Manifest } from '../../src/registry/manifest.ts'
import { loadEngine } from '../../src/training/engine.ts'
import { loadModel, type LoadedModel } from '../../src/training/model.ts'
import { trainModel } from '../../src/training/train.ts'
import type { ArtifactFile } from '../../src/training/types.ts'
import { sampleManifest } from '../support/manifest.ts'

/** Customers of a telephone company: those who call little, on the basic plan, leave. */
export interface Customer {
  /** Minutes a month, as production sends them; null where unknown. */
  readonly usage: number | null
  readonly plan: string
  readonly churned: boolean
}

export function customers(n: number, seed: number): readonly Customer[] {
  const random = createRandom(seed)
  return Array.from({ length: n }, () => {
    const usage = Math.round(-300 * Math.log(1 - random.next()))
    const plan = random.next() < 0.5 ? 'basic' : 'pro'
    const odds = 1.5 - usage / 150 + (plan === 'basic' ? 1 : -1)
    const churned = random.next() < 1 / (1 + Math.exp(-odds))
    return { usage: random.next() < 0.03 ? null : usage, plan, churned }
  })
}

const TRAIN: TrainConfig = {
  trainer: 'tfjs',
  model: 'linear',
  engine: 'wasm',
  strategy: 'retrain',
  seed: 42,
  epochs: 12,
  patience: 4,
  'learning-rate': 0.05,
  hidden: [8],
  dropout: 0,
  l2: 0,
  'class-weights': 'none',
  validation: 0.15,
  'max-categories': 50,
} as TrainConfig

export interface Version {
  readonly manifest: Manifest
  readonly files: readonly ArtifactFile[]
  /** Loaded from the same bytes, to hold the gateway's answers against. */
  readonly model: LoadedModel
}

export interface VersionOptions {
  /** Training/serving skew: the training data has the usage in hours, production sends minutes. */
  readonly usageIn?: 'minutes' | 'hours'
  readonly previous?: Version
  readonly seed?: number
}

/** A small real model, trained by the product's own code. */
export function trainVersion(number: number, options: VersionOptions = {}): Promise<Version> {
  const table = tableOf(customers(1200, options.seed ?? number), options.usageIn === 'hours' ? 60 : 1)
  return versionOf(number, table, { columns: ['usage', 'plan'], previous: options.previous })
}

/** A model of `churned` from the given columns of at least 1,200 rows. */
export async function versionOf(
  number: number,
  table: Table,
  options: {
    readonly columns: readonly string[]
    /** How the table was read; versions of earlier releases do not say. */
    readonly reading?: CellReading | undefined
    readonly previous?: Version | undefined
  },
): Promise<Version> {
  const rows = Uint32Array.from({ length: 900 }, (_, i) => i)
  const validation = Uint32Array.from({ length: 100 }, (_, i) => 900 + i)
  const holdout = Uint32Array.from({ length: 200 }, (_, i) => 1000 + i)
  const label = fitLabel(table, rows, { column: 'churned', task: 'binary' })
  const fitted = fitFeatures(table, rows, { task: 'binary', label, columns: options.columns, maxCategories: 50 })
  const spec = options.reading === undefined ? fitted : { ...fitted, reading: options.reading }
  const transform = createTransform(spec)
  const engine = await loadEngine({ choice: 'wasm', workspace: '.', log: silentLog })
  const trained = await trainModel({
    engine,
    task: 'binary',
    label,
    train: transform(table, rows),
    trainLabels: encodeLabels(spec, table, rows).values,
    validation: transform(table, validation),
    validationLabels: encodeLabels(spec, table, validation).values,
    config: TRAIN,
    log: silentLog,
  })
  const files = [...trained.files, { path: FEATURES_FILE, content: serializeFeatures(spec) }]
  const model = await loadModel(engine, new Map(files.map((file) => [file.path, file.content])))
  const scores = model.predict(takeRows(table, holdout)).scores
  const signature = signatureOf(spec)
  const previous = options.previous?.manifest
  const sample = sampleManifest({ version: number }, files)
  const manifest: Manifest = {
    ...sample,
    previous: previous ? { version: previous.version, digest: previous.artifact.digest } : null,
    signature: { ...signature, threshold: 0.5 },
    evaluation: { ...sample.evaluation, scoreQuantiles: quantiles(scores, 100) },
  }
  return { manifest, files, model }
}

/** Commits a version to main, as merging its pull request does. Returns the commit. */
export async function mergeVersion(
  forge: Forge,
  version: Version,
  damage?: (files: Map<string, Uint8Array>) => void,
): Promise<string> {
  const { manifest } = version
  const files = new Map<string, Uint8Array>(
    version.files.map((file) => [`models/${manifest.model}/versions/${manifest.version}/${file.path}`, file.content]),
  )
  damage?.(files)
  files.set(manifestPath(manifest.model), Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`))
  const head = await forge.head('main')
  const { oid } = await forge.commit({ branch: 'main', expected: head, message: `v${manifest.version}`, files })
  return oid
}

/** What training sees of the customers. */
export function tableOf(rows: readonly Customer[], divisor = 1): Table {
  const dictionary = ['basic', 'pro']
  const usage = Float64Array.from(rows, (row) => (row.usage === null ? Number.NaN : row.usage / divisor))
  return {
    rows: rows.length,
    columns: [
      { kind: 'number', name: 'usage', values: usage, integer: false },
      {
        kind: 'category',
        name: 'plan',
        codes: Int32Array.from(rows, (row) => dictionary.indexOf(row.plan)),
        dictionary,
      },
      {
        kind: 'category',
        name: 'churned',
        codes: Int32Array.from(rows, (row) => (row.churned ? 1 : 0)),
        dictionary: ['false', 'true'],
      },
    ],
  }
}

/** What production sends of them. */
export function inferBody(rows: readonly Customer[], more: Readonly<Record<string, unknown>> = {}): string {
  const n = rows.length
  return JSON.stringify({
    inputs: [
      { name: 'usage', shape: [n], datatype: 'FP64', data: rows.map((row) => row.usage) },
      { name: 'plan', shape: [n, 1], datatype: 'BYTES', data: rows.map((row) => [row.plan]) },
    ],
    ...more,
  })
}
