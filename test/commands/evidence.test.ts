import { expect, test } from 'vitest'
import { measureFootprint } from '../../src/commands/footprint.ts'
import { type LastRun, readLastRun, readLedger, writeLastRun } from '../../src/commands/memory.ts'
import { serveRow } from '../../src/commands/serve-row.ts'
import { sketchRows } from '../../src/evaluation/holdout-ledger.ts'
import { openLocalForge } from '../../src/forge/local/local-forge.ts'
import type { FeatureSpec } from '../../src/features/types.ts'
import type { LoadedModel } from '../../src/training/model.ts'
import { makeRepository } from '../support/git.ts'

const run = (candidateId: string): LastRun => ({
  schemaVersion: 1,
  candidateId,
  verdict: 'fail',
  reason: 'worse',
  at: '2026-07-01T00:00:00Z',
})
const use = (candidateId: string) => ({
  at: '2026-07-01T00:00:00Z',
  candidateId,
  digest: 'sha256:1',
  rows: 3,
  sketch: sketchRows(Uint32Array.of(1, 2, 3)),
  verdict: 'fail' as const,
})

test('the ledger grows on the state branch beside the outcome, and a repeated candidate is one use', async () => {
  const forge = await openLocalForge(makeRepository({ 'README.md': 'x' }), { clock: () => 0 })
  expect((await readLedger(forge, 'churn')).entries).toEqual([])
  await writeLastRun(forge, 'churn', run('a'), use('a'))
  await writeLastRun(forge, 'churn', run('b'), use('b'))
  await writeLastRun(forge, 'churn', run('b'), use('b'))
  await writeLastRun(forge, 'churn', run('c'))
  expect((await readLedger(forge, 'churn')).entries.map((entry) => entry.candidateId)).toEqual(['a', 'b'])
  expect((await readLastRun(forge, 'churn'))?.candidateId).toBe('c')
})

const spec: FeatureSpec = {
  schemaVersion: 1,
  task: 'binary',
  label: { column: 'y', classes: ['no', 'yes'], mean: 0, sd: 1 },
  inputs: [
    { kind: 'number', column: 'age', impute: 0, mean: 0, sd: 1, missingIndicator: false },
    { kind: 'category', column: 'plan', categories: ['pro'], rare: [], missingIndicator: false },
  ],
  outputs: ['age', 'plan=pro'],
}
/** Says what it was given: the age, plus 100 for plan pro. */
const model: LoadedModel = {
  spec,
  predict(table, rows) {
    const at = rows ?? Uint32Array.from({ length: table.rows }, (_, i) => i)
    const [age, plan] = ['age', 'plan'].map((name) => table.columns.find((column) => column.name === name))
    const scores = Float64Array.from(at, (row) => {
      const years = age?.kind === 'number' ? (age.values[row] as number) : -1
      const pro = plan?.kind === 'category' && plan.dictionary[plan.codes[row] as number] === 'pro'
      return (Number.isNaN(years) ? -5 : years) + (pro ? 100 : 0)
    })
    return { task: 'binary', rows: scores.length, classes: ['no', 'yes'], scores }
  },
  dispose: () => undefined,
}
const table = {
  rows: 3,
  columns: [
    { kind: 'number', name: 'age', values: Float64Array.of(30, Number.NaN, 0.1), integer: false },
    { kind: 'category', name: 'plan', codes: Int32Array.of(0, -1, 1), dictionary: ['pro', 'basic'] },
  ],
} as const

test('a row served alone goes through the request format, missing cells included', () => {
  const served = [0, 1, 2].map((row) => serveRow(model, 'churn', 4, table, row).scores[0])
  expect(served).toEqual([...model.predict(table).scores])
})

test('the footprint is bytes, the time of single rows and of a batch', () => {
  const files = [{ path: 'a', content: new Uint8Array(7) }]
  const seen = measureFootprint(model, files, table, Uint32Array.of(0, 1, 2), 9)
  expect(seen).toMatchObject({ bytes: 7, championBytes: 9, latency: { calls: 60 }, throughput: { rows: 3 } })
  expect(seen.latency?.p95).toBeGreaterThanOrEqual(seen.latency?.p50 ?? Infinity)
  expect(measureFootprint(model, files, table, new Uint32Array(), undefined)).toEqual({
    bytes: 7,
    latency: null,
    throughput: null,
  })
})
