import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { RefitError } from '../../src/core/error.ts'
import type { Task } from '../../src/core/task.ts'
import { takeRows } from '../../src/data/table.ts'
import type { Engine } from '../../src/training/engine.ts'
import { loadModel } from '../../src/training/model.ts'
import { engineNames, load, nativeWorkspace } from './engines.ts'
import { prepare, simulate, trainOn } from './simulated.ts'

type Files = Map<string, Uint8Array>
const text = (json: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(json))
interface Loose {
  modelTopology: { config: { layers: [{ class_name: string; config: Record<string, unknown> }] } }
  weightsManifest: [{ paths: string[]; weights: [{ shape: number[] }] }]
}
const editModel = (files: Files, edit: (json: Loose) => void): Files => {
  const json = JSON.parse(new TextDecoder().decode(files.get('model.json')))
  edit(json)
  return new Map([...files, ['model.json', text(json)]])
}

describe.each(engineNames)('a model loaded on %s', (name) => {
  const table = simulate(1000, 'binary')
  let engine: Engine
  let files: Files
  beforeAll(async () => {
    engine = await load(name)
    files = await trainOn(engine, prepare(table, 'binary', { epochs: 4 }))
  })

  test('scores a row alone, in any selection and in a batch alike', async () => {
    const model = await loadModel(engine, files)
    const all = model.predict(table)
    expect(all.rows).toBe(1000)
    const some = model.predict(table, [7, 3, 999])
    for (const [i, row] of [7, 3, 999].entries()) {
      expect(some.scores[i]).toBeCloseTo(all.scores[row]!, 6)
      expect(model.predict(takeRows(table, [row])).scores[0]).toBeCloseTo(all.scores[row]!, 6)
    }
    expect(model.predict(table, []).scores.length).toBe(0)
    model.dispose()
  })

  test('holds no memory between predictions, and none after dispose', async () => {
    const before = engine.tf.memory().numTensors
    const model = await loadModel(engine, files)
    const loaded = engine.tf.memory().numTensors
    model.predict(table)
    model.predict(table, [1])
    expect(engine.tf.memory().numTensors).toBe(loaded)
    model.dispose()
    expect(engine.tf.memory().numTensors).toBe(before)
  })

  test.each<[string, string, (files: Files) => Files]>([
    ['no features', 'has no features.json', (f) => new Map([...f].filter(([path]) => path !== 'features.json'))],
    ['no model', 'has no model.json', (f) => new Map([...f].filter(([path]) => path !== 'model.json'))],
    ['no weights', 'has no weights.bin', (f) => new Map([...f].filter(([path]) => path !== 'weights.bin'))],
    ['cut JSON', 'model.json is no JSON', (f) => new Map([...f, ['model.json', f.get('model.json')!.slice(0, 99)]])],
    ['cut weights', 'the weights have', (f) => new Map([...f, ['weights.bin', f.get('weights.bin')!.slice(4)]])],
    [
      'a path that leaves',
      'must be a plain file name',
      (f) => editModel(f, (j) => (j.weightsManifest[0].paths = ['../weights.bin'])),
    ],
    [
      'an absolute path',
      'must be a plain file name',
      (f) => editModel(f, (j) => (j.weightsManifest[0].paths = ['/etc/passwd'])),
    ],
    [
      'an unknown layer',
      'is no model that TensorFlow.js can build',
      (f) => editModel(f, (j) => (j.modelTopology.config.layers[0].class_name = 'Evil')),
    ],
    ['another width', 'maps 3 inputs to 1 outputs', (f) => narrowed(f)],
    [
      'numbers that are none',
      'not a finite number',
      (f) => new Map([...f, ['weights.bin', new Uint8Array(f.get('weights.bin')!.length).fill(0xff)]]),
    ],
  ])('%s: refused with one sentence', async (_case, sentence, damage) => {
    const before = engine.tf.memory().numTensors
    const attempt = loadModel(engine, damage(files)).then((model) => {
      try {
        return model.predict(table)
      } finally {
        model.dispose()
      }
    })
    await expect(attempt).rejects.toThrow(RefitError)
    await expect(attempt).rejects.toThrow(sentence)
    await expect(attempt).rejects.toMatchObject({ code: 'artifact' })
    expect(engine.tf.memory().numTensors).toBe(before)
  })

  function narrowed(original: Files): Files {
    const edited = editModel(original, (json) => {
      json.modelTopology.config.layers[0].config.batch_input_shape = [null, 3]
      json.weightsManifest[0].weights[0].shape = [3, 64]
    })
    const specs = JSON.parse(new TextDecoder().decode(edited.get('model.json'))).weightsManifest[0].weights as {
      shape: number[]
    }[]
    const bytes = specs.reduce((sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0)
    return new Map([...edited, ['weights.bin', new Uint8Array(bytes)]])
  }
})

describe('one file, two engines', () => {
  test.skipIf(!nativeWorkspace).each<[Task, (typeof engineNames)[number]]>([
    ['binary', 'wasm'],
    ['multiclass', 'tfjs-node'],
    ['regression', 'wasm'],
  ])('%s, trained on %s: predictions agree within 1e-5', async (task, trainer) => {
    const folder = mkdtempSync(join(tmpdir(), 'refit-model-'))
    const files = await trainOn(await load(trainer), prepare(simulate(800, task), task, { epochs: 5 }))
    for (const [path, content] of files) writeFileSync(join(folder, path), content)
    const [wasm, native] = (['wasm', 'tfjs-node'] as const).map((engine) => {
      const script = fileURLToPath(new URL('scores.ts', import.meta.url))
      const output = execFileSync(process.execPath, ['--no-warnings', script, engine, folder, task], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      return JSON.parse(output.slice(output.indexOf('scores ') + 7)) as number[]
    }) as [number[], number[]]
    rmSync(folder, { recursive: true })
    // Regression: relative to the label's standard deviation, about 107.
    const unit = task === 'regression' ? 107 : 1
    const worst = wasm.reduce((most, score, i) => Math.max(most, Math.abs(score - native[i]!) / unit), 0)
    expect(wasm.length).toBeGreaterThanOrEqual(800)
    expect(worst).toBeLessThan(1e-5)
  })
})
