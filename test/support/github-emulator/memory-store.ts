import { createHash } from 'node:crypto'
import type { Store, TreeEntry } from './git-store.ts'

type Files = ReadonlyMap<string, string>
interface Commit {
  readonly tree: string
  readonly parents: readonly string[]
  readonly message: string
  readonly date: string
}

/**
 * The same repository without git, for tests that run hundreds of times: objects in memory, under the ids git gives them
 * (a test holds both together). Objects never change, so a copy of the repository is a copy of its branches.
 */
export class MemoryStore implements Store {
  readonly #blobs: Map<string, Buffer>
  /** Blob ids by full path: a tree is what lies below it. */
  readonly #trees: Map<string, Files>
  readonly #commits: Map<string, Commit>
  readonly #refs: Map<string, string>

  /** @param of Another repository to begin with: its objects are shared, its branches copied. */
  constructor(files: Readonly<Record<string, string | Uint8Array>>, of?: MemoryStore) {
    this.#blobs = of ? of.#blobs : new Map()
    this.#trees = of ? of.#trees : new Map()
    this.#commits = of ? of.#commits : new Map()
    this.#refs = new Map(of ? of.#refs : [])
    if (of) return
    const entries = Object.entries(files).map(([path, content]) => ({
      path,
      sha: this.writeBlob(Buffer.from(content)),
    }))
    this.#refs.set('main', this.writeCommit(this.writeTree(undefined, entries), [], 'First'))
  }

  clone(): MemoryStore {
    return new MemoryStore({}, this)
  }

