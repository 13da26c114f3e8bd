import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { DataConfig } from '../config/schema.ts'
import { startChild } from '../core/child.ts'
import { formatDuration } from '../core/clock.ts'
import { withoutTokens } from '../core/environment.ts'
import { RefitError } from '../core/error.ts'
import { sha256 } from '../core/json.ts'
import { formatBytes } from '../core/format.ts'

/** Data that were no file of the repository, as a file of this run: check and training see the same bytes. */
export interface FetchedFile {
  /** What messages and records show. */
  readonly label: string
  /** Where it lies, absolute. */
  readonly location: string
}

const fetched = new Map<string, Promise<FetchedFile>>()
let folder: string | undefined

/** What an address or a command gave; asked for once a run. */
function fetchOnce(key: string, make: (location: string) => Promise<string>, ending: string): Promise<FetchedFile> {
  const known = fetched.get(key)
  if (known !== undefined) return known
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'refit-fetched-'))
    folder = made
    process.once('exit', () => rmSync(made, { recursive: true, force: true }))
  }
  const location = join(folder, `${sha256(key).slice(0, 16)}${ending}`)
  const file = make(location).then((label) => ({ label, location }))
  fetched.set(key, file)
  // A failure is not kept: the next try may succeed.
  file.catch(() => fetched.delete(key))
  return file
}

/** Downloads an address. Its query may be a signature, so that no message shows it. */
export function download(url: string, { download: limits, format }: DataConfig): Promise<FetchedFile> {
  const { origin, pathname } = new URL(url)
  const label = `${origin}${pathname}`
  const ending = /\.[a-z0-9]+(?:\.gz)?$/i.exec(pathname)?.[0] ?? (format === 'auto' ? '' : `.${format}`)
  return fetchOnce(
    url,
    async (location) => {
      const signal = AbortSignal.timeout(limits.timeout)
      try {
        const answer = await fetch(url, { signal, headers: { accept: '*/*', 'user-agent': 'refit' } })
        if (!answer.ok || answer.body === null) {
          throw new RefitError('data', `${label} answers ${answer.status} ${answer.statusText}`.trim(), {
            hint: 'Check the address, and whether it can be read without logging in.',
          })
        }
        await pipeline(
          Readable.fromWeb(answer.body as never),
          limit(label, limits['max-bytes']),
          createWriteStream(location),
        )
        return label
      } catch (cause) {
        throw cause instanceof RefitError ? cause : unreachable(label, cause, limits.timeout)
      }
    },
    ending,
  )
}

function unreachable(label: string, cause: unknown, timeout: number): RefitError {
  const { name = '', cause: inner } = cause as { name?: string; cause?: { code?: string } }
  if (name === 'TimeoutError' || name === 'AbortError')
    return new RefitError('data', `${label} was not there within ${formatDuration(timeout)}`, {
      hint: 'Raise data.download.timeout.',
    })
  return new RefitError('data', `${label} cannot be fetched (${inner?.code ?? name})`, {
    hint: 'Check the address and the network.',
  })
}

function limit(label: string, max: number): Transform {
  let bytes = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (bytes <= max) return done(null, chunk)
      done(
        new RefitError('data', `${label} is larger than ${formatBytes(max)}`, {
          hint: 'Raise data.download.max-bytes, or read less.',
        }),
      )
    },
  })
}

const MAX_WORDS = 300

/** Runs `data.command` in the root of the repository; what it prints is the data. It can read no token of this process. */
export function runCommand(command: string, root: string, data: DataConfig): Promise<FetchedFile> {
  const label = 'data.command'
  return fetchOnce(
    `${root}\0${command}`,
    async (location) => {
      const { 'max-bytes': max, timeout } = data.download
      const child = startChild(command, { cwd: root, env: withoutTokens(), timeout, shell: true })
      try {
        await pipeline(child.stdout, limit(label, max), createWriteStream(location))
      } catch (cause) {
        child.kill()
        await child.ended
        throw cause
      }
      const { code, stderr, timedOut, problem } = await child.ended
      if (timedOut)
        throw new RefitError('data', `${label} took longer than ${formatDuration(timeout)}`, {
          hint: 'Raise data.download.timeout, or let it do less.',
        })
      if (code === 0) return label
      if (problem !== undefined) throw new RefitError('data', `${label} cannot be run (${problem})`)
      const last = stderr.trim().split('\n').at(-1)?.slice(0, MAX_WORDS) ?? ''
      throw new RefitError('data', `${label} ended with exit code ${code ?? 'none'}${last === '' ? '' : `: ${last}`}`, {
        hint: 'Run it in the root of the repository to see more.',
      })
    },
    `.${data.format === 'auto' ? 'csv' : data.format}`,
  )
}
