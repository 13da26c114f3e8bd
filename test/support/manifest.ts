import type { Manifest } from '../../src/registry/manifest.ts'
import { artifactDigest, describeFiles } from '../../src/registry/digest.ts'
import type { ArtifactFile } from '../../src/training/types.ts'

/** The bytes of a small artifact; the weights are no valid UTF-8, as real ones. */
export const ARTIFACT: readonly ArtifactFile[] = [
  { path: 'model.json', content: Buffer.from('{"format":"layers-model"}\n') },
  { path: 'profile.json', content: Buffer.from('{"columns":[]}\n') },
  { path: 'weights.bin', content: Uint8Array.from({ length: 512 }, (_, i) => (i * 37) % 256) },
]

/** A valid manifest of version 2 of `churn`, with `changes` laid on top of its first level. */
export function sampleManifest(changes: Partial<Manifest> = {}, files: readonly ArtifactFile[] = ARTIFACT): Manifest {
  const version = changes.version ?? 2
  return {
    schemaVersion: 1,
    model: 'churn',
    version,
    previous: version > 1 ? { version: version - 1, digest: `sha256:${'a'.repeat(64)}` } : null,
    task: 'binary',
    artifact: {
      uri: `git:models/churn/versions/${version}`,
      digest: artifactDigest(files),
      format: 'tfjs-layers',
      files: [...describeFiles(files)],
    },
    signature: {
      inputs: [
        { name: 'age', datatype: 'FP64' },
        { name: 'plan', datatype: 'BYTES' },
      ],
      outputs: [{ name: 'probability', datatype: 'FP64', shape: [-1, 1] }],
      classes: ['false', 'true'],
      threshold: 0.31,
    },
    training: {
      trainer: 'tfjs',
      model: 'mlp',
      engine: 'wasm',
      seed: 7,
      candidateId: 'c'.repeat(64),
      dataFingerprint: 'd'.repeat(64),
      rows: 9000,
      rowsSeen: 12_000,
      window: { from: '2026-01-01T00:00:00Z', to: '2026-06-30T00:00:00Z' },
      watermark: '2026-06-30T00:00:00.000Z',
      dataSeenUntil: '2026-07-31T00:00:00.000Z',
      trainedAt: '2026-08-01T00:00:00Z',
      codeCommit: null,
      runUrl: null,
      triggers: ['drift: 4 of 10 columns moved'],
    },
    evaluation: {
      primary: 'auc',
      holdoutDigest: 'e'.repeat(64),
      holdoutRows: 2000,
      metrics: [{ metric: 'auc', value: 0.87, interval: { low: 0.85, high: 0.89, level: 0.95, method: 'bootstrap' } }],
      verdict: 'pass',
      scoreQuantiles: [0, 0.5, 1],
    },
    rollout: { environment: 'production', stages: [{ kind: 'full' }] },
    ...changes,
  }
}
