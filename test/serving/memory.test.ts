import { expect, test } from 'vitest'
import { silentLog } from '../../src/core/log.ts'
import type { Origin } from '../../src/serving/evidence-store.ts'
import { Memory } from '../../src/serving/memory.ts'
import { OutcomeMemory, type Said } from '../../src/serving/outcomes.ts'
import type { ServingVersion } from '../../src/serving/version.ts'
import { sampleManifest } from '../support/manifest.ts'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../support/git.ts'

const START = Date.UTC(2026, 5, 1)
const DAY = 86_400_000
const sample = sampleManifest()
const manifest = sampleManifest({ signature: { ...sample.signature, classes: ['no', 'yes'], threshold: 0.5 } })
// Only the manifest is read here.
const version = { manifest } as unknown as ServingVersion
const split = { rolloutId: 'r1', mode: 'shadow', percent: 0, since: START } as const
const origin = (sample: number): Origin => ({ split, caller: { sample, keyed: true } })
const said = (scores: readonly number[], more: Partial<Said> = {}): Said => ({
  arm: 'stable',
  origin: origin(0),
  version,
  predictions: { task: 'binary', rows: scores.length, classes: ['no', 'yes'], scores: Float64Array.from(scores) },
  ...more,
})
const observation = { failed: false, ms: 3, ranks: [0.25, 0.5] }
const query = { rolloutId: 'r1', from: START, to: START + DAY, step: 1000, now: START + DAY }

async function open(folder: string): Promise<Memory> {
  const memory = new Memory()
  await memory.keepIn({ folder, repository: '/models' }, 'churn', silentLog)
  return memory
}

test('where requests are mirrored, an outcome counts for both versions or for none; in a canary for the one that answered', () => {
  const memory = new Memory()
  const canary = { ...split, mode: 'canary', percent: 50 } as const
  const outcomesOf = (of: Origin, mirrored: boolean): unknown => {
    memory.observe('stable', of, START, observation)
    if (mirrored) memory.observe('shadow', of, START, observation)
    memory.remember('q', START, said([0.9], { origin: of }))
    if (mirrored) memory.outcomes.rememberMirror('q', said([0.2], { arm: 'shadow', origin: of }))
    expect(memory.outcome('q', 0, 'yes').kind).toBe('counted')
    const callers = memory.evidence.splits('r1', 250).splits.at(-1)?.groups[0]?.callers
    return callers?.map(({ stable, candidate }) => [stable?.outcomes, candidate?.outcomes])
  }
  expect(outcomesOf(origin(1), false)).toEqual([[0, undefined]])
  expect(outcomesOf(origin(1), true)).toEqual([[1, 1]])
  expect(outcomesOf({ ...origin(1), split: canary }, false)).toEqual([[1, undefined]])
})

test('a restart finds evidence, waiting predictions and counts as they were', async () => {
  const folder = temporaryFolder('refit-evidence')
  const before = await open(folder)
  before.outcomes.begin('r1', START)
  for (let i = 0; i < 50; i++) {
    before.observe('stable', origin(i), START + i * 100, observation)
    before.observe('shadow', origin(i), START + i * 100, { ...observation, failed: i % 5 === 0, ms: 300 })
    before.remember(`q${i}`, START + i * 100, said([0.9, 0.1], { origin: origin(i) }))
    before.outcomes.rememberMirror(`q${i}`, said([0.2, 0.1], { arm: 'shadow', origin: origin(i) }))
  }
  for (let i = 0; i < 20; i++) before.outcome(`q${i}`, 0, 'yes')
  before.outcome('nobody', 0, 'yes')
  before.outcome('q30', 0, 'perhaps')

  const after = await open(folder) // the first one was never closed: it was killed
  expect(after.evidence.windows(query)).toEqual(before.evidence.windows(query))
  expect(after.evidence.windows(query).reduce((sum, { requests }) => sum + requests.shadow, 0)).toBe(50)
  const [seen] = after.evidence.splits('r1', 250).splits
  expect([seen]).toEqual(before.evidence.splits('r1', 250).splits)
  const callers = seen?.groups[0]?.callers ?? []
  expect(callers).toHaveLength(50)
  expect(callers[0]).toMatchObject({
    stable: { requests: 1, errors: 0, slow: 0, ranks: 2, outcomes: 1, lossSum: 0 },
    candidate: { requests: 1, errors: 1, slow: 1, ranks: 2, outcomes: 1, lossSum: 1 },
  })
  expect(after.tally).toEqual(before.tally)
  expect(after.tally).toMatchObject({ since: START, waiting: 80, matched: 20, unmatched: 1, rejected: 1, lost: 0 })
  // Each of the rest is still to be had, once, and once more after the next restart not.
  expect(after.outcome('q20', 0, 'no')).toMatchObject({
    losses: [
      { arm: 'stable', loss: 1 },
      { arm: 'shadow', loss: 0 },
    ],
  })
  expect((await open(folder)).outcome('q20', 0, 'no').kind).toBe('unknown')
})

