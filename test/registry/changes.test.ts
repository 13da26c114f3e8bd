import { expect, test } from 'vitest'
import { manifestChanges } from '../../src/registry/changes.ts'
import { sampleManifest } from '../support/manifest.ts'

test('equal manifests have no changes', () => {
  expect(manifestChanges(sampleManifest(), sampleManifest())).toEqual([])
})

test('a reviewer sees what changes for those who call the model', () => {
  const before = sampleManifest()
  const { signature, training } = before
  const after = sampleManifest({
    version: 3,
    signature: {
      ...signature,
      inputs: [
        { name: 'age', datatype: 'INT64' },
        { name: 'country', datatype: 'BYTES' },
      ],
      threshold: 0.4,
    },
    training: { ...training, rows: 10_500 },
  })
  expect(manifestChanges(before, after)).toEqual([
    { path: 'version', before: '2', after: '3' },
    { path: 'training.rows', before: '9,000', after: '10,500' },
    { path: 'signature.threshold', before: '0.31', after: '0.4' },
    { path: 'signature.inputs.age', before: 'FP64', after: 'INT64' },
    { path: 'signature.inputs.plan', before: 'BYTES', after: null },
    { path: 'signature.inputs.country', before: null, after: 'BYTES' },
  ])
})

test('in a first version everything is new, and what it does not have is left out', () => {
  const changes = manifestChanges(null, sampleManifest({ version: 1 }))
  expect(changes.every((change) => change.before === null && change.after !== null)).toBe(true)
  expect(changes.map((change) => change.path)).toContain('signature.inputs')
})
