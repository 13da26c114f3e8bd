import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import type { Task } from '../../src/core/task.ts'
import { chooseWindow } from '../../src/training/window.ts'

/** Two columns; what they mean turns at a row. A row an hour. */
function stream(seed: number, rows: number, turn: number, task: Task = 'binary') {
  const random = createRandom(seed)
  const values = new Float32Array(rows * 2)
  const labels = Float64Array.from({ length: rows }, (_, row) => {
    const [a, b] = [random.normal(), random.normal()]
    values.set([a, b], row * 2)
    const z = row < turn ? 1.5 * a - b : 1.5 * b
    if (task === 'regression') return 100 + 20 * z + 20 * random.normal()
    const yes = Number(random.next() < 1 / (1 + Math.exp(-z)))
    return task === 'multiclass' ? yes + Number(random.next() < 0.2) : yes
  })
  const times = Float64Array.from({ length: rows }, (_, row) => row * 3_600_000)
  return { task, matrix: { rows, width: 2, values }, labels, classes: task === 'multiclass' ? 3 : 2, times }
}

describe('a training window', () => {
  test('is all of history where nothing changes', () => {
    let shorter = 0
    for (let seed = 0; seed < 60; seed++) {
      if (chooseWindow(stream(seed, 4000, 0)).chosen !== undefined) shorter++
    }
    expect(shorter).toBeLessThanOrEqual(2)
  })

  test('holds mostly rows after a change, for every task', () => {
    for (const task of ['binary', 'multiclass', 'regression'] as const) {
      const { chosen, tried } = chooseWindow(stream(1, 4000, 3000, task))
      expect(tried.length).toBeGreaterThan(5)
      expect(chosen?.better).toBe(true)
      expect(chosen?.start).toBeGreaterThan(2400)
      expect(chosen?.loss).toBeLessThan(chosen?.all as number)
      expect(chosen?.tested).toBe(Math.round((chosen?.rows as number) / 2))
    }
  })

  test('is not looked for in few rows, or where all carry one time', () => {
    expect(chooseWindow(stream(1, 350, 100))).toEqual({ chosen: undefined, tried: [] })
    expect(chooseWindow({ ...stream(1, 4000, 3000), times: new Float64Array(4000) }).tried).toEqual([])
  })

  test('does not part rows of one time', () => {
    const input = stream(1, 4000, 3000)
    const { tried } = chooseWindow({ ...input, times: input.times.map((_, i) => Math.floor(i / 250)) })
    for (const { start, tested } of tried) expect([start % 250, tested % 250]).toEqual([0, 0])
  })

  test('counts a row as often as its weight says', () => {
    const input = stream(1, 4000, 3000)
    const weights = Float64Array.from({ length: 4000 }, (_, row) => (row < 3000 ? 0 : 1))
    expect(chooseWindow({ ...input, weights }).chosen).toBeUndefined()
  })
})
