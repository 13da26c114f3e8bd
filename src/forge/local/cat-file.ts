import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { RefitError } from '../../core/error.ts'
import { cannotStart, gitEnvironment } from './git.ts'

export interface GitObject {
  readonly oid: string
  readonly type: 'blob' | 'tree' | 'commit' | 'tag'
  readonly content: Buffer
}

interface Waiter {
  readonly resolve: (object: GitObject | undefined) => void
  readonly reject: (error: Error) => void
}

/**
 * One `git cat-file --batch` process answers all reads of a forge: a read costs a tenth of a millisecond where a
 * process of its own costs five. It resolves names at the time of asking, so branches may move meanwhile. It never keeps
 * our process alive: while nothing is asked it is unreferenced, and it ends when our end of its pipe closes.
 */
export class CatFile {
  readonly #root: string
  #session: Session | undefined

  constructor(root: string) {
    this.#root = root
  }

  /** The object of that name (`<oid>`, `refs/heads/main`, `<oid>:path`), undefined where there is none. */
  read(name: string): Promise<GitObject | undefined> {
    if (/[\n\0]/.test(name)) return Promise.resolve(undefined)
    if (!this.#session || this.#session.ended) this.#session = new Session(this.#root)
    return this.#session.read(name)
  }

  /** Ends the process once it has answered. The next read starts another. */
  close(): void {
    this.#session?.end()
    this.#session = undefined
  }
}

/** One process, the questions it was asked, and the answer it is in the middle of. */
class Session {
  ended = false
  readonly #child: ChildProcessWithoutNullStreams
  #waiters: Waiter[] = []
  #header: { readonly oid: string; readonly type: GitObject['type']; readonly size: number } | undefined
  #chunks: Buffer[] = []
  #buffered = 0

  constructor(root: string) {
    const child = spawn('git', ['cat-file', '--batch'], { cwd: root, env: gitEnvironment() })
    let stderr = ''
    child.on('error', (cause: NodeJS.ErrnoException) => this.#fail(cannotStart(root, cause)))
    child.on('close', () =>
      this.#fail(new RefitError('forge', `git cat-file ended early in ${root}: ${stderr.trim() || 'it said nothing'}`)),
    )
    child.stdin.on('error', () => {})
    child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString('utf8')).slice(-500)))
    child.stdout.on('data', (chunk: Buffer) => this.#receive(chunk))
    keepAlive(child, false)
    this.#child = child
  }

  read(name: string): Promise<GitObject | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject })
      if (this.#waiters.length === 1) keepAlive(this.#child, true)
      this.#child.stdin.write(`${name}\n`)
    })
  }

  end(): void {
    this.#child.stdin.end()
  }

  #fail(error: Error): void {
    this.ended = true
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error)
  }

  #receive(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#buffered += chunk.length
    // Joining is put off until a whole object is there: a large blob comes in many pieces.
    if (this.#header && this.#buffered <= this.#header.size) return
    let buffer = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks)
    for (;;) {
      if (!this.#header) {
        const end = buffer.indexOf(10)
        if (end < 0) break
        const line = buffer.toString('utf8', 0, end)
        buffer = buffer.subarray(end + 1)
        const match = /^([0-9a-f]{40,64}) (blob|tree|commit|tag) (\d+)$/.exec(line)
        if (!match) {
          this.#answer(undefined)
          continue
        }
        this.#header = { oid: match[1] as string, type: match[2] as GitObject['type'], size: Number(match[3]) }
      }
      const { oid, type, size } = this.#header
      if (buffer.length <= size) break
      this.#header = undefined
      this.#answer({ oid, type, content: Buffer.from(buffer.subarray(0, size)) })
      buffer = buffer.subarray(size + 1)
    }
    this.#chunks = buffer.length > 0 ? [buffer] : []
    this.#buffered = buffer.length
    if (this.#waiters.length === 0) keepAlive(this.#child, false)
  }

  #answer(object: GitObject | undefined): void {
    this.#waiters.shift()?.resolve(object)
  }
}

function keepAlive(child: ChildProcessWithoutNullStreams, alive: boolean): void {
  // The pipes of a child are sockets, which its types do not say.
  const handles = [child, child.stdin, child.stdout, child.stderr] as unknown as { ref?(): void; unref?(): void }[]
  for (const handle of handles) (alive ? handle.ref : handle.unref)?.call(handle)
}
