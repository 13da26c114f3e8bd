import type { GitHub } from './client.ts'

/** Blob id by path. */
type Blobs = ReadonlyMap<string, string>

interface Tree {
  readonly entries: readonly { readonly path: string; readonly oid: string; readonly folder: boolean }[]
  readonly truncated: boolean
}

/** Trees by their ids, which never change: asked once. */
const KEPT = 50

/**
 * The files of a commit. One recursive request where GitHub gives the whole tree; in a repository so large that it is
 * cut (100,000 entries or 7 MB), folder by folder, and only the folders asked for.
 */
export class Trees {
  readonly #github: GitHub
  readonly #trees = new Map<string, Promise<Tree>>()

  constructor(github: GitHub) {
    this.#github = github
  }

  /** Full paths and blob ids below `folder` ('' is the root) of a commit or tree; empty where there is no such folder. */
  async below(root: string, folder: string): Promise<Blobs> {
    const whole = await this.#tree(root, true)
    const prefix = folder === '' ? '' : `${folder}/`
    if (!whole.truncated) return blobs(whole, '', (path) => path.startsWith(prefix))
    let oid = root
    for (const part of folder === '' ? [] : folder.split('/')) {
      const child = (await this.#tree(oid, false)).entries.find((entry) => entry.folder && entry.path === part)
      if (!child) return new Map()
      oid = child.oid
    }
    return this.#walk(oid, prefix)
  }

  /** Blob ids of `paths` in a commit or tree; those that are not there are left out. */
  async find(root: string, paths: readonly string[]): Promise<Blobs> {
    const whole = await this.#tree(root, true)
    const wanted = new Set(paths)
    if (!whole.truncated) return blobs(whole, '', (path) => wanted.has(path))
    const found = new Map<string, string>()
    for (const folder of new Set(paths.map((path) => path.split('/').slice(0, -1).join('/')))) {
      for (const [path, oid] of await this.below(root, folder)) if (wanted.has(path)) found.set(path, oid)
    }
    return found
  }

  async #walk(oid: string, prefix: string): Promise<Blobs> {
    const whole = await this.#tree(oid, true)
    if (!whole.truncated) return blobs(whole, prefix, () => true)
    const { entries } = await this.#tree(oid, false)
    const found = new Map<string, string>()
    for (const entry of entries) {
      if (!entry.folder) found.set(prefix + entry.path, entry.oid)
      else for (const [path, blob] of await this.#walk(entry.oid, `${prefix}${entry.path}/`)) found.set(path, blob)
    }
    return found
  }

  #tree(oid: string, recursive: boolean): Promise<Tree> {
    const key = `${oid} ${recursive}`
    const known = this.#trees.get(key)
    if (known) return known
    const tree = this.#read(oid, recursive)
    this.#trees.set(key, tree)
    tree.catch(() => this.#trees.delete(key))
    if (this.#trees.size > KEPT) this.#trees.delete(this.#trees.keys().next().value as string)
    return tree
  }

  async #read(oid: string, recursive: boolean): Promise<Tree> {
    const { octokit, owner, repo } = this.#github
    const purpose = { doing: 'list the files of a commit', needs: ['contents: read'] }
    const { data } = await this.#github.run(purpose, () =>
      octokit.git.getTree({ owner, repo, tree_sha: oid, ...(recursive ? { recursive: '1' } : {}) }),
    )
    const entries = data.tree
      .filter((entry) => entry.type === 'blob' || entry.type === 'tree')
      .map((entry) => ({ path: entry.path, oid: entry.sha, folder: entry.type === 'tree' }))
    return { entries, truncated: data.truncated }
  }
}

function blobs(tree: Tree, prefix: string, wanted: (path: string) => boolean): Blobs {
  const files = tree.entries.filter((entry) => !entry.folder && wanted(prefix + entry.path))
  return new Map(files.map((entry) => [prefix + entry.path, entry.oid]))
}
