import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { git, gitBytes, temporaryFolder, makeBareRepository, PERSON } from '../git.ts'

export interface TreeEntry {
  readonly path: string
  readonly mode: string
  readonly type: 'blob' | 'tree' | 'commit'
  readonly sha: string
  readonly size?: number
}

/** What the emulator needs of a repository. */
export type Store = Omit<GitStore, 'dir'>

/**
 * The repository behind the emulator: a real bare one, read and written with git itself and on purpose without a line of
 * the product, whose oracle it is. Synchronous, so that every request is served alone, as if in a transaction.
 */
export class GitStore {
  readonly dir: string
  /** What git said of objects, which never change: every process saved is five milliseconds. */
  readonly #known = new Map<string, unknown>()

  constructor(files: Readonly<Record<string, string | Uint8Array>> | undefined) {
    this.dir = makeBareRepository(files)
  }

  resolve(name: string): string | undefined {
    if (/^[0-9a-f]{40}$/.test(name)) return this.#type(name) === 'commit' ? name : undefined
    return this.head(name.replace(/^refs\/heads\//, ''))
  }

  /** Head of a branch, from the files in which git keeps it: what is asked most often should not cost a process. */
  head(branch: string): string | undefined {
    try {
      return readFileSync(join(this.dir, 'refs/heads', branch), 'utf8').trim()
    } catch {
      const packed = join(this.dir, 'packed-refs')
      const line = existsSync(packed) ? readFileSync(packed, 'utf8').split('\n') : []
      return line.find((one) => one.endsWith(` refs/heads/${branch}`))?.slice(0, 40)
    }
  }

  exists(oid: string): boolean {
    if (!/^[0-9a-f]{40}$/.test(oid)) return false
    return this.#type(oid) !== undefined
  }

  #type(oid: string): string | undefined {
    return this.#once(`type ${oid}`, () => this.#try(['cat-file', '-t', oid]))
  }

  writeBlob(content: Uint8Array): string {
    const sha = git(this.dir, ['hash-object', '-w', '--stdin'], { input: content })
    // Git's own id is the one everybody computes.
    const expected = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex')
    if (sha !== expected) throw new Error('git and SHA-1 disagree')
    return sha
  }

  readBlob(oid: string): Buffer {
    return gitBytes(this.dir, ['cat-file', 'blob', oid])
  }

  readFile(commit: string, path: string): Buffer | 'folder' | undefined {
    const type = this.#once(`type ${commit}:${path}`, () => this.#try(['cat-file', '-t', `${commit}:${path}`]))
    if (type === undefined) return undefined
    return type === 'tree' ? 'folder' : gitBytes(this.dir, ['cat-file', 'blob', `${commit}:${path}`])
  }

  writeTree(base: string | undefined, entries: readonly { path: string; sha: string | null }[]): string {
    const index = join(temporaryFolder('refit-index'), 'index')
    const env = { GIT_INDEX_FILE: index }
    try {
      if (base !== undefined) git(this.dir, ['read-tree', base], { env })
      const lines = entries.map(({ path, sha }) =>
        sha === null ? `0 ${'0'.repeat(40)}\t${path}` : `100644 ${sha}\t${path}`,
      )
      git(this.dir, ['update-index', '--add', '-z', '--index-info'], {
        env,
        input: lines.map((line) => `${line}\0`).join(''),
      })
      return git(this.dir, ['write-tree'], { env })
    } finally {
      rmSync(join(index, '..'), { recursive: true, force: true })
    }
  }

  listTree(oid: string, recursive: boolean): readonly TreeEntry[] {
    return this.#once(`tree ${recursive} ${oid}`, () => this.#listTree(oid, recursive))
  }

  #listTree(oid: string, recursive: boolean): readonly TreeEntry[] {
    const out = git(this.dir, ['ls-tree', '-z', '--long', ...(recursive ? ['-r', '-t'] : []), oid])
    return out
      .split('\0')
      .filter((line) => line !== '')
      .map((line) => {
        const [, mode = '', type = '', sha = '', size = '', path = ''] =
          /^(\d+) (\w+) ([0-9a-f]+) +(\S+)\t([^]*)$/.exec(line) ?? []
        return { path, mode, type: type as TreeEntry['type'], sha, ...(size === '-' ? {} : { size: Number(size) }) }
      })
  }

