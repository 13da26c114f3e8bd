import { describe, expect, test } from 'vitest'
import { RefitError } from '../../src/core/error.ts'
import { prettyJson } from '../../src/core/json.ts'
import { manifestJsonSchema } from '../../src/registry/json-schema.ts'
import { parseManifest } from '../../src/registry/parse.ts'
import { sampleManifest } from '../support/manifest.ts'

const FILE = 'models/churn/manifest.json'
const text = prettyJson(sampleManifest())

function failure(broken: string): RefitError {
  try {
    parseManifest(broken, FILE)
  } catch (error) {
    if (error instanceof RefitError) return error
    throw error
  }
  throw new Error('the manifest was accepted')
}

/** 1-based place of the first occurrence of `needle`. */
function placeOf(haystack: string, needle: string): { file: string; line: number; column: number } {
  const before = haystack.slice(0, haystack.indexOf(needle)).split('\n')
  return { file: FILE, line: before.length, column: (before.at(-1) as string).length + 1 }
}

test('a manifest survives being written and read', () => {
  expect(parseManifest(text, FILE)).toEqual(sampleManifest())
})

describe('a manifest edited by hand into nonsense gets one sentence with its place', () => {
  test('a wrong type, where the value stands', () => {
    const broken = text.replace('"version": 2', '"version": "two"')
    const error = failure(broken)
    expect(error.code).toBe('manifest')
    expect(error.message).toBe('version: expected number, received string')
    expect(error.place).toEqual(placeOf(broken, '"two"'))
    expect(error.hint).toMatch(/git log/)
  })

  test('a deep one', () => {
    const broken = text.replace('"bytes": 512', '"bytes": -1')
    expect(failure(broken).message).toMatch(/^artifact\.files\.2\.bytes/)
    expect(failure(broken).place).toEqual(placeOf(broken, '-1'))
  })

  test('a missing member, at the object that misses it', () => {
    const broken = text.replace(/\n {2}"task": "binary",/, '')
    expect(failure(broken).message).toMatch(/^task/)
    expect(failure(broken).place).toEqual({ file: FILE, line: 1, column: 1 })
  })

  test('an unknown key', () => {
    const broken = text.replace('"seed": 7', '"sead": 8,\n    "seed": 7')
    expect(failure(broken).message).toBe('training has the unknown key sead')
    expect(failure(broken).place?.line).toBe(placeOf(broken, '"sead"').line)
  })

  test('a key that is there twice', () => {
    const broken = text.replace('"version": 2', '"version": 1,\n  "version": 2')
    expect(failure(broken).message).toBe('has the same key twice')
    expect(failure(broken).place?.line).toBe(4 + 1)
  })

  test('a key that is there twice in another spelling, and far inside', () => {
    const broken = text.replace('"bytes": 512', '"bytes": 1,\n        "b\\u0079tes": 512')
    expect(JSON.parse(broken)).toEqual(sampleManifest())
    expect(failure(broken).message).toBe('has the same key twice')
    expect(failure(broken).place?.line).toBe(placeOf(broken, '"b\\u0079tes"').line)
  })

  test('a text that looks like a member is none', () => {
    const manifest = sampleManifest()
    const [input, ...rest] = manifest.signature.inputs
    const inputs = [{ ...(input as NonNullable<typeof input>), name: 'a": 1, "b\\": {' }, ...rest]
    const odd = { ...manifest, signature: { ...manifest.signature, inputs } }
    expect(parseManifest(prettyJson(odd), FILE)).toEqual(odd)
  })

  test.each([
    ['so deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['so deep in objects', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`],
    ['so wide', `{${Array.from({ length: 30_000 }, (_, i) => `"k${i}":${i}`).join(',')}}`],
  ])('%s that no hand wrote it', (_name, broken) => {
    expect(failure(broken).code).toBe('manifest')
  })

  test.each([
    ['a trailing comma', text.replace('"seed": 7,', '"seed": 7,,'), '"seed": 7,,', 10],
    ['a missing comma', text.replace('"version": 2,', '"version": 2'), '"previous"', 0],
  ])('%s', (_name, broken, needle, offset) => {
    const error = failure(broken)
    expect(error.message).toBe('is no valid JSON')
    const expected = placeOf(broken, needle)
    expect(error.place).toEqual({ ...expected, column: expected.column + offset })
  })

  test('a file that was cut off, at its end', () => {
    const broken = text.slice(0, 200)
    expect(failure(broken).message).toBe('is no valid JSON')
    expect(failure(broken).place?.line).toBe(broken.split('\n').length)
  })

  test('an empty file', () => {
    expect(failure('').message).toBe('is no valid JSON')
    expect(failure('').place?.line).toBe(1)
  })

  test('a merge conflict', () => {
    const broken = text.replace('  "version": 2,', '<<<<<<< HEAD\n  "version": 2,\n=======\n  "version": 3,\n>>>>>>> x')
    expect(failure(broken).message).toMatch(/merge conflict/)
    expect(failure(broken).place).toEqual({ file: FILE, line: 4, column: 1 })
  })

  test('a digest that does not belong to the files', () => {
    const manifest = sampleManifest()
    const broken = prettyJson({ ...manifest, artifact: { ...manifest.artifact, digest: `sha256:${'0'.repeat(64)}` } })
    expect(failure(broken).message).toMatch(/artifact\.digest is not the digest/)
    expect(failure(broken).place).toEqual(placeOf(broken, `"sha256:${'0'.repeat(64)}"`))
  })

  test.each(['git:../../etc', 'git:/etc', 'https://example.com/x', 'git:models/../..', 'git:'])(
    'an artifact outside of the repository: %s',
    (uri) => {
      const manifest = sampleManifest()
      expect(failure(prettyJson({ ...manifest, artifact: { ...manifest.artifact, uri } })).message).toMatch(
        /artifact\.uri/,
      )
    },
  )

  test.each(['../x', '/etc/passwd', 'a/../../b', 'a\\b'])('a file outside of the artifact: %s', (path) => {
    const broken = text.replace('"path": "weights.bin"', `"path": ${JSON.stringify(path)}`)
    expect(failure(broken).message).toMatch(/plain relative path/)
  })

  test('several mistakes are told together', () => {
    const broken = text.replace('"seed": 7', '"seed": 7.5').replace('"rows": 9000', '"rows": "many"')
    const error = failure(broken)
    expect([error, ...error.others].map((one) => one.message)).toHaveLength(2)
  })
})

test('the JSON Schema refuses unknown members, as the code does', () => {
  const schema = manifestJsonSchema()
  expect(schema).toMatchObject({ type: 'object', additionalProperties: false, title: 'Refit model manifest' })
  expect(schema['required']).toContain('artifact')
})
