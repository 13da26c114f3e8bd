import { expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { spreadOf, worstSpreads } from '../../src/evaluation/fairness-spread.ts'

const random = createRandom(11)

test('the spreads of many draws are those of each, undefined rates and empty groups included', () => {
  const draws = 200
  const values = Array.from({ length: 4 }, () =>
    Float64Array.from({ length: draws }, () => {
      const share = random.next()
      return share < 0.1 ? 0 : share < 0.25 ? Number.NaN : share
    }),
  )
  for (const method of ['between-groups', 'to-overall'] as const) {
    for (const kind of ['difference', 'ratio'] as const) {
      const into = new Float64Array(draws).fill(-Infinity)
      worstSpreads({ method, kind }, values, into)
      for (let b = 0; b < draws; b++) {
        const one = values.map((group) => group[b] as number)
        expect(into[b]).toBe(spreadOf({ method, kind }, one))
      }
    }
  }
})

test('of several rates the worst is kept, and none where one has none', () => {
  const metric = { method: 'between-groups', kind: 'difference' } as const
  const into = new Float64Array(2).fill(-Infinity)
  const all = new Float64Array(2)
  worstSpreads(metric, [Float64Array.of(0.5, 0.5), Float64Array.of(0.25, 0.25), all], into)
  worstSpreads(metric, [Float64Array.of(0.5, Number.NaN), Float64Array.of(0.125, 0.25), all], into)
  worstSpreads(metric, [Float64Array.of(0.5, 0.5), Float64Array.of(0.5, 0.25), all], into)
  expect([...into]).toEqual([0.375, Number.NaN])
})

test('a ratio is shown as itself, and lacks what it is below 1', () => {
  expect(spreadOf({ method: 'between-groups', kind: 'ratio' }, [0.2, 0.5, 0.4])).toBeCloseTo(0.6, 12)
  expect(spreadOf({ method: 'to-overall', kind: 'ratio' }, [0.2, 0.5, 0.4])).toBeCloseTo(0.5, 12)
})
