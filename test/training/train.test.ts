import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { RefitError } from '../../src/core/error.ts'
import { sha256 } from '../../src/core/json.ts'
import type { ProgressUpdate } from '../../src/core/log.ts'
import type { Table } from '../../src/data/table.ts'
import { encodeLabels } from '../../src/features/label.ts'
import type { Engine } from '../../src/training/engine.ts'
import { lossOf } from '../../src/training/loss.ts'
import { loadModel } from '../../src/training/model.ts'
import { trainModel } from '../../src/training/train.ts'
import { engineNames, load } from './engines.ts'
import { filesOf, prepare, type Prepared, simulate, trainOn } from './simulated.ts'

describe.each(engineNames)('training on %s', (name) => {
  let engine: Engine
  beforeAll(async () => {
    engine = await load(name)
  })

  async function heldOut(table: Table, prepared: Prepared) {
    const model = await loadModel(engine, await trainOn(engine, prepared))
    const { rows, values } = encodeLabels(model.spec, table, prepared.held)
    const predictions = model.predict(table, rows)
    model.dispose()
    return { labels: values, scores: predictions.scores, classes: predictions.classes }
  }
  const accuracy = (labels: Float64Array, decide: (row: number) => number): number =>
    labels.reduce((hits, label, row) => hits + (decide(row) === label ? 1 : 0), 0) / labels.length

  test('an mlp learns an interaction that a linear model cannot', async () => {
    const table = simulate(3000, 'binary')
    const scored = await Promise.all(
      (['mlp', 'linear'] as const).map(async (model) => {
        const { labels, scores } = await heldOut(table, prepare(table, 'binary', { model }))
        return accuracy(labels, (row) => (scores[row]! >= 0.5 ? 1 : 0))
      }),
    )
    expect(scored[0]).toBeGreaterThan(0.82)
    expect(scored[1]).toBeLessThan(0.7)
  })

  test('multiclass probabilities sum to one and pick the right class', async () => {
    const table = simulate(3000, 'multiclass')
    const { labels, scores, classes } = await heldOut(table, prepare(table, 'multiclass'))
    expect(classes).toEqual(['low', 'mid', 'top'])
    const rowOf = (row: number) => scores.slice(3 * row, 3 * row + 3)
    for (let row = 0; row < labels.length; row++) {
      expect(rowOf(row).reduce((a, b) => a + b)).toBeCloseTo(1, 5)
    }
    expect(accuracy(labels, (row) => rowOf(row).indexOf(Math.max(...rowOf(row))))).toBeGreaterThan(0.85)
  })

  test('regression predicts in the unit of the label', async () => {
    const table = simulate(3000, 'regression')
    const { labels, scores } = await heldOut(table, prepare(table, 'regression', { epochs: 30 }))
    const rmse = Math.sqrt(labels.reduce((sum, label, row) => sum + (label - scores[row]!) ** 2, 0) / labels.length)
    expect(rmse).toBeLessThan(25) // the label's standard deviation is 107
  })

  test('the same rows, configuration and seed give the same bytes; another seed gives others', async () => {
    const prepared = prepare(simulate(1500, 'multiclass'), 'multiclass')
    const digest = async (seed: number) => {
      const options = { ...prepared.options, config: { ...prepared.options.config, seed } }
      return [...filesOf(prepared.spec, await trainModel({ engine, ...options }))].map(([path, bytes]) => [
        path,
        sha256(bytes),
      ])
    }
    const first = await digest(42)
    expect(await digest(42)).toEqual(first)
    expect(await digest(43)).not.toEqual(first)
    const script = fileURLToPath(new URL('digest.ts', import.meta.url))
    const output = execFileSync(process.execPath, ['--no-warnings', script, name], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    expect(JSON.parse(output.slice(output.indexOf('digests ') + 8))).toEqual(first)
  })

  test('keeps the best epoch: the saved model has the validation loss that was reported', async () => {
    const table = simulate(1200, 'binary')
    const prepared = prepare(table, 'binary', { 'learning-rate': 0.03, epochs: 40, patience: 3 })
    const trained = await trainModel({ engine, ...prepared.options })
    const { history, bestEpoch } = trained
    const losses = history.map(({ validationLoss }) => validationLoss)
    expect(losses.indexOf(Math.min(...losses)) + 1).toBe(bestEpoch)
    expect(history.length).toBe(bestEpoch + 3)

    const model = await loadModel(engine, filesOf(prepared.spec, trained))
    const rows = Uint32Array.from({ length: 240 }, (_, i) => 720 + i)
    const { scores } = model.predict(table, rows)
    const logits = Float32Array.from(scores, (p) => Math.log(p / (1 - p)))
    const loss = lossOf('binary', logits, prepared.options.validationLabels) / 240
    expect(loss).toBeCloseTo(losses[bestEpoch - 1]!, 4)
    model.dispose()
  })

  test('row weights make a class rare, class weights find more of it again', async () => {
    const table = simulate(2000, 'binary')
    // Row weights make one positive count for ten negatives.
    const base = prepare(table, 'binary')
    const rare = (labels: Float64Array): Float64Array => labels.map((label) => (label === 1 ? 0.1 : 1))
    const rowWeights = {
      trainWeights: rare(base.options.trainLabels),
      validationWeights: rare(base.options.validationLabels),
    }
    const recall = async (classWeights: 'none' | { yes: number }) => {
      const config = { ...base.options.config, 'class-weights': classWeights }
      const { labels, scores } = await heldOut(table, {
        ...base,
        options: { ...base.options, ...rowWeights, config },
      })
      const positives = labels.reduce((sum, label) => sum + label, 0)
      return labels.reduce((hits, label, row) => hits + (label === 1 && scores[row]! >= 0.5 ? 1 : 0), 0) / positives
    }
    expect(await recall({ yes: 10 })).toBeGreaterThan((await recall('none')) + 0.3)
  })

  test('a training that diverges says so and what to do', async () => {
    const prepared = prepare(simulate(500, 'regression'), 'regression', { 'learning-rate': 1e30 })
    const training = trainModel({ engine, ...prepared.options })
    await expect(training).rejects.toThrow(RefitError)
    await expect(training).rejects.toMatchObject({
      code: 'training',
      hint: expect.stringContaining('train.learning-rate'),
    })
  })

  test('reports every epoch, and leaves no tensors behind', async () => {
    const updates: ProgressUpdate[] = []
    const { options } = prepare(simulate(400, 'binary'), 'binary', { epochs: 3, patience: 3 })
    const before = engine.tf.memory().numTensors
    await trainModel({ engine, ...options, log: { ...options.log, progress: (update) => updates.push(update) } })
    expect(engine.tf.memory().numTensors).toBe(before)
    expect(updates.map(({ done, total }) => [done, total])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ])
    expect(updates[0]?.note).toMatch(/^loss \d\.\d{4}, validation \d\.\d{4}$/)
  })

  test('trains without validation rows', async () => {
    const { options } = prepare(simulate(300, 'binary'), 'binary', { epochs: 2 })
    const none = { rows: 0, width: options.train.width, values: new Float32Array() }
    const trained = await trainModel({ engine, ...options, validation: none, validationLabels: new Float64Array() })
    expect(trained.history.every(({ loss, validationLoss }) => loss === validationLoss)).toBe(true)
  })
})
