import { expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { changePoint } from '../../src/stats/change-point.ts'
import { addRows, fitRidge, ridgeSums, solveRidge } from '../../src/stats/ridge.ts'

test('a change of the mean is found where it is, with both means', () => {
  const values = [...Array.from({ length: 30 }, (_, i) => i % 2), ...Array.from({ length: 30 }, (_, i) => 3 + (i % 2))]
  expect(changePoint(values)).toEqual({ at: 30, before: 0.5, after: 3.5 })
  expect(changePoint(values.slice(0, 30))).toBeUndefined()
  expect(changePoint([])).toBeUndefined()
})

test('without a change it is seen in about 5 % of streams, with one nearly always and near its place', () => {
  const random = createRandom(7)
  let [alarms, found, off] = [0, 0, 0]
  for (let run = 0; run < 400; run++) {
    if (changePoint(Array.from({ length: 300 }, () => random.normal())) !== undefined) alarms++
    const seen = changePoint(Array.from({ length: 300 }, (_, i) => random.normal() + (i >= 200 ? 1 : 0)))
    if (seen === undefined) continue
    found++
    off += Math.abs(seen.at - 200)
  }
  expect(alarms / 400).toBeLessThan(0.07)
  expect(alarms).toBeGreaterThan(4)
  expect(found).toBeGreaterThan(396)
  expect(off / found).toBeLessThan(10)
})

test('the ridge of a window is that of its rows alone, by sums of all less sums of those before', () => {
  const random = createRandom(3)
  const values = Float64Array.from({ length: 400 }, () => random.normal())
  const target = Float64Array.from({ length: 200 }, () => random.normal())
  const sums = ridgeSums(2, 1)
  addRows(sums, values, [target], { from: 0, to: 50 })
  const first = { gram: sums.gram.slice(), sides: sums.sides.map((side) => side.slice()) }
  addRows(sums, values, [target], { from: 50, to: 200 })
  const [own] = solveRidge(sums, first, 2)
  const [alone] = fitRidge(values, 2, [target], { from: 50, to: 200, ridge: 2 })
  own?.forEach((weight, i) => expect(weight).toBeCloseTo(alone?.[i] as number, 10))
  const twice = ridgeSums(2, 1)
  addRows(twice, values, [target], { from: 0, to: 50, weights: new Float64Array(50).fill(2) })
  twice.gram.forEach((value, i) => expect(value).toBeCloseTo(2 * (first.gram[i] as number), 10))
})
