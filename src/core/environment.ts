import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

/** Variables that hold what Refit, the runner and GitHub's own programs are trusted with. */
const TRUSTED =
  /^(?:GITHUB_TOKEN|GH_TOKEN|GH_ENTERPRISE_TOKEN|GITHUB_ENTERPRISE_TOKEN|INPUT_.*|ACTIONS_.*|REFIT_.*TOKEN)$/i

/** What programs need to run at all, and what the runner finds them by at the end of its job. No token is among it. */
const HARMLESS = [
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SHELL',
  'SystemRoot',
  'RUNNER_TRACKING_ID',
]

/** Whether a variable of this name is never given to a user's program. */
export const isTrusted = (name: string): boolean => TRUSTED.test(name)

/** The environment without tokens, by their names and by their values: one may be there under a second name. */
export function withoutTokens(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const tokens = new Set(
    Object.entries(env)
      .filter(([name, value]) => /TOKEN$/i.test(name) && isTrusted(name) && value !== '')
      .map(([, value]) => value),
  )
  return Object.fromEntries(Object.entries(env).filter(([name, value]) => !isTrusted(name) && !tokens.has(value)))
}

/** The environment of a user's program: the harmless variables, and those that the configuration names. */
export function quietEnvironment(names: readonly string[], env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const allowed = withoutTokens(env)
  const kept = [...HARMLESS, ...names].filter((name) => allowed[name] !== undefined)
  return Object.fromEntries(kept.map((name) => [name, allowed[name]]))
}

let hidden: boolean | undefined

/**
 * Makes this process show no environment to others of the same user: on Linux a program reads that of its parents in
 * `/proc/<pid>/environ`, whatever environment it was given itself. The variables are moved to other memory, where only
 * this process has them (`process.env` stays as it is), and the memory that the kernel shows is wiped. False where that
 * cannot be done. Elsewhere than on Linux nothing is done, and true is no promise.
 */
export function hideEnvironment(): boolean {
  if (process.platform !== 'linux') return true
  return (hidden ??= isMainThread && wipe())
}

function wipe(): boolean {
  try {
    // proc(5): the command's name may hold anything, the fields are counted behind it. 50 and 51 are env_start, env_end.
    const stat = readFileSync('/proc/self/stat', 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [start = 0, end = 0] = [Number(fields[47]), Number(fields[48])]
    if (!(start > 0 && end >= start)) return false
    // setenv(3) puts a variable that is set anew into memory of its own.
    for (const [name, value] of Object.entries(process.env)) process.env[name] = value
    const memory = openSync('/proc/self/mem', 'r+')
    try {
      const zeros = Buffer.alloc(end - start)
      if (writeSync(memory, zeros, 0, zeros.length, start) !== zeros.length) return false
    } finally {
      closeSync(memory)
    }
    return readFileSync('/proc/self/environ').every((byte) => byte === 0)
  } catch {
    return false
  }
}
