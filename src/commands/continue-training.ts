import { costTableOf } from '../evaluation/worth.ts'
import type { ModelConfig } from '../config/schema.ts'
import { isoTime } from '../core/clock.ts'
import { RefitError } from '../core/error.ts'
import type { Log } from '../core/log.ts'
import { createRandom, permutation } from '../core/random.ts'
import type { Task } from '../core/task.ts'
import { orderByTime } from '../data/time-order.ts'
import { findColumn, type Table } from '../data/table.ts'
import type { Split } from '../data/types.ts'
import { primaryMetric, scoreMetric } from '../evaluation/score.ts'
import { encodeLabels } from '../features/label.ts'
import { FEATURES_FILE, parseFeatures } from '../features/spec-file.ts'
import { createTransform } from '../features/transform.ts'
import type { FeatureSpec } from '../features/types.ts'
import type { Prequential } from '../report/run-record.ts'
import type { Engine } from '../training/engine.ts'
import { DEFAULT_REPLAY, hiddenUnits, trainIncrementally, type StreamRows } from '../training/train-incremental.ts'
import type { TrainedModel } from '../training/types.ts'
import type { Champion } from './champion.ts'
import { trainedUntil } from './new-rows.ts'
import { weightsOf } from './weights.ts'

export interface Continued {
  readonly spec: FeatureSpec
  readonly trained: TrainedModel
  /** What was learned from and judged by in place of the split's own rows; the holdout is the same. */
  readonly split: Split
  readonly prequential: Prequential
  readonly newRows: number
  readonly replayed: number
}

export interface ContinueOptions {
  readonly model: ModelConfig
  readonly champion: Champion
  readonly task: Task
  /** Class names as the data have them now. */
  readonly classes: readonly string[]
  readonly table: Table
  readonly split: Split
  readonly engine: Engine
  readonly log: Log
}

/** Fewer new rows than this are not worth a step. */
const FEWEST_ROWS = 50

/**
 * Goes on from the champion: its features stay as they are, its weights learn from the rows after its watermark and from
 * a sample of older ones. Where that is not possible, the reason, and the caller trains from scratch.
 */
export async function continueTraining(options: ContinueOptions): Promise<Continued | { readonly why: string }> {
  const { model, champion, task, classes, table, split, engine, log } = options
  const rows = partRows(options)
  if ('why' in rows) return rows
  const spec = parseFeatures(champion.files.get(FEATURES_FILE) ?? new Uint8Array())
  const why = await mismatch(model, champion, spec, { task, classes, engine })
  if (why !== undefined) return { why }
  const transform = createTransform(spec)
  const prepared = (picked: Uint32Array): StreamRows & { readonly rows: Uint32Array } => {
    const encoded = encodeLabels(spec, table, picked)
    return {
      rows: encoded.rows,
      matrix: transform(table, encoded.rows),
      labels: encoded.values,
      weights: weightsOf(table, model.data.weight, encoded.rows),
    }
  }
  const stream = prepared(rows.stream)
  const replay = prepared(rows.replay)
  if (stream.rows.length < FEWEST_ROWS) return { why: tooFew(stream.rows.length) }
  const trained = await trainIncrementally({
    engine,
    task,
    label: spec.label,
    champion: champion.files,
    stream,
    replay,
    validation: prepared(rows.validation),
    config: model.train,
    log,
  })
  const metric = primaryMetric(task, model.evaluate.primary)
  const settings = { threshold: champion.manifest.signature.threshold ?? 0.5, value: costTableOf(model.evaluate.value) }
  const width = trained.prequential.length / stream.rows.length
  const scored = (scores: Float64Array, from: number, to: number): number | null => {
    const { classes: names } = spec.label
    const labels = { task, classes: names, values: stream.labels.subarray(from, to) }
    const part = scores.subarray(from * width, to * width)
    return scoreMetric(metric, labels, { task, classes: names, rows: to - from, scores: part }, settings).value
  }
  const end = stream.rows.length
  return {
    spec,
    trained,
    newRows: rows.stream.length + rows.validation.length,
    replayed: rows.replay.length,
    prequential: {
      metric,
      rows: end,
      value: scored(trained.prequential, 0, end),
      champion: scored(trained.frozen, 0, end),
      batches: trained.ends.map((to, i) => {
        const from = i === 0 ? 0 : (trained.ends[i - 1] as number)
        return {
          until: isoTime(rows.timeAt(stream.rows[to - 1] as number)),
          rows: to - from,
          value: scored(trained.prequential, from, to),
          champion: scored(trained.frozen, from, to),
        }
      }),
    },
    split: { ...split, train: Uint32Array.from([...rows.stream, ...rows.replay]).sort(), validation: rows.validation },
  }
}

interface Parts {
  /** Oldest first. */
  readonly stream: Uint32Array
  readonly replay: Uint32Array
  readonly validation: Uint32Array
  timeAt(row: number): number
}

const tooFew = (rows: number): string => `only ${rows} rows are newer than the champion’s training`

/** New rows to learn from, the newest of them to judge by, and a random sample of the older ones. */
function partRows({ model, champion, table, split }: ContinueOptions): Parts | { readonly why: string } {
  const time = model.data.time === undefined ? undefined : findColumn(table, model.data.time)
  const seen = trainedUntil(champion, model.data)
  if (time?.kind !== 'time' || seen === undefined) return { why: 'it is not known which rows the champion has seen' }
  const timeAt = (row: number): number => time.values[row] as number
  const pool = Uint32Array.from([...split.train, ...split.validation])
  const fresh = orderByTime(
    time.values,
    pool.filter((row) => timeAt(row) > seen),
  )
  if (fresh.length < FEWEST_ROWS) return { why: tooFew(fresh.length) }
  const cut = fresh.length - Math.max(1, Math.round(fresh.length * model.train.validation))
  const stream = fresh.slice(0, cut)
  const older = pool.filter((row) => !(timeAt(row) > seen)).sort()
  const wanted = Math.round((model.train.replay ?? DEFAULT_REPLAY) * stream.length)
  const order = permutation(older.length, createRandom(model.train.seed))
  const replay = Uint32Array.from(order.subarray(0, wanted), (i) => older[i] as number)
  return { stream, replay, validation: fresh.slice(cut).sort(), timeAt }
}

/** Why the champion's network cannot learn on; undefined where it can. */
async function mismatch(
  model: ModelConfig,
  champion: Champion,
  spec: FeatureSpec,
  now: { readonly task: Task; readonly classes: readonly string[]; readonly engine: Engine },
): Promise<string | undefined> {
  if (spec.task !== now.task) return `the champion’s task is ${spec.task}, and now it is ${now.task}`
  const unknown = now.classes.find((name) => !spec.label.classes.includes(name))
  if (unknown !== undefined) return `the champion does not know the class “${unknown}”`
  const wanted = model.train.model === 'mlp' ? model.train.hidden : []
  try {
    const hidden = await hiddenUnits(now.engine, champion.files)
    if (hidden.join() === wanted.join()) return undefined
    return `the champion has hidden layers of ${hidden.join(', ') || 'no'} units, and the configuration wants ${wanted.join(', ') || 'none'}`
  } catch (error) {
    if (!(error instanceof RefitError)) throw error
    return error.message
  }
}
