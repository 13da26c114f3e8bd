import { describe, expect, test } from 'vitest'
import { OutcomeMemory } from '../../src/serving/outcomes.ts'
import type { ServingVersion } from '../../src/serving/version.ts'
import { sampleManifest } from '../support/manifest.ts'

const sample = sampleManifest()
const manifest = sampleManifest({ signature: { ...sample.signature, classes: ['no', 'yes'], threshold: 0.5 } })
const origin = { split: null, caller: { sample: 1, keyed: true } }
// Only the manifest is read here.
const version = { manifest } as unknown as ServingVersion
const predictions = (scores: readonly number[]) =>
  ({ task: 'binary', rows: scores.length, classes: ['no', 'yes'], scores: Float64Array.from(scores) }) as const

function losses(worth: { tp: number; fp: number; tn: number; fn: number; unit: string } | undefined): number[] {
  const memory = new OutcomeMemory()
  memory.remember('q', 0, {
    arm: 'stable',
    origin,
    version,
    predictions: predictions([0.9, 0.9, 0.1, 0.1]),
    worth,
  })
  return ['yes', 'no', 'no', 'yes'].map((label, row) => {
    const result = memory.match('q', row, label)
    return result.kind === 'counted' ? (result.losses[0]?.loss ?? Number.NaN) : Number.NaN
  })
}

describe('the loss of a decision (true positive, false positive, true negative, false negative)', () => {
  test('is 1 where it was wrong', () => {
    expect(losses(undefined)).toEqual([0, 1, 0, 1])
  })
  test('is what it falls short of the best one where a cost table says what each is worth', () => {
    expect(losses({ tp: 60, fp: -8, tn: 0, fn: 0, unit: 'EUR' })).toEqual([0, 1, 60 / 68, 60 / 68])
    expect(losses({ tp: 0, fp: -5, tn: 0, fn: -100, unit: '' })).toEqual([0, 0.05, 0, 1])
  })
  test('is 1 where it was wrong if the table says the same of all', () => {
    expect(losses({ tp: 2, fp: 2, tn: 2, fn: 2, unit: '' })).toEqual([0, 1, 0, 1])
  })
  test('counts once, and not for a label that the model does not know', () => {
    const memory = new OutcomeMemory()
    memory.remember('q', 0, { arm: 'stable', origin, version, predictions: predictions([0.9]) })
    expect(memory.match('q', 0, 'maybe').kind).toBe('rejected')
    expect(memory.match('q', 0, 'yes').kind).toBe('counted')
    expect(memory.match('q', 0, 'yes').kind).toBe('unknown')
  })
  test('reads a label as a cell of the training data is read', () => {
    const classes = ['false', 'true']
    const own = sampleManifest({ signature: { ...sample.signature, classes, threshold: 0.5 } })
    const memory = new OutcomeMemory()
    const said = { arm: 'stable', origin, version: { manifest: own } as unknown as ServingVersion } as const
    memory.remember('q', 0, { ...said, predictions: { ...predictions([0.9, 0.9, 0.9, 0.9, 0.9]), classes } })
    const kinds = ['True', ' TRUE ', true, 'true', '0x1'].map((label, row) => memory.match('q', row, label))
    expect(kinds.map((result) => (result.kind === 'counted' ? result.losses[0]?.loss : result.kind))).toEqual([
      0,
      0,
      0,
      0,
      'rejected',
    ])
  })
})
