import { mkdirSync, renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { RefitError } from '../../src/core/error.ts'
import { prettyJson } from '../../src/core/json.ts'
import { openLocalForge } from '../../src/forge/local/local-forge.ts'
import { readArtifact, readManifest, verifyFiles } from '../../src/registry/read.ts'
import { git, makeRepository, writeFiles } from '../support/git.ts'
import { ARTIFACT, sampleManifest } from '../support/manifest.ts'

const clock = (): number => Date.UTC(2026, 7, 1)
const folder = 'models/churn/versions/2'

function repository(): string {
  return makeRepository({
    'models/churn/manifest.json': prettyJson(sampleManifest()),
    ...Object.fromEntries(ARTIFACT.map((file) => [`${folder}/${file.path}`, file.content])),
  })
}

async function failure(work: Promise<unknown>): Promise<RefitError> {
  const error: unknown = await work.then(
    () => new Error('it was accepted'),
    (thrown: unknown) => thrown,
  )
  if (error instanceof RefitError) return error
  throw error
}

describe('with a version in git', () => {
  test('the manifest and its verified files are read, at a branch and at a commit', async () => {
    const root = repository()
    const forge = await openLocalForge(root, { clock })
    const manifest = await readManifest(forge, 'main', 'churn')
    expect(manifest).toEqual(sampleManifest())
    const files = await readArtifact(forge, git(root, ['rev-parse', 'main']), sampleManifest())
    expect([...files.keys()].sort()).toEqual(['model.json', 'profile.json', 'weights.bin'])
    expect(Buffer.from(files.get('weights.bin') as Uint8Array)).toEqual(
      Buffer.from((ARTIFACT[2] as { content: Uint8Array }).content),
    )
  })

  test('a model without a version has no manifest', async () => {
    const forge = await openLocalForge(repository(), { clock })
    expect(await readManifest(forge, 'main', 'fraud')).toBeUndefined()
  })

  test.each<[what: string, change: (root: string) => void, message: RegExp, place: string]>([
    [
      'its folder is a link',
      (root) => {
        renameSync(join(root, 'models/churn'), join(root, 'elsewhere'))
        symlinkSync('../elsewhere', join(root, 'models/churn'))
      },
      /^is a link or a file, and no folder$/,
      'models/churn',
    ],
    [
      'a folder has its name',
      (root) => {
        renameSync(join(root, 'models/churn/manifest.json'), join(root, 'manifest'))
        mkdirSync(join(root, 'models/churn/manifest.json'))
        renameSync(join(root, 'manifest'), join(root, 'models/churn/manifest.json/old'))
      },
      /^is expected, and there is models\/churn\/manifest\.json\/old$/,
      'models/churn/manifest.json',
    ],
    [
      'its folder is written in capitals',
      (root) => git(root, ['mv', 'models/churn', 'models/Churn']),
      /^is expected, and there is models\/Churn\/manifest\.json$/,
      'models/churn/manifest.json',
    ],
  ])('a manifest that cannot be reached is not the absence of a version: %s', async (_what, change, message, file) => {
    const root = repository()
    change(root)
    git(root, ['add', '--all'])
    git(root, ['commit', '-qm', 'Move it'])
    const error = await failure(readManifest(await openLocalForge(root, { clock }), 'main', 'churn'))
    expect(error).toMatchObject({ code: 'manifest', place: { file } })
    expect(error.message).toMatch(message)
  })

  test('a flipped byte is found and named', async () => {
    const root = repository()
    const weights = Uint8Array.from((ARTIFACT[2] as { content: Uint8Array }).content)
    weights[100] = (weights[100] as number) ^ 1
    writeFiles(root, { [`${folder}/weights.bin`]: weights })
    git(root, ['commit', '-qam', 'Flip a bit'])
    const error = await failure(readArtifact(await openLocalForge(root, { clock }), 'main', sampleManifest()))
    expect(error.code).toBe('artifact')
    expect(error.message).toMatch(
      /^weights\.bin of churn v2 was changed: its sha256 is [0-9a-f]{12}…, the manifest says [0-9a-f]{12}…$/,
    )
    expect(error.place).toEqual({ file: `${folder}/weights.bin` })
    expect(error.hint).toMatch(/refit rollback/)
  })

  test('a file that is too long, and one that is gone', async () => {
    const root = repository()
    writeFiles(root, { [`${folder}/model.json`]: '{}' })
    git(root, ['commit', '-qam', 'Shorten'])
    const forge = await openLocalForge(root, { clock })
    expect((await failure(readArtifact(forge, 'main', sampleManifest()))).message).toBe(
      'model.json of churn v2 has 2 bytes; the manifest says 26',
    )
    git(root, ['rm', '-q', `${folder}/model.json`])
    git(root, ['commit', '-qm', 'Remove'])
    expect((await failure(readArtifact(forge, 'main', sampleManifest()))).message).toBe(
      'model.json of churn v2 is missing',
    )
  })

  test('a manifest that was copied to another model is refused', async () => {
    const root = repository()
    writeFiles(root, { 'models/fraud/manifest.json': prettyJson(sampleManifest()) })
    git(root, ['add', '.'])
    git(root, ['commit', '-qm', 'Copy'])
    const error = await failure(readManifest(await openLocalForge(root, { clock }), 'main', 'fraud'))
    expect(error.message).toBe('is the manifest of churn, not of fraud')
    expect(error.place).toEqual({ file: 'models/fraud/manifest.json' })
  })
})

test('files are verified without any forge', () => {
  const files = new Map(ARTIFACT.map((file) => [file.path, file.content]))
  expect(() => verifyFiles(sampleManifest(), files)).not.toThrow()
  const manifest = sampleManifest()
  const other = { ...manifest, artifact: { ...manifest.artifact, digest: `sha256:${'1'.repeat(64)}` } }
  expect(() => verifyFiles(other, files)).toThrow(/do not make up its digest/)
})

test('a pointer of Git LFS in the place of weights is named, before any size is compared', () => {
  const files = new Map(ARTIFACT.map(({ path, content }) => [path, content]))
  const [first] = ARTIFACT
  files.set(
    first?.path ?? '',
    new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n'),
  )
  expect(() => verifyFiles(sampleManifest(), files)).toThrow(/is a Git LFS pointer, not the file itself$/)
})
