import { spawn } from 'node:child_process'
import { isTrusted } from '../../core/environment.ts'
import { RefitError } from '../../core/error.ts'
import { BOT_EMAIL, BOT_NAME } from '../names.ts'

export interface GitResult {
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: string
}

export interface GitOptions {
  readonly input?: Uint8Array | readonly Uint8Array[]
  /** Author and committer date; default: now. Epoch milliseconds. */
  readonly time?: number
  readonly env?: Readonly<Record<string, string>>
}

/** Variables that say where git's configuration lies; every other GIT_* of the caller would change what git does. */
const KEPT = /^GIT_(?:CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)|EXEC_PATH)$/

/**
 * The environment git runs in. Identity comes from here only, so that no user.name is needed and git config is never
 * touched; GIT_DIR and its like (set inside hooks and by other tools) must not redirect us into another repository. Git
 * needs no token here, and what it is given every program of the same user can read.
 */
export function gitEnvironment(time: number = Date.now()): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {}
  for (const [name, value] of Object.entries(process.env)) {
    if (isTrusted(name)) continue
    if (!name.startsWith('GIT_') || KEPT.test(name)) env[name] = value
  }
  const date = `@${Math.floor(time / 1000)} +0000`
  return {
    ...env,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_AUTHOR_NAME: BOT_NAME,
    GIT_AUTHOR_EMAIL: BOT_EMAIL,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: BOT_NAME,
    GIT_COMMITTER_EMAIL: BOT_EMAIL,
    GIT_COMMITTER_DATE: date,
  }
}

/** Runs git and returns whatever came of it; throws only where git could not be started. */
export function tryGit(cwd: string, args: readonly string[], options: GitOptions = {}): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { cwd, env: { ...gitEnvironment(options.time), ...options.env } })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.on('error', (cause: NodeJS.ErrnoException) => reject(cannotStart(cwd, cause)))
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    child.on('close', (code) =>
      resolve({
        code: code ?? 128,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString('utf8').trim(),
      }),
    )
    // git may end before it has read everything; its exit code tells the story, not the broken pipe.
    child.stdin.on('error', () => {})
    const { input } = options
    for (const part of input === undefined ? [] : input instanceof Uint8Array ? [input] : input) child.stdin.write(part)
    child.stdin.end()
  })
}

/** What git says of a place that may be no repository, on a machine that may have no git; undefined where it says nothing. */
export async function askGit(cwd: string, args: readonly string[]): Promise<string | undefined> {
  const result = await tryGit(cwd, args).catch(() => undefined)
  return result?.code === 0 ? result.stdout.toString('utf8').trim() || undefined : undefined
}

/** Runs git; throws RefitError `forge` with git's own words where it fails. Returns stdout as text without its last line end. */
export async function git(cwd: string, args: readonly string[], options: GitOptions = {}): Promise<string> {
  const result = await tryGit(cwd, args, options)
  if (result.code !== 0) throw gitFailed(args, result)
  return result.stdout.toString('utf8').replace(/\n$/, '')
}

export function gitFailed(args: readonly string[], result: GitResult): RefitError {
  const words = firstLine(result.stderr) || `it ended with code ${result.code}`
  return new RefitError('forge', `git ${args.find((arg) => !arg.startsWith('-')) ?? ''} failed: ${words}`)
}

/** Git's message without its prefix, as part of a sentence. */
export function firstLine(stderr: string): string {
  const lines = stderr.split('\n')
  const telling = lines.find((line) => /^(?:fatal|error):/.test(line)) ?? lines[0] ?? ''
  return telling.replace(/^(?:fatal|error): /, '').trim()
}

export function cannotStart(cwd: string, cause: NodeJS.ErrnoException): RefitError {
  // A missing working folder and a missing program both say ENOENT; the caller has checked the folder.
  return cause.code === 'ENOENT'
    ? new RefitError('forge', `git was not found (wanted in ${cwd})`, {
        hint: 'Install git 2.31 or newer and make sure it is on the PATH.',
        cause,
      })
    : new RefitError('forge', `git could not be started: ${cause.message}`, { cause })
}
