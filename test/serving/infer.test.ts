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

test('a score that is no number is the version’s error, not an answer', () => {
  const manifest = sampleManifest()
  const scoring = (score: number): ServingVersion =>
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
    }) as unknown as ServingVersion
  const effective: EffectiveFile = {
    schemaVersion: 1,
    model: 'churn',
    environment: 'production',
    generation: 1,
    stable: { version: 1, digest: manifest.artifact.digest, commit: 'c0ffee' },
    candidate: { version: 2, digest: manifest.artifact.digest, commit: 'c0ffee' },
    rolloutId: 'r',
    mode: 'canary',
    percent: 100,
    expiresAt: null,
  }
  const [stable, candidate] = [scoring(0.5), scoring(Number.NaN)]
  const follower = { model: 'churn', effective, stable, candidate, since: 0, versions: [stable, candidate] }
  const served = new ServedModel(follower as unknown as Follower, new Memory(), {
    metrics: createMetrics(),
    clock: () => 0,
    log: silentLog,
  })
  const inputs = manifest.signature.inputs.map(({ name, datatype }) => ({
    name,
    datatype,
    shape: [1],
    data: [datatype === 'BYTES' ? 'a' : 1],
  }))
  expect(() => served.infer(parseRequest({ inputs }), 'one')).toThrow('gave a score that is no number')
  served.mirror.drain()
  const [caller] = served.memory.evidence.splits('r', 250).splits[0]?.groups[0]?.callers ?? []
  expect(caller).toMatchObject({ candidate: { requests: 1, errors: 1, ranks: 0 }, stable: { requests: 1, errors: 0 } })
})