  resolve(name: string): string | undefined {
    if (/^[0-9a-f]{40}$/.test(name)) return this.#commits.has(name) ? name : undefined
    return this.head(name.replace(/^refs\/heads\//, ''))
  }

  head(branch: string): string | undefined {
    return this.#refs.get(branch)
  }

  exists(oid: string): boolean {
    return this.#blobs.has(oid) || this.#trees.has(oid) || this.#commits.has(oid)
  }

  writeBlob(content: Uint8Array): string {
    const oid = idOf('blob', content)
    this.#blobs.set(oid, Buffer.from(content))
    return oid
  }

  readBlob(oid: string): Buffer {
    const blob = this.#blobs.get(oid)
    if (!blob) throw new Error(`there is no blob ${oid}`)
    return blob
  }

  readFile(commit: string, path: string): Buffer | 'folder' | undefined {
    const files = this.#filesOf(commit)
    const oid = files.get(path)
    if (oid !== undefined) return this.readBlob(oid)
    return [...files.keys()].some((other) => other.startsWith(`${path}/`)) ? 'folder' : undefined
  }

  writeTree(base: string | undefined, entries: readonly { path: string; sha: string | null }[]): string {
    const files = new Map(base === undefined ? [] : this.#filesOf(base))
    for (const { path, sha } of entries) {
      if (sha === null) files.delete(path)
      else files.set(path, sha)
    }
    return this.#treeOf(files)
  }

  /** Writes the tree and every tree below it. */
  #treeOf(files: Files): string {
    const children = new Map<string, { mode: string; oid: string }>()
    const folders = new Map<string, Map<string, string>>()
    for (const [path, oid] of files) {
      const [first = '', ...rest] = path.split('/')
      if (rest.length === 0) children.set(first, { mode: '100644', oid })
      else folders.set(first, (folders.get(first) ?? new Map<string, string>()).set(rest.join('/'), oid))
    }
    for (const [name, below] of folders) children.set(name, { mode: '40000', oid: this.#treeOf(below) })
    // Git sorts a folder as if its name ended with a slash.
    const key = ([name, { mode }]: [string, { mode: string }]): string => (mode === '40000' ? `${name}/` : name)
    const lines = [...children]
      .toSorted((a, b) => Buffer.compare(Buffer.from(key(a)), Buffer.from(key(b))))
      .map(([name, { mode, oid }]) => Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, 'hex')]))
    const oid = idOf('tree', Buffer.concat(lines))
    this.#trees.set(oid, files)
    return oid
  }

  listTree(oid: string, recursive: boolean): readonly TreeEntry[] {
    const files = this.#filesOf(oid)
    const folders = new Map<string, Map<string, string>>()
    for (const [path, blob] of files) {
      const parts = path.split('/')
      for (let i = 1; i < (recursive ? parts.length : Math.min(parts.length, 2)); i++) {
        const folder = parts.slice(0, i).join('/')
        const below = folders.get(folder) ?? new Map<string, string>()
        folders.set(folder, below.set(parts.slice(i).join('/'), blob))
      }
    }
    const trees = [...folders].map(([path, below]): TreeEntry => {
      return { path, mode: '040000', type: 'tree', sha: this.#treeOf(below) }
    })
    const blobs = [...files]
      .filter(([path]) => recursive || !path.includes('/'))
      .map(([path, sha]): TreeEntry => ({ path, mode: '100644', type: 'blob', sha, size: this.readBlob(sha).length }))
    return [...trees, ...blobs]
  }

  writeCommit(tree: string, parents: readonly string[], message: string): string {
    const who = 'github-actions[bot] <ana@example.com> 1767225600 +0000'
    const lines = [`tree ${tree}`, ...parents.map((parent) => `parent ${parent}`), `author ${who}`, `committer ${who}`]
    const oid = idOf('commit', Buffer.from(`${lines.join('\n')}\n\n${message}`))
    this.#commits.set(oid, { tree, parents, message, date: '2026-01-01T00:00:00+00:00' })
    return oid
  }

  readCommit(oid: string): { tree: string; parents: string[]; message: string; date: string } {
    const commit = this.#commits.get(oid)
    if (!commit) throw new Error(`there is no commit ${oid}`)
    return { ...commit, parents: [...commit.parents], message: commit.message.trimEnd() }
  }

  log(from: string, path: string | undefined, skip: number, count: number): readonly string[] {
    const all = this.#ancestors(from).filter((oid) => path === undefined || this.#touches(oid, path))
    return all.slice(skip, skip + count)
  }

  /** As git simplifies a history: a merge that took one side's file whole did not touch it. */
  #touches(oid: string, path: string): boolean {
    const { parents } = this.readCommit(oid)
    const mine = this.#filesOf(oid).get(path)
    if (parents.length === 0) return mine !== undefined
    return parents.every((parent) => this.#filesOf(parent).get(path) !== mine)
  }

  /** As git compares with three dots; a file that was moved is one removed and one added. */
  compare(base: string, head: string) {
    const behind = new Set(this.#ancestors(base))
    const ahead = this.#ancestors(head)
    const mergeBase = ahead.find((oid) => behind.has(oid))
    if (mergeBase === undefined) return undefined
    const [before, after] = [this.#filesOf(mergeBase), this.#filesOf(head)]
    const files = [...new Set([...before.keys(), ...after.keys()])]
      .filter((path) => before.get(path) !== after.get(path))
      .toSorted()
      .map((filename) => ({
        filename,
        status: !before.has(filename) ? 'added' : !after.has(filename) ? 'removed' : 'modified',
      }))
    return { mergeBase, commits: ahead.filter((oid) => !behind.has(oid)).toReversed(), files }
  }

  updateRef(ref: string, oid: string | undefined, old: string | undefined): void {
    const branch = ref.replace(/^refs\/heads\//, '')
    if (this.#refs.get(branch) !== old) throw new Error(`${ref} is not at ${old}`)
    if (oid === undefined) this.#refs.delete(branch)
    else this.#refs.set(branch, oid)
  }

  isAncestor(ancestor: string, descendant: string): boolean {
    return this.#ancestors(descendant).includes(ancestor)
  }

  merge(base: string, head: string, message: string): string {
    const common = this.#ancestors(head).find((oid) => this.isAncestor(oid, base))
    const before = common === undefined ? new Map<string, string>() : this.#filesOf(common)
    const [ours, theirs] = [this.#filesOf(base), this.#filesOf(head)]
    const merged = new Map(ours)
    for (const path of new Set([...before.keys(), ...theirs.keys()])) {
      const oid = theirs.get(path)
      if (oid === before.get(path)) continue
      if (ours.get(path) !== before.get(path) && ours.get(path) !== oid)
        throw new Error(`${path} was changed on both sides`)
      if (oid === undefined) merged.delete(path)
      else merged.set(path, oid)
    }
    return this.writeCommit(this.#treeOf(merged), [base, head], message)
  }

  branches(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#refs].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }

  #ancestors(from: string): string[] {
    const found: string[] = []
    const waiting = [from]
    for (let oid = waiting.shift(); oid !== undefined; oid = waiting.shift()) {
      if (found.includes(oid)) continue
      found.push(oid)
      waiting.push(...(this.#commits.get(oid)?.parents ?? []))
    }
    return found
  }

  #filesOf(oid: string): Files {
    const files = this.#trees.get(this.#commits.get(oid)?.tree ?? oid)
    if (!files) throw new Error(`there is no tree ${oid}`)
    return files
  }
}

function idOf(type: string, content: Uint8Array): string {
  return createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex')
}
