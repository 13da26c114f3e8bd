import type { z } from 'zod'
import { hideSecrets } from '../core/secrets.ts'
import { closest } from '../core/suggest.ts'
import { keysAt } from './keys.ts'
import type { Path } from './places.ts'

/** One mistake, before it has a place. */
export interface Problem {
  readonly path: Path
  /** Whether the key or the value at the path is wrong. */
  readonly at: 'key' | 'value'
  readonly sentence: string
  readonly hint?: string | undefined
}

export type Report = (path: Path, sentence: string, hint?: string, at?: 'key' | 'value') => void

type Issue = z.core.$ZodIssue

/** zod's findings in Refit's words; `value` is what was checked. */
export function explainIssues(schema: z.core.$ZodType, issues: readonly Issue[], value: unknown): Problem[] {
  return issues.flatMap((issue) => explain(schema, issue, [], value))
}

function explain(schema: z.core.$ZodType, issue: Issue, prefix: Path, root: unknown): Problem[] {
  const path = [...prefix, ...(issue.path as Path)]
  const name = nameOf(path)
  const found = shown(valueAt(root, path), path)
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, path, keysAt(schema, path)))
    case 'invalid_union': {
      if (found === undefined) return [{ path, at: 'key', sentence: `"${name}" is missing` }]
      const branch = bestBranch(issue.errors, found)
      if (branch !== undefined) return branch.flatMap((inner) => explain(schema, inner, path, root))
      return [
        {
          path,
          at: 'value',
          sentence: ownWords(issue.message, name, found) ?? mismatch(name, issue.errors.flat(), found),
        },
      ]
    }
    case 'invalid_key':
      return [
        {
          path,
          at: 'key',
          sentence: `"${String(path.at(-1))}" is no name for a model: ${issue.issues[0]?.message ?? ''}`,
        },
      ]
    case 'invalid_value': {
      const allowed = issue.values.map(String)
      const meant = typeof found === 'string' ? closest(found, allowed) : undefined
      const suggestion = meant === undefined ? '' : `; did you mean "${meant}"?`
      const sentence =
        found === undefined ? `"${name}" is missing` : `unknown value ${show(found)} for ${name}${suggestion}`
      return [{ path, at: found === undefined ? 'key' : 'value', sentence, hint: `Allowed: ${allowed.join(', ')}.` }]
    }
    case 'invalid_type':
      if (found === undefined) return [{ path, at: 'key', sentence: `"${name}" is missing` }]
      return [{ path, at: 'value', sentence: ownWords(issue.message, name, found) ?? mismatch(name, [issue], found) }]
    case 'too_small':
      return [
        {
          path,
          at: 'value',
          sentence: `${name} must be ${bound(issue.inclusive, 'at least', 'more than', issue.minimum)}, not ${show(found)}`,
        },
      ]
    case 'too_big':
      return [
        {
          path,
          at: 'value',
          sentence: `${name} must be ${bound(issue.inclusive, 'at most', 'less than', issue.maximum)}, not ${show(found)}`,
        },
      ]
    default:
      return [{ path, at: 'value', sentence: ownWords(issue.message, name, found) ?? `${name}: ${issue.message}` }]
  }
}

function unknownKey(key: string, path: Path, allowed: readonly string[]): Problem {
  const meant = closest(key, allowed)
  return {
    path: [...path, key],
    at: 'key',
    sentence: `unknown key "${key}"${meant === undefined ? '' : `; did you mean "${meant}"?`}`,
    hint: allowed.length === 0 ? undefined : `Allowed here: ${allowed.join(', ')}.`,
  }
}

/**
 * The form that the writer most likely meant: the one whose issues lie deepest, because everything above them fitted.
 * Undefined where no form fits even in its type: then the forms are listed instead.
 */
function bestBranch(branches: readonly (readonly Issue[])[], found: unknown): readonly Issue[] | undefined {
  let best: readonly Issue[] | undefined
  let bestScore = 0
  for (const branch of branches) {
    const wrongType = branch.some(
      (issue) =>
        issue.path.length === 0 &&
        (issue.code === 'invalid_type' || (issue.code === 'invalid_value' && typeof found !== 'string')),
    )
    const shallow = branch.filter((issue) => issue.path.length === 0).length
    const score = wrongType ? 0 : 1000 - 10 * shallow - branch.length
    if (score > bestScore) {
      best = branch
      bestScore = score
    }
  }
  return best
}

/** Sentences of the schema itself start with a verb and want name and value around them. */
function ownWords(message: string, name: string, found: unknown): string | undefined {
  if (message.startsWith('must ')) return `${name} ${message}, not ${show(found)}`
  return message.startsWith('is ') ? `${name}: ${show(found)} ${message}` : undefined
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'settings',
  record: 'settings',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}

function mismatch(name: string, issues: readonly Issue[], found: unknown): string {
  const expected = issues.flatMap((issue) => {
    if (issue.path.length > 0 && issues.length > 1) return []
    if (issue.code === 'invalid_type') return [TYPES[issue.expected] ?? issue.expected]
    return issue.code === 'invalid_value' ? [issue.values.map(String).join(' or ')] : []
  })
  const forms = [...new Set(expected)]
  const wanted = forms.length === 0 ? 'something else' : forms.join(' or ')
  return found === null ? `${name} is empty; it must be ${wanted}` : `${name} must be ${wanted}, not ${show(found)}`
}

function bound(inclusive: boolean | undefined, at: string, beyond: string, limit: number | bigint): string {
  return `${inclusive === false ? beyond : at} ${limit}`
}

/** `models.churn.train.epochs` → `train.epochs`: the model is told by the place. */
export function nameOf(path: Path): string {
  const own = path[0] === 'models' && path.length > 2 ? path.slice(2) : path
  return (
    own.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('') ||
    'the configuration'
  )
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object' && value !== null) return 'settings'
  if (typeof value === 'string') return `"${hideSecrets(value).slice(0, 60)}"`
  return value === undefined ? 'nothing' : String(value)
}

/** What stands where a connection string belongs is one, in whatever spelling. */
function shown(value: unknown, path: Path): unknown {
  const secret = path.some((part, i) => part === 'postgres' && path[i + 1] !== 'table' && path[i + 1] !== 'timeout')
  return secret && typeof value === 'string' ? '***' : value
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Readonly<Record<string | number, unknown>>)[part]
  }
  return value
}
