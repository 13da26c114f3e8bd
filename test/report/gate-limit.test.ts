import { expect, test } from 'vitest'
import { gate } from '../../src/config/schema/evaluate.ts'
import { judge } from '../../src/evaluation/gates.ts'
import type { GateResult } from '../../src/evaluation/types.ts'
import { gateLimit } from '../../src/report/sections/gate-limit.ts'
import { proofRecord } from './proof-record.ts'

test('a gate with several demands says of each result what that result is about', () => {
  const { evaluation } = proofRecord
  const gates = [
    gate.parse({ metric: 'auc', min: 0.6, versus: 'champion', margin: 0.01, 'too-good': 0.99, noise: true }),
    gate.parse({ metric: 'auc', versus: 'baseline', better: '2%' }),
    gate.parse({ metric: 'demographic-parity-difference', versus: 'champion', better: true }),
  ]
  const texts = judge({ evaluation, gates, minHoldout: 1 })
    .gates.filter(({ origin }) => origin !== 'check')
    .map((result) => gateLimit(result, 'champion', 'binary'))
  expect(texts.slice(0, 5)).toEqual([
    '≥ 0.6',
    'margin 0.01',
    'suspicious at 0.99',
    'beyond noise',
    'baseline, better by 2 %',
  ])
  expect(texts[5]).toBe('better')
})

test('a number that is a share of the other model’s value is written as one', () => {
  const title = 'rmse not worse than the champion by more than 1 %'
  const result = { gate: gate.parse({ metric: 'rmse', versus: 'champion', margin: 0.01 }), title } as GateResult
  expect(gateLimit(result, 'champion', 'regression')).toBe('margin 1 %')
  const r2 = { ...result, gate: { ...result.gate, metric: 'r2' } }
  expect(gateLimit(r2, 'champion', 'regression')).toBe('margin 0.01')
})
