import { describe, expect, test } from 'vitest'
import { createRandom, type Random } from '../../src/core/random.ts'
import { challenge, type Challenge } from '../../src/evaluation/challenger.ts'
import { lowerBound } from '../../src/stats/confidence-sequence.ts'
import { fitRidge } from '../../src/stats/ridge.ts'

const HOUR = 3_600_000
const share = (z: number): number => 1 / (1 + Math.exp(-z))

/** A champion that believes in `believes`, in a world that answers with `world`; a row an hour where `timed`. */
function stream(
  random: Random,
  rows: number,
  believes: (x: readonly number[]) => number,
  world: (x: readonly number[], row: number) => number,
  timed = false,
) {
  const width = 3
  const values = new Float32Array(rows * width)
  const [said, truth] = [new Float64Array(rows), new Float64Array(rows)]
  for (let row = 0; row < rows; row++) {
    const x = [random.normal(), random.normal(), random.normal()]
    values.set(x, row * width)
    said[row] = share(believes(x))
    truth[row] = Number(random.next() < share(world(x, row)))
  }
  const times = timed ? Float64Array.from({ length: rows }, (_, row) => row * HOUR) : undefined
  return { matrix: { rows, width, values }, said: [said], truth: [truth], shares: true, times, level: 0.95 }
}
const one = (x: readonly number[]): number => 1.5 * (x[0] as number)
const judged = (input: Parameters<typeof challenge>[0]): Challenge => {
  const seen = challenge(input)
  if ('none' in seen) throw new Error(seen.none)
  return seen
}

describe('the challenger', () => {
  test('wins where rows have got another meaning, and where the champion was poor from the start', () => {
    const turned = judged(stream(createRandom(1), 1500, one, (x) => 1.5 * (x[1] as number)))
    expect(turned).toMatchObject({ real: true, rows: 1400, batches: 14 })
    expect(turned.gain).toBeGreaterThan(0.2)
    expect(judged(stream(createRandom(2), 1500, () => 0, one))).toMatchObject({ real: true })
  })

  test('has nothing to learn where rows have only become harder', () => {
    // Labels are noisier than ever, and the champion says so.
    const harder = judged(
      stream(
        createRandom(3),
        3000,
        (x) => 0.2 * (x[0] as number),
        (x) => 0.2 * (x[0] as number),
      ),
    )
    expect(harder.real).toBe(false)
    expect(harder.gain).toBeLessThan(0.01)
  })

  test('is wrong in few of many streams, though each is looked at after every batch', () => {
    const random = createRandom(4)
    let alarms = 0
    for (let run = 0; run < 200; run++) {
      const whole = stream(random, 2000, one, one)
      for (let rows = 600; rows <= 2000; rows += 100) {
        const { values, width } = whole.matrix
        const part = {
          ...whole,
          matrix: { rows, width, values: values.subarray(0, rows * width) },
          said: [(whole.said[0] as Float64Array).subarray(0, rows)],
          truth: [(whole.truth[0] as Float64Array).subarray(0, rows)],
        }
        if (!judged(part).real) continue
        alarms++
        break
      }
    }
    expect(alarms).toBeLessThanOrEqual(4)
  })

  test('values without a bound are held against each other by their squared errors', () => {
    const random = createRandom(5)
    const binary = stream(random, 1500, one, one)
    const truth = Float64Array.from({ length: 1500 }, (_, row) => 100 + 30 * (binary.matrix.values[row * 3] as number))
    const seen = judged({ ...binary, said: [truth.map((value) => value * 0.5)], truth: [truth], shares: false })
    expect(seen.real).toBe(true)
    expect(seen.gain).toBeGreaterThan(0.9)
  })

  test('rows of one day stay in one batch, and too few batches say nothing', () => {
    const hourly = stream(createRandom(6), 1500, one, one, true)
    expect(judged(hourly).batches).toBe(14)
    const dense = { ...hourly, times: hourly.times?.map((time) => time / 10) }
    expect(judged(dense).batches).toBe(5) // 240 rows a day
    expect(challenge({ ...dense, times: hourly.times?.map((time) => time / 100) })).toEqual({
      none: 'a challenger needs 6 batches of new rows, and there are 2',
    })
  })
})

describe('the confidence sequence', () => {
  test('is a lower bound at every length at once', () => {
    const random = createRandom(7)
    let misses = 0
    for (let run = 0; run < 400; run++) {
      const values: number[] = []
      for (let n = 1; n <= 100; n++) {
        values.push(random.normal())
        if (n >= 5 && lowerBound(values, 0.05) > 0) {
          misses++
          break
        }
      }
    }
    expect(misses / 400).toBeLessThan(0.06)
    expect(lowerBound([1, 1, 1, 1], 0.05)).toBe(1)
    expect(lowerBound([1], 0.05)).toBe(-Infinity)
  })
})

test('ridge regression finds the weights, and shrinks them', () => {
  const values = Float64Array.of(-1, 1)
  const [exact] = fitRidge(values, 1, [Float64Array.of(0, 2)], { from: 0, to: 2, ridge: 0 })
  expect([...(exact as Float64Array)]).toEqual([expect.closeTo(1, 12), expect.closeTo(1, 12)])
  const [shrunk] = fitRidge(values, 1, [Float64Array.of(0, 2)], { from: 0, to: 2, ridge: 2 })
  expect([...(shrunk as Float64Array)]).toEqual([expect.closeTo(0.5, 12), expect.closeTo(1, 12)])
})
