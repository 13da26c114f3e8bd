import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isTrusted } from '../core/environment.ts'
import { RefitError } from '../core/error.ts'

/** The repository a gateway follows, read only. */
export interface GitSource {
  /** Brings what is known of a remote up to date; nothing to do for a local repository. */
  refresh(): Promise<void>
  /** Commit ids of the branches below a prefix, by the rest of their names. */
  branches(prefix: string): Promise<ReadonlyMap<string, string>>
  /** Contents of `<revision>:<path>` each; undefined where it is not there. */
  read(objects: readonly string[]): Promise<readonly (Uint8Array | undefined)[]>
  /** Whether history knows a commit, or a path in it, be its content here or not. */
  knows(revision: string): Promise<boolean>
  /** Whether older commits were left out when it was cloned. */
  isShallow(): Promise<boolean>
  close(): Promise<void>
}

/** A revision that names the default branch in both kinds of source. */
export const DEFAULT_REVISION = 'refs/refit-gateway/head'

const FETCH_TIMEOUT_MS = 60_000
const READ_TIMEOUT_MS = 30_000

/**
 * Opens a repository by path (bare or with a work tree; read in place, never written) or by URL (fetched into a bare
 * mirror of the gateway's own, in a temporary folder). Never touches git configuration.
 * @throws RefitError `serving` where it is neither.
 */
export async function openGitSource(repository: string): Promise<GitSource> {
  if (existsSync(repository)) return openLocal(repository)
  if (!/^(https?|ssh|git|file):\/\/|^[\w.-]+@[\w.-]+:/.test(repository)) {
    throw new RefitError('serving', `there is no repository at ${repository}`, {
      hint: 'Give the path of a git repository, or a URL that git can fetch from.',
    })
  }
  return openRemote(repository)
}

async function openLocal(path: string): Promise<GitSource> {
  const found = await run(path, ['rev-parse', '--absolute-git-dir'])
  const folder = found.stdout.toString('utf8').trim()
  if (folder === '') {
    const words = found.stderr.split('\n', 1)[0] ?? ''
    throw new RefitError('serving', `${path} cannot be read as a git repository: ${words}`, {
      hint: 'Give the path of a git repository, or run `git init` there.',
    })
  }
  return { ...reader(folder, 'HEAD'), refresh: () => Promise.resolve(), close: () => Promise.resolve() }
}

async function openRemote(url: string): Promise<GitSource> {
  const folder = await mkdtemp(join(tmpdir(), 'refit-gateway-'))
  await must(folder, ['init', '--quiet', '--bare', '.'], READ_TIMEOUT_MS)
  const refresh = async (): Promise<void> => {
    const refspecs = ['+refs/heads/*:refs/heads/*', `+HEAD:${DEFAULT_REVISION}`]
    await must(
      folder,
      ['fetch', '--quiet', '--prune', '--no-tags', '--force', '--', url, ...refspecs],
      FETCH_TIMEOUT_MS,
    )
  }
  return {
    ...reader(folder, DEFAULT_REVISION),
    refresh,
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

function reader(folder: string, head: string): Pick<GitSource, 'branches' | 'read' | 'knows' | 'isShallow'> {
  return {
    async branches(prefix) {
      const full = `refs/heads/${prefix}`
      const { stdout } = await must(
        folder,
        ['for-each-ref', '--format=%(objectname) %(refname)', full],
        READ_TIMEOUT_MS,
      )
      const lines = stdout.toString('utf8').split('\n').filter(Boolean)
      return new Map(
        lines.map((line) => [line.slice(line.indexOf(' ') + 1 + full.length), line.slice(0, line.indexOf(' '))]),
      )
    },
    async read(objects) {
      if (objects.length === 0) return []
      const asked = objects.map((object) => object.replace(DEFAULT_REVISION, head).replace(/[\r\n]/g, ''))
      const { stdout } = await must(folder, ['cat-file', '--batch'], READ_TIMEOUT_MS, `${asked.join('\n')}\n`)
      return parseBatch(stdout, asked.length)
    },
    async knows(revision) {
      const asked = revision.includes(':') ? revision : `${revision}^{commit}`
      const named = asked.replace(DEFAULT_REVISION, head)
      return (await run(folder, ['rev-parse', '--verify', '--quiet', named])).code === 0
    },
    async isShallow() {
      const { stdout } = await must(folder, ['rev-parse', '--is-shallow-repository'], READ_TIMEOUT_MS)
      return stdout.toString('utf8').trim() === 'true'
    },
  }
}

/** The output of `git cat-file --batch`: a header line, the bytes and a line end for each object. */
function parseBatch(output: Buffer, n: number): readonly (Uint8Array | undefined)[] {
  const found: (Uint8Array | undefined)[] = []
  let at = 0
  for (let i = 0; i < n; i++) {
    const end = output.indexOf(10, at)
    if (end < 0) throw new RefitError('serving', 'git ended before it had answered everything')
    const header = /^[0-9a-f]+ (\w+) (\d+)$/.exec(output.toString('utf8', at, end))
    at = end + 1
    if (!header) {
      found.push(undefined) // `<name> missing`
      continue
    }
    const size = Number(header[2])
    if (at + size > output.length) throw new RefitError('serving', 'git ended in the middle of a file')
    found.push(header[1] === 'blob' ? output.subarray(at, at + size) : undefined)
    at += size + 1
  }
  return found
}

interface Result {
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: string
}

async function must(folder: string, args: readonly string[], timeout: number, input?: string): Promise<Result> {
  const result = await run(folder, args, timeout, input)
  if (result.code === 0) return result
  // Git names the URL it fetched from, credentials and all.
  const words = result.stderr.split('\n', 1)[0]?.replace(/\/\/[^@/\s]*@/g, '//') || `it ended with code ${result.code}`
  throw new RefitError('serving', `git ${args[0]} failed: ${words}`)
}

/** What credential helpers log in to a remote with: of the tokens that are about, only these are git's business. */
const FOR_GIT = /^(?:GITHUB|GH)_(?:ENTERPRISE_)?TOKEN$/

function run(folder: string, args: readonly string[], timeout = READ_TIMEOUT_MS, input?: string): Promise<Result> {
  const env: NodeJS.ProcessEnv = { GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' }
  for (const [name, value] of Object.entries(process.env)) {
    if (isTrusted(name) && !FOR_GIT.test(name)) continue
    // GIT_DIR and its like, set inside hooks, would redirect us into another repository.
    if (!name.startsWith('GIT_') || /^GIT_(CONFIG|SSH|ASKPASS|EXEC_PATH)/.test(name)) env[name] ??= value
  }
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { cwd: folder, env, timeout })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.on('error', (cause) =>
      reject(new RefitError('serving', `git cannot be started: ${cause.message}`, { cause })),
    )
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    child.on('close', (code) => {
      resolve({
        code: code ?? 128,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString('utf8').trim(),
      })
    })
    child.stdin.on('error', () => {}) // git may end before it has read everything; its exit code tells the story
    child.stdin.end(input ?? '')
  })
}
