import { holdsSecret } from '../core/secrets.ts'
import { nameOf, type Problem } from './issues.ts'
import type { Path } from './places.ts'

/**
 * Keys and values that are the address of a database, or hold a password: the configuration is committed, and everybody
 * who can read the repository can read them. None of them is shown.
 */
export function secretProblems(value: unknown, path: Path = [], seen = new Set<object>()): Problem[] {
  if (typeof value === 'string') return holdsSecret(value) ? [problem(path, 'value')] : []
  // An alias may lead back to where it stands.
  if (typeof value !== 'object' || value === null || seen.has(value)) return []
  seen.add(value)
  const members = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return members.flatMap(([key, member]) => [
    ...(typeof key === 'string' && holdsSecret(key) ? [problem([...path, key], 'key')] : []),
    ...secretProblems(member, [...path, key], seen),
  ])
}

function problem(path: Path, at: Problem['at']): Problem {
  const where = at === 'value' ? nameOf(path) : `a key of ${nameOf(path.slice(0, -1))}`
  return {
    path,
    at,
    sentence: `${where} holds the address of a database or a password, which does not belong into a file that is committed`,
    hint: `Change the password. ${path.includes('gateway') ? GATEWAY : DATABASE}`,
  }
}

const DATABASE =
  'Name an environment variable instead, data: {postgres: {url: "${DATABASE_URL}"}}, or read it from the environment in data.command.'
const GATEWAY = 'Write the address without it, and give the token in the environment variable REFIT_GATEWAY_TOKEN.'