  writeCommit(tree: string, parents: readonly string[], message: string): string {
    const bot = { ...PERSON, GIT_AUTHOR_NAME: 'github-actions[bot]', GIT_COMMITTER_NAME: 'GitHub' }
    return git(this.dir, ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'], {
      input: message,
      env: bot,
    })
  }

  readCommit(oid: string): { tree: string; parents: string[]; message: string; date: string } {
    return this.#once(`commit ${oid}`, () => this.#readCommit(oid))
  }

  #readCommit(oid: string): { tree: string; parents: string[]; message: string; date: string } {
    const [tree = '', parents = '', date = '', message = ''] = git(this.dir, [
      'log',
      '-1',
      '--format=%T%x00%P%x00%cI%x00%B',
      oid,
    ]).split('\0')
    return { tree, parents: parents === '' ? [] : parents.split(' '), message: message.trimEnd(), date }
  }

  log(from: string, path: string | undefined, skip: number, count: number): readonly string[] {
    const args = ['log', '--format=%H', `--skip=${skip}`, `--max-count=${count}`, from, ...(path ? ['--', path] : [])]
    return git(this.dir, args).split('\n').filter(Boolean)
  }

  /** What `head` has beyond the commit at which it left `base`; undefined where they share no history. */
  compare(base: string, head: string) {
    const mergeBase = this.#try(['merge-base', base, head])
    if (mergeBase === undefined) return undefined
    const commits = git(this.dir, ['rev-list', '--topo-order', '--reverse', `${base}..${head}`])
    const files = git(this.dir, ['diff', '--name-status', '-M', '-z', mergeBase, head]).split('\0')
    const changed: { filename: string; previous_filename?: string; status: string }[] = []
    for (let at = 0; at + 1 < files.length;) {
      const [letter = '', first = '', second = ''] = files.slice(at, at + 3)
      const renamed = letter.startsWith('R')
      changed.push(
        renamed
          ? { filename: second, previous_filename: first, status: 'renamed' }
          : { filename: first, status: letter === 'A' ? 'added' : letter === 'D' ? 'removed' : 'modified' },
      )
      at += renamed ? 3 : 2
    }
    return { mergeBase, commits: commits.split('\n').filter(Boolean), files: changed }
  }

  /** `old: undefined` means that the ref must not exist; `oid: undefined` deletes. */
  updateRef(ref: string, oid: string | undefined, old: string | undefined): void {
    const before = old ?? '0'.repeat(40)
    git(this.dir, oid === undefined ? ['update-ref', '-d', ref, before] : ['update-ref', ref, oid, before])
  }

  isAncestor(ancestor: string, descendant: string): boolean {
    const answer = this.#once(`ancestor ${ancestor} ${descendant}`, () =>
      this.#try(['merge-base', '--is-ancestor', ancestor, descendant]) === undefined ? 'no' : 'yes',
    )
    return answer === 'yes'
  }

  merge(base: string, head: string, message: string): string {
    const tree = git(this.dir, ['merge-tree', '--write-tree', base, head]).split('\n')[0] as string
    return this.writeCommit(tree, [base, head], message)
  }

  branches(): Readonly<Record<string, string>> {
    const lines = git(this.dir, ['for-each-ref', '--format=%(refname:lstrip=2) %(objectname)', 'refs/heads/']).split(
      '\n',
    )
    return Object.fromEntries(lines.filter(Boolean).map((line) => line.split(' ') as [string, string]))
  }

  #once<T>(key: string, ask: () => T): T {
    if (this.#known.has(key)) return this.#known.get(key) as T
    const value = ask()
    // What is not there today may come tomorrow.
    if (value !== undefined) this.#known.set(key, value)
    return value
  }

  #try(args: readonly string[]): string | undefined {
    try {
      return git(this.dir, args)
    } catch {
      return undefined
    }
  }
}
