import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { FairMap } from '../../src/serving/fair-map.ts'

test('a flood of one owner evicts his own entries, oldest first, and nobody else’s', () => {
  const map = new FairMap<number>(10)
  for (let i = 0; i < 4; i++) map.set('quiet', `q${i}`, i)
  const evicted: (number | undefined)[] = []
  for (let i = 0; i < 1000; i++) evicted.push(map.set('loud', `l${i}`, i))
  expect(evicted.filter((value) => value !== undefined)).toEqual(Array.from({ length: 994 }, (_, i) => i))
  expect(Array.from(map, ([key]) => key)).toEqual([
    'q0',
    'q1',
    'q2',
    'q3',
    'l994',
    'l995',
    'l996',
    'l997',
    'l998',
    'l999',
  ])
})

test('whoever comes late gets a share as large as the others have', () => {
  const map = new FairMap<number>(100)
  for (let i = 0; i < 100; i++) map.set('first', `f${i}`, i)
  for (let i = 0; i < 100; i++) map.set('second', `s${i}`, i)
  const owners = Array.from(map, ([, owner]) => owner)
  expect(owners.filter((owner) => owner === 'first')).toHaveLength(50)
})

test('an entry that comes again takes its place anew; one that is changed keeps it', () => {
  const map = new FairMap<number>(10)
  map.set('a', 'x', 1)
  map.set('a', 'y', 2)
  map.update('x', 3)
  map.update('none', 9)
  expect([...map]).toEqual([
    ['x', 'a', 3],
    ['y', 'a', 2],
  ])
  map.set('b', 'x', 4)
  expect([...map]).toEqual([
    ['y', 'a', 2],
    ['x', 'b', 4],
  ])
})

/** The same by the definition: looks through everything each time. */
class Plain {
  readonly entries: { readonly owner: string; readonly key: string }[] = []

  set(owner: string, key: string, limit: number): void {
    this.delete(key)
    this.entries.push({ owner, key })
    if (this.entries.length <= limit) return
    const held = (name: string): number => this.entries.filter((entry) => entry.owner === name).length
    const most = Math.max(...this.entries.map((entry) => held(entry.owner)))
    const heavy = this.entries.filter((entry) => held(entry.owner) === most)
    // Where several hold as much, any of them may give.
    this.allowed = new Set(heavy.map((entry) => entry.owner))
  }

  allowed: ReadonlySet<string> = new Set()

  delete(key: string): string | undefined {
    const at = this.entries.findIndex((entry) => entry.key === key)
    return at < 0 ? undefined : this.entries.splice(at, 1)[0]?.owner
  }
}

test('whatever is put and taken: never more than the limit, and only the heaviest gives, his oldest', () => {
  const step = fc.record({
    put: fc.boolean(),
    owner: fc.constantFrom('a', 'b', 'c'),
    key: fc.integer({ min: 0, max: 30 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const map = new FairMap<string>(8)
      const plain = new Plain()
      for (const { put, owner, key } of steps) {
        if (put) {
          const evicted = map.set(owner, String(key), `${owner}/${key}`)
          plain.set(owner, String(key), 8)
          if (plain.entries.length > 8) {
            const [who = '', which = ''] = evicted?.split('/') ?? []
            expect(plain.allowed).toContain(who)
            expect(which).toBe(plain.entries.find((entry) => entry.owner === who)?.key)
            plain.delete(which)
          } else expect(evicted).toBeUndefined()
        } else {
          map.delete(String(key))
          plain.delete(String(key))
        }
        expect(Array.from(map, ([name]) => name)).toEqual(plain.entries.map((entry) => entry.key))
      }
    }),
    { numRuns: 300, seed: 4 },
  )
})
