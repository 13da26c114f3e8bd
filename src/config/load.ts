import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RefitError } from '../core/error.ts'
import { expandConfig } from './expand.ts'
import { explainIssues, type Problem } from './issues.ts'
import { type Path, readYaml, type SourceText } from './places.ts'
import { secretProblems } from './secrets.ts'
import { type Config, configSchema, type ParsedConfig } from './schema.ts'
import { checkModel } from './semantics.ts'

const CONFIG_PATH = '.github/refit.yml'

/** Rounds of leaving out what is wrong in order to check the rest. */
const MAX_REPAIRS = 5

/** Reads a repository's configuration; see `parseConfig`. A missing file is a RefitError('config') as well. */
export async function loadConfig(root: string, path: string = CONFIG_PATH): Promise<Config> {
  let text: string
  try {
    text = await readFile(join(root, path), 'utf8')
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    throw new RefitError('config', missing ? `there is no ${path}` : `cannot read ${path}`, {
      place: { file: path },
      hint: missing ? 'Write one with `refit init`; three lines suffice.' : undefined,
      cause,
    })
  }
  return parseConfig(text, path)
}

/**
 * The configuration in a YAML text, every default filled in and every shorthand written out. `file` is the name that
 * messages show. Throws a RefitError('config') for the first mistake in the order of the text, with all the others of
 * the same pass in `others`; every one has file, line and column.
 */
export function parseConfig(text: string, file: string): Config {
  const source = readYaml(text, file)
  const errors = source.problems.map(({ sentence, place }) => new RefitError('config', sentence, { place }))
  if (errors.length > 0) throw together(errors)
  const { config, problems } = check(source.value ?? {})
  const secrets = secretProblems(source.value)
  if (config !== undefined && problems.length === 0 && secrets.length === 0) return expandConfig(config)
  // What is a secret needs no second sentence about its form.
  const others = problems.filter(({ path }) => !secrets.some((secret) => startsWith(path, secret.path)))
  throw together([...secrets, ...others].map((problem) => toError(problem, source)))
}

function check(value: unknown): { config: ParsedConfig | undefined; problems: Problem[] } {
  const first = configSchema.safeParse(value)
  const problems = first.success ? [] : explainIssues(configSchema, first.error.issues, value)
  const formProblems = [...problems]
  const usable = first.success ? first.data : withoutMistakes(value)
  if (usable !== undefined) {
    if (Object.keys(usable.models).length === 0 && first.success) {
      problems.push({
        path: ['models'],
        at: 'key',
        sentence: 'models is empty',
        hint: 'Add a model with data and label.',
      })
    }
    for (const [name, model] of Object.entries(usable.models)) {
      for (const problem of checkModel(model)) {
        const path = ['models', name, ...problem.path]
        // What was left out as mistaken has its own message, and so has what misses it.
        const explained = formProblems.some(
          (known) => startsWith(path, known.path) || (path.length > 2 && startsWith(known.path, path)),
        )
        if (!explained) problems.push({ ...problem, path })
      }
    }
  }
  return { config: usable, problems }
}

/**
 * The configuration without the members that the schema refuses, so that mistakes of sense are found in the same pass
 * as mistakes of form; undefined where nothing readable remains.
 */
function withoutMistakes(value: unknown): ParsedConfig | undefined {
  const copy: unknown = structuredClone(value)
  for (let round = 0; round < MAX_REPAIRS; round++) {
    const result = configSchema.safeParse(copy)
    if (result.success) return result.data
    for (const issue of result.error.issues) {
      const path = issue.path as Path
      if (issue.code === 'unrecognized_keys') for (const key of issue.keys) remove(copy, [...path, key])
      else if (!remove(copy, path)) return undefined
    }
  }
  return undefined
}

/** Removes what lies at a path, or the whole list it is in: positions in a list must not shift. */
function remove(root: unknown, path: Path): boolean {
  const list = path.findIndex((part) => typeof part === 'number')
  const parts = list < 0 ? path : path.slice(0, list)
  let holder: unknown = root
  for (const part of parts.slice(0, -1)) holder = (holder as Record<string, unknown> | undefined)?.[String(part)]
  const key = String(parts.at(-1) ?? '')
  if (typeof holder !== 'object' || holder === null || !(key in holder)) {
    // Something required is missing: the model has to go.
    const [models, name] = parts
    const all = (root as Record<string, Record<string, unknown> | undefined> | undefined)?.[String(models)]
    if (models !== 'models' || name === undefined || all === undefined || !(name in all)) return false
    delete all[String(name)]
    return true
  }
  delete (holder as Record<string, unknown>)[key]
  return true
}

function startsWith(path: Path, prefix: Path): boolean {
  return prefix.length > 0 && prefix.every((part, i) => part === path[i])
}

/** A mistake at its place in the text. */
export function toError(problem: Problem, source: SourceText): RefitError {
  const place = problem.at === 'key' ? source.keyAt(problem.path) : source.valueAt(problem.path)
  return new RefitError('config', problem.sentence, { place, hint: problem.hint })
}

/** One error that carries the rest, in the order of the text. */
export function together(errors: readonly RefitError[]): RefitError {
  const position = (error: RefitError): number => (error.place?.line ?? 0) * 10_000 + (error.place?.column ?? 0)
  const [first, ...others] = [...errors].sort((a, b) => position(a) - position(b))
  if (first === undefined) return new RefitError('config', 'the configuration cannot be read')
  return new RefitError('config', first.message, { place: first.place, hint: first.hint, others })
}
