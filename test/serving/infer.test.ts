import { expect, test } from 'vitest'
import { silentLog } from '../../src/core/log.ts'
import type { EffectiveFile } from '../../src/rollout/types.ts'
import type { Follower } from '../../src/serving/follower.ts'
import { ServedModel } from '../../src/serving/infer.ts'
import { Memory } from '../../src/serving/memory.ts'
import { createMetrics } from '../../src/serving/metrics.ts'
import { parseRequest } from '../../src/serving/request.ts'
import type { ServingVersion } from '../../src/serving/version.ts'
import { sampleManifest } from '../support/manifest.ts'

const manifest = sampleManifest()
const inputs = (rows: number): readonly unknown[] =>
  manifest.signature.inputs.map(({ name, datatype }) => ({
    name,
    datatype,
    shape: [rows],
    data: Array.from({ length: rows }, () => (datatype === 'BYTES' ? 'a' : 1)),
  }))

/** A model of which both versions are loaded, in the given split. */
function serve(split: Pick<EffectiveFile, 'mode' | 'percent'>, scores: readonly [stable: number, candidate: number]) {
  const [stable, candidate] = scores.map(
    (score) =>
      ({
        ref: { version: 1, digest: manifest.artifact.digest, commit: 'c0ffee' },
        manifest,
        model: {
          spec: { inputs: [] },
          predict: ({ rows }: { rows: number }) => ({
            task: 'binary',
            rows,
            classes: ['no', 'yes'],
            scores: new Float64Array(rows).fill(score),
          }),
        },
      }) as unknown as ServingVersion,
  )
  const effective: EffectiveFile = {
    schemaVersion: 1,
    model: 'churn',
    environment: 'production',
    generation: 1,
    stable: { version: 1, digest: manifest.artifact.digest, commit: 'c0ffee' },
    candidate: { version: 2, digest: manifest.artifact.digest, commit: 'c0ffee' },
    rolloutId: 'r',
    expiresAt: null,
    ...split,
  }
  const follower = { model: 'churn', effective, stable, candidate, since: 0, versions: [stable, candidate] }
  const served = new ServedModel(follower as unknown as Follower, new Memory(), {
    metrics: createMetrics(),
    clock: () => 0,
    log: silentLog,
  })
  return {
    served,
    infer: (caller: string, rows = 1, id?: string) => served.infer(parseRequest({ id, inputs: inputs(rows) }), caller),
    callers: () => served.memory.evidence.splits('r', 250).splits[0]?.groups[0]?.callers ?? [],
  }
}
const full = { mode: 'canary', percent: 100 } as const

test('a score that is no number is the version’s error, not an answer', () => {
  const { served, infer, callers } = serve(full, [0.5, Number.NaN])
  expect(() => infer('one')).toThrow('gave a score that is no number')
  served.mirror.drain()
  expect(callers()[0]).toMatchObject({
    candidate: { requests: 1, errors: 1, ranks: 0 },
    stable: { requests: 1, errors: 0 },
  })
})

test.each([full, { mode: 'shadow', percent: 0 } as const])(
  'in $mode $percent % only what both versions have scored is compared: a request that was not mirrored counts for neither',
  (split) => {
    const { served, infer, callers } = serve(split, [0.5, 0.5])
    infer('one', 1)
    infer('one', 4000) // waits behind the first
    infer('one', 4000) // for which there is no room
    served.mirror.drain()
    const [caller] = callers()
    expect(caller?.stable).toMatchObject({ requests: 2, ranks: 4001 })
    expect(caller?.candidate).toMatchObject({ requests: 2, ranks: 4001 })
    expect(served.memory.tally.unmirrored).toBe(1)
    // It was answered all the same, and is one of the requests of the step.
    const windows = served.memory.evidence.windows({ rolloutId: 'r', from: 0, to: 1000, step: 1000, now: 1000 })
    expect(windows[0]?.requests[split.mode === 'shadow' ? 'stable' : 'candidate']).toBe(3)
  },
)

test('an outcome of a request that was not mirrored is matched, and compared with nothing', () => {
  const { served, infer, callers } = serve(full, [0.5, 0.5])
  infer('one', 1, 'mirrored')
  infer('one', 6000, 'not mirrored')
  served.mirror.drain()
  const label = manifest.signature.classes[0] ?? 'no'
  for (const id of ['mirrored', 'not mirrored']) expect(served.memory.outcome(id, 0, label).kind).toBe('counted')
  expect(served.memory.tally).toMatchObject({ matched: 2, unmirrored: 1 })
  const [caller] = callers()
  expect([caller?.stable?.outcomes, caller?.candidate?.outcomes]).toEqual([1, 1])
})

test('where stable is not loaded, what the candidate answers is seen alone', () => {
  const { served, infer, callers } = serve(full, [0.5, 0.5])
  Object.assign(served.follower, { stable: undefined })
  infer('one')
  served.mirror.drain()
  expect(callers()).toMatchObject([{ stable: null, candidate: { requests: 1 } }])
})
