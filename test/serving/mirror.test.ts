import { expect, test } from 'vitest'
import { MirrorQueue } from '../../src/serving/mirror.ts'

test('a flood of one caller leaves the others’ requests in the queue, and what is dropped is counted', () => {
  const queue = new MirrorQueue()
  const done: string[] = []
  let dropped = 0
  const push = (caller: string, rows: number, name: string): void => {
    dropped += queue.push(caller, rows, () => done.push(name))
  }
  for (let i = 0; i < 60; i++) push('loud', 100, `loud ${i}`)
  expect(dropped).toBe(10)
  for (let i = 0; i < 5; i++) push('quiet', 100, `quiet ${i}`)
  expect(dropped).toBe(15)
  queue.drain()
  expect(done.filter((name) => name.startsWith('quiet'))).toHaveLength(5)
  expect(done).toHaveLength(50)
  expect(done.slice(0, 3)).toEqual(['loud 0', 'loud 1', 'loud 2'])
})

test('a request larger than the queue waits where nothing else does, and is dropped behind others', () => {
  const queue = new MirrorQueue()
  const done: string[] = []
  queue.push('a', 10, () => done.push('a'))
  expect(queue.push('b', 10_000, () => done.push('b'))).toBe(1)
  queue.drain()
  expect(queue.push('b', 10_000, () => done.push('b'))).toBe(0)
  queue.drain()
  expect(done).toEqual(['a', 'b'])
})
