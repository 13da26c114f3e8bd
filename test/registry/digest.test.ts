import { execFileSync } from 'node:child_process'
import { test, expect } from 'vitest'
import { artifactDigest, describeFiles } from '../../src/registry/digest.ts'
import { temporaryFolder, writeFiles } from '../support/git.ts'
import { ARTIFACT } from '../support/manifest.ts'

test('the digest is what sha256sum computes over its own listing', () => {
  const folder = temporaryFolder()
  writeFiles(folder, Object.fromEntries(ARTIFACT.map((file) => [file.path, file.content])))
  const command = 'LC_ALL=C; export LC_ALL; sha256sum * | sha256sum'
  const peer = execFileSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' }).slice(0, 64)
  expect(artifactDigest(ARTIFACT)).toBe(`sha256:${peer}`)
})

test('the example of the documentation holds', () => {
  expect(artifactDigest([{ path: 'a', content: new Uint8Array() }])).toBe(
    'sha256:fba1930570cf2d33a2a05ff43a4fea532382611f43876988fc9c31fd9ce102d1',
  )
})

test('the digest does not depend on the order of the files, but on their names and on every byte', () => {
  const digest = artifactDigest(ARTIFACT)
  expect(artifactDigest([...ARTIFACT].reverse())).toBe(digest)
  const [first, ...others] = ARTIFACT as [(typeof ARTIFACT)[0], ...typeof ARTIFACT]
  expect(artifactDigest([{ ...first, path: 'model2.json' }, ...others])).not.toBe(digest)
  expect(artifactDigest([{ ...first, content: Buffer.concat([first.content, Buffer.from(' ')]) }, ...others])).not.toBe(
    digest,
  )
})

test('files are described by size and hash, sorted by path', () => {
  const described = describeFiles([...ARTIFACT].reverse())
  expect(described.map((file) => file.path)).toEqual(['model.json', 'profile.json', 'weights.bin'])
  expect(described[2]?.bytes).toBe(512)
})
