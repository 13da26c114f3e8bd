import { beforeAll, describe, expect, test } from 'vitest'
import { silentLog } from '../../src/core/log.ts'
import { createRandom } from '../../src/core/random.ts'
import type { Task } from '../../src/core/task.ts'
import type { FeatureMatrix, LabelSpec } from '../../src/features/types.ts'
import { loadEngine, type Engine } from '../../src/training/engine.ts'
import { trainModel } from '../../src/training/train.ts'
import { hiddenUnits, trainIncrementally, type StreamRows } from '../../src/training/train-incremental.ts'
import type { TrainConfig } from '../../src/config/schema.ts'
import { defaults } from './simulated.ts'

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine({ choice: 'wasm', workspace: '.', log: silentLog })
})

const WIDTH = 4
const config: TrainConfig = { ...defaults, hidden: [16], epochs: 15 }
const label: LabelSpec = { column: 'y', classes: ['no', 'yes'], mean: 0, sd: 1 }
const EMPTY = (): StreamRows => ({ matrix: matrixOf(0, []), labels: new Float64Array(0), weights: undefined })

function matrixOf(rows: number, values: ArrayLike<number>): FeatureMatrix {
  return { rows, width: WIDTH, values: Float32Array.from(values) }
}

/** Rows whose label hangs on the direction that `angleAt` gives at their place (0 … 1). */
function rowsOf(n: number, seed: number, angleAt: (place: number) => number): StreamRows {
  const random = createRandom(seed)
  const values: number[] = []
  const labels = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const x = Array.from({ length: WIDTH }, () => random.normal())
    const angle = angleAt(i / n)
    const signal = 3 * (Math.cos(angle) * (x[0] as number) + Math.sin(angle) * (x[1] as number))
    values.push(...x)
    labels[i] = Number(random.next() < 1 / (1 + Math.exp(-signal)))
  }
  return { matrix: matrixOf(n, values), labels, weights: undefined }
}

async function championOf(rows: StreamRows, task: Task = 'binary'): Promise<ReadonlyMap<string, Uint8Array>> {
  const { files } = await trainModel({
    engine,
    task,
    label,
    train: rows.matrix,
    trainLabels: rows.labels,
    validation: EMPTY().matrix,
    validationLabels: new Float64Array(0),
    config,
    log: silentLog,
  })
  return new Map(files.map(({ path, content }) => [path, content]))
}

const accuracy = (scores: Float64Array, { labels }: StreamRows, from = 0, to = labels.length): number => {
  let right = 0
  for (let i = from; i < to; i++) right += Number((scores[i] as number) >= 0.5 === (labels[i] === 1))
  return right / (to - from)
}

describe('going on from the champion', () => {
  const past = rowsOf(1500, 1, () => 0)
  let champion: ReadonlyMap<string, Uint8Array>
  beforeAll(async () => {
    champion = await championOf(past)
  })
  const learn = (stream: StreamRows, changes: Partial<TrainConfig> = {}, replay = EMPTY()) =>
    trainIncrementally({
      engine,
      task: 'binary',
      label,
      champion,
      stream,
      replay,
      validation: EMPTY(),
      config: { ...config, ...changes },
      log: silentLog,
    })

  test('a stream whose meaning turns around is followed, where the champion as it is falls behind', async () => {
    const turning = rowsOf(3000, 2, (place) => Math.PI * place)
    const { prequential, frozen, ends, bestEpoch } = await learn(turning)
    const late = ends.at(-6) as number
    expect(accuracy(frozen, turning, late)).toBeLessThan(0.4)
    expect(accuracy(prequential, turning, late)).toBeGreaterThan(0.75)
    expect(accuracy(prequential, turning)).toBeGreaterThan(accuracy(frozen, turning) + 0.15)
    expect(bestEpoch).toBeGreaterThan(0)
  })

  test('a stream that stays as it was costs next to nothing', async () => {
    const steady = rowsOf(2000, 3, () => 0)
    const { prequential, frozen } = await learn(steady, {}, past)
    expect(accuracy(prequential, steady)).toBeGreaterThan(accuracy(frozen, steady) - 0.02)
  })

  test('the first batch is scored by the champion itself: what is tested has not been trained on', async () => {
    const { prequential, frozen, ends } = await learn(rowsOf(600, 4, () => 2))
    const first = ends[0] as number
    expect([...prequential.subarray(0, first)]).toEqual([...frozen.subarray(0, first)])
    expect([...prequential.subarray(first)]).not.toEqual([...frozen.subarray(first)])
  })

  test('the same rows and seed give the same bytes, another seed others', async () => {
    const stream = rowsOf(300, 5, () => 1)
    const [one, two, other] = [await learn(stream), await learn(stream), await learn(stream, { seed: 8 })]
    expect(two.files).toEqual(one.files)
    expect(other.files).not.toEqual(one.files)
  })

  test('older rows that are replayed are not forgotten', async () => {
    const shifted = rowsOf(1500, 6, () => Math.PI / 2)
    const [with1, without] = [await learn(shifted, {}, past), await learn(shifted)]
    const old = rowsOf(800, 7, () => 0)
    const on = async (files: readonly { path: string; content: Uint8Array }[]): Promise<number> => {
      const map = new Map(files.map(({ path, content }) => [path, content]))
      const { frozen } = await trainIncrementally({
        engine,
        task: 'binary',
        label,
        champion: map,
        stream: old,
        replay: EMPTY(),
        validation: EMPTY(),
        config: { ...config, passes: 1 },
        log: silentLog,
      })
      return accuracy(frozen, old)
    }
    expect(await on(with1.files)).toBeGreaterThan((await on(without.files)) + 0.03)
  })

  test('the hidden layers of a saved model are known', async () => {
    expect(await hiddenUnits(engine, champion)).toEqual([16])
  })
})

test('numbers are followed in their own unit', async () => {
  const random = createRandom(3)
  const of = (n: number, offset: number): StreamRows => {
    const values = Array.from({ length: n * WIDTH }, () => random.normal())
    const labels = Float64Array.from({ length: n }, (_, i) => 1000 + offset + 50 * (values[i * WIDTH] as number))
    return { matrix: matrixOf(n, values), labels, weights: undefined }
  }
  const scale = { column: 'y', classes: [], mean: 1000, sd: 50 }
  const past = of(1000, 0)
  const { files } = await trainModel({
    engine,
    task: 'regression',
    label: scale,
    train: past.matrix,
    trainLabels: past.labels,
    validation: EMPTY().matrix,
    validationLabels: new Float64Array(0),
    config,
    log: silentLog,
  })
  const stream = of(1000, 100)
  const { prequential, frozen } = await trainIncrementally({
    engine,
    task: 'regression',
    label: scale,
    champion: new Map(files.map(({ path, content }) => [path, content])),
    stream,
    replay: EMPTY(),
    validation: EMPTY(),
    config,
    log: silentLog,
  })
  const error = (scores: Float64Array): number =>
    stream.labels.reduce((sum, value, i) => sum + (i < 500 ? 0 : Math.abs((scores[i] as number) - value) / 500), 0)
  expect(error(frozen)).toBeGreaterThan(80)
  expect(error(prequential)).toBeLessThan(40)
})