test('the sample of the callers goes on after a restart as if there had been none', async () => {
  const folder = temporaryFolder('refit-evidence')
  const whole = new Memory()
  const ask = (memory: Memory) => memory.evidence.splits('r1', 250)
  const see = (memory: Memory, from: number, to: number): void => {
    for (let i = from; i < to; i++) memory.observe('stable', origin(((i * 7919) % 9973) * 2 ** 34), START, observation)
  }
  see(whole, 0, 9000)
  const before = await open(folder)
  see(before, 0, 5000)
  await open(folder) // replays, and writes everything anew
  const after = await open(folder) // from what was written
  see(after, 5000, 9000)
  expect(ask(after)).toEqual(ask(whole))
  expect(ask(after).splits[0]?.groups[0]?.callers).toHaveLength(2000)
})

test('requests that no version accepts are counted after a restart as well', async () => {
  const folder = temporaryFolder('refit-evidence')
  ;(await open(folder)).refuse('r1', START)
  expect((await open(folder)).evidence.windows(query)).toMatchObject([{ refused: 1 }])
})

test.each([
  ['a lease', START + DAY],
  ['no end', Infinity],
])(
  'a split with %s was in force until it was last seen to be; the time without a gateway does not count',
  async (_, until) => {
    const folder = temporaryFolder('refit-evidence')
    const inForce = { rolloutId: 'r1', mode: 'shadow', percent: 0, candidate: 'sha256:2', since: START } as const
    const before = await open(folder)
    before.follow({ ...inForce, stretches: [{ from: START, until }] }, START)
    before.observe('stable', origin(0), START + 4900, observation)
    const killed = await open(folder)
    expect(killed.inForce).toEqual({ ...inForce, stretches: [{ from: START, until: START + 5000 }] })
    killed.close(START + 9000)
    const closed = await open(folder)
    expect(closed.inForce).toEqual({ ...inForce, stretches: [{ from: START, until: START + 9000 }] })
  },
)

test('what is kept names neither callers nor requests', async () => {
  const folder = temporaryFolder('refit-evidence')
  const memory = await open(folder)
  memory.remember('request-of-ana', START, said([0.9], { caller: 'ana@example.com' }))
  await open(folder)
  const text = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join()
  expect(text).toContain('"entry"')
  expect(text).not.toMatch(/ana/)
})

test('evidence of another repository is not taken over', async () => {
  const folder = temporaryFolder('refit-evidence')
  ;(await open(folder)).observe('stable', origin(0), START, observation)
  const other = new Memory()
  await other.keepIn({ folder, repository: '/other' }, 'churn', silentLog)
  expect(other.evidence.windows(query)).toEqual([])
})

test('a flood of one caller evicts its own predictions; the others’ outcomes still find theirs', () => {
  const memory = new OutcomeMemory({ limit: 1000 })
  for (let i = 0; i < 100; i++) memory.remember(`quiet-${i}`, START, said([0.9], { caller: `c${i % 5}` }))
  for (let i = 0; i < 20_000; i++) memory.remember(`loud-${i}`, START, said([0.9], { caller: 'loud' }))
  for (let i = 0; i < 5000; i++) memory.remember(`anonymous-${i}`, START, said([0.9]))
  const found = Array.from({ length: 100 }, (_, i) => memory.match(`quiet-${i}`, 0, 'yes').kind)
  expect(new Set(found)).toEqual(new Set(['counted']))
  expect(memory.tally).toMatchObject({ matched: 100, evicted: 24_100, waiting: 900 })
})

test('predictions are counted when they are forgotten: by age, and when their id comes again', () => {
  const counted: unknown[] = []
  const memory = new OutcomeMemory({ onCount: (what, n) => counted.push([what, n]) })
  memory.remember('q', START, said([0.9, 0.8]))
  memory.remember('q', START + 1, said([0.9]))
  memory.remember('later', START + DAY + 1, said([0.9]))
  expect(memory.tally).toMatchObject({ replaced: 1, expired: 1, waiting: 2 })
  memory.remember('last', START + DAY + 2, said([0.9]))
  expect(memory.tally).toMatchObject({ replaced: 1, expired: 2, waiting: 2 })
  expect(counted).toEqual([
    ['replaced', 1],
    ['expired', 1],
    ['expired', 1],
  ])
})

test('a new rollout starts to count anew, a tick of the same does not', () => {
  const memory = new OutcomeMemory()
  memory.begin('r1', START)
  memory.match('x', 0, 'yes')
  memory.begin('r1', START + 5)
  expect(memory.tally).toMatchObject({ since: START, unmatched: 1 })
  memory.begin('r2', START + 9)
  expect(memory.tally).toMatchObject({ since: START + 9, unmatched: 0 })
})
