import { LineCounter, isNode, parseDocument, type Document } from 'yaml'
import type { z } from 'zod'
import { RefitError, type Place } from '../core/error.ts'
import { refusePointer } from '../core/lfs.ts'
import { digestOf } from './digest.ts'
import { manifestSchema, type Manifest } from './manifest.ts'

const HINT =
  'Restore the file from the commit before (git log shows it); only Refit’s pull requests write it. Where a gateway serves it, refit rollback proposes an older version.'

/**
 * Reads a manifest. Throws RefitError `manifest` with the place in `file` of the first mistake, and the others beside
 * it: no JSON, an unknown or missing member, and what only a hand edit can bring about, such as a digest that is not
 * the digest of the files listed.
 */
export function parseManifest(text: string, file: string): Manifest {
  refusePointer('manifest', text, { file })
  const conflict = /^(?:<{7}|={7}|>{7})(?: |$)/m.exec(text)
  if (conflict) {
    const line = text.slice(0, conflict.index).split('\n').length
    throw new RefitError('manifest', 'holds an unresolved merge conflict', {
      place: { file, line, column: 1 },
      hint: HINT,
    })
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new RefitError('manifest', 'is no valid JSON', {
      place: { file, ...syntaxPlace(text, error as Error) },
      hint: HINT,
    })
  }
  const parsed = manifestSchema.safeParse(value)
  const twice = membersIn(text) !== membersOf(value)
  if (parsed.success && !twice && contradictions(parsed.data).length === 0) return parsed.data
  // JSON is YAML as well, and this parser knows where everything stands. It is slow: only where something is wrong.
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: twice })
  const place = (path: readonly PropertyKey[]): Place => ({ file, ...positionOf(document, lines, path) })
  const problems: RefitError[] = document.errors
    .filter((error) => error.code === 'DUPLICATE_KEY')
    .map((error) =>
      mistake('has the same key twice', { file, line: error.linePos?.[0].line, column: error.linePos?.[0].col }),
    )
  if (parsed.success) {
    problems.push(...contradictions(parsed.data).map(({ path, sentence }) => mistake(sentence, place(path))))
  } else {
    problems.push(...parsed.error.issues.map((issue) => mistake(sentenceOf(issue), place(pathOf(issue)))))
  }
  const [first, ...others] = problems
  if (first) throw new RefitError('manifest', first.message, { place: first.place, hint: HINT, others })
  return parsed.data as Manifest
}

/** Members as they are written: a text that is valid JSON has a colon behind a string nowhere else. */
function membersIn(text: string): number {
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined).length
}

/** Members that are left of them: of a key that is there twice, JSON keeps the last one. */
function membersOf(root: unknown): number {
  let members = 0
  const waiting = [root]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (typeof value !== 'object' || value === null) continue
    const inner: readonly unknown[] = Object.values(value)
    if (!Array.isArray(value)) members += inner.length
    for (const one of inner) waiting.push(one)
  }
  return members
}

function mistake(sentence: string, place: Place): RefitError {
  return new RefitError('manifest', sentence, { place, hint: HINT })
}

/** What the schema cannot say. */
function contradictions(manifest: Manifest): { readonly path: readonly PropertyKey[]; readonly sentence: string }[] {
  const { artifact, previous, version, signature } = manifest
  const found: { path: readonly PropertyKey[]; sentence: string }[] = []
  const paths = artifact.files.map((file) => file.path)
  const twice = paths.findIndex((path, i) => paths.indexOf(path) !== i)
  if (twice >= 0) found.push({ path: ['artifact', 'files', twice], sentence: `artifact lists ${paths[twice]} twice` })
  if (digestOf(artifact.files) !== artifact.digest) {
    found.push({ path: ['artifact', 'digest'], sentence: 'artifact.digest is not the digest of the files listed' })
  }
  if (!/^git:(?!.*(?:^|[:/])\.{1,2}(?:\/|$))[^/\\\0][^\\\0]*$/.test(artifact.uri)) {
    found.push({ path: ['artifact', 'uri'], sentence: 'artifact.uri must be git: and a folder of this repository' })
  }
  if (previous !== null && previous.version >= version) {
    found.push({ path: ['previous', 'version'], sentence: `previous.version must be older than version ${version}` })
  }
  const names = signature.inputs.map((input) => input.name)
  const same = names.findIndex((name, i) => names.indexOf(name) !== i)
  if (same >= 0)
    found.push({ path: ['signature', 'inputs', same], sentence: `signature has the input ${names[same]} twice` })
  return found
}

function sentenceOf(issue: z.core.$ZodIssue): string {
  const name = issue.path.length === 0 ? 'the manifest' : issue.path.join('.')
  if (issue.code === 'unrecognized_keys') return `${name} has the unknown key ${issue.keys.join(', ')}`
  if (issue.code === 'invalid_type' && /undefined/.test(issue.message)) return `${name} is missing`
  return `${name}: ${issue.message.replace(/^Invalid input: /, '')}`
}

/** An unknown key is shown where it stands. */
function pathOf(issue: z.core.$ZodIssue): readonly PropertyKey[] {
  return issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path
}

/** Line and column (from 1) of the value at `path`, or of the nearest thing around it that is there. */
function positionOf(
  document: Document,
  lines: LineCounter,
  path: readonly PropertyKey[],
): { line?: number; column?: number } {
  for (let length = path.length; length >= 0; length--) {
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) {
      const { line, col } = lines.linePos(node.range[0])
      return { line, column: col }
    }
  }
  return {}
}

/** V8 names the offset in most of its messages; where it does not, the file ends too early. */
function syntaxPlace(text: string, error: Error): { line: number; column: number } {
  const offset = /position (\d+)/.exec(error.message)?.[1]
  const yamlPlace = offset === undefined ? parseDocument(text).errors[0]?.linePos?.[0] : undefined
  if (yamlPlace) return { line: yamlPlace.line, column: yamlPlace.col }
  const before = text.slice(0, offset === undefined ? text.length : Number(offset)).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}
