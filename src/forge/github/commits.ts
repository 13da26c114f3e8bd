import { createHash } from 'node:crypto'
import { RefitError } from '../../core/error.ts'
import type { CommitRequest, CommitResult } from '../forge.ts'
import { checkPath, short, staleBranch } from '../names.ts'
import type { GitHub } from './client.ts'
import type { Contents } from './contents.ts'
import type { Refs } from './refs.ts'
import type { Trees } from './trees.ts'

const WRITE = ['contents: write']
/** The Git Data API takes no larger blob. */
const MAX_BLOB = 40 * 1024 * 1024
/** Text up to this size travels inside the tree, which saves a request a file; all of it together up to four times that. */
const MAX_INLINE = 256 * 1024
const UPLOADS_AT_ONCE = 4

interface TreeEntry {
  readonly path: string
  readonly mode: '100644'
  readonly type: 'blob'
  readonly sha?: string | null
  readonly content?: string
}

interface File {
  readonly path: string
  readonly content: Uint8Array
  /** Git's id of this content. */
  readonly oid: string
}

/** Commits through the Git Data API: blobs, tree, commit, and one update of the branch at the end. No clone, no git configuration. */
export class Commits {
  readonly #github: GitHub
  readonly #contents: Contents
  readonly #trees: Trees
  readonly #refs: Refs

  constructor(github: GitHub, contents: Contents, trees: Trees, refs: Refs) {
    this.#github = github
    this.#contents = contents
    this.#trees = trees
    this.#refs = refs
  }

  async commit({ branch, expected, base = expected ?? null, message, files }: CommitRequest): Promise<CommitResult> {
    const head = await this.#contents.head(branch)
    if (head !== expected) throw staleBranch(branch, expected, head)
    const baseTree = base === null ? undefined : (await this.#readCommit(base)).tree
    const entries = await this.#entries(files, baseTree, base === expected ? undefined : expected)
    if (entries.length === 0 && base !== null) return { oid: expected ?? base, changed: false }
    const tree = await this.#createTree(entries, baseTree)
    if (tree === baseTree && base !== null) return { oid: expected ?? base, changed: false }
    const parents = base === null ? [] : [base]
    if (expected !== undefined && base !== expected) {
      const old = await this.#readCommit(expected)
      if (old.tree === tree && old.parents.join() === parents.join()) return { oid: expected, changed: false }
    }
    const oid = await this.#createCommit(message, tree, parents)
    if (expected === undefined) await this.#refs.create(branch, oid)
    else if (base === expected) await this.#refs.forward(branch, oid, expected)
    else await this.#refs.replace(branch, oid, expected)
    this.#github.log.debug(`${branch}: ${short(expected)} → ${short(oid)}`)
    return { oid, changed: true }
  }

  /** What differs from the base's tree. Content that the base or the branch's old head has already is not sent again. */
  async #entries(
    files: CommitRequest['files'],
    baseTree: string | undefined,
    oldHead: string | undefined,
  ): Promise<readonly TreeEntry[]> {
    const paths = [...files.keys()].map(checkPath)
    const inBase = baseTree === undefined ? new Map<string, string>() : await this.#trees.find(baseTree, paths)
    const deleted = [...files].filter(([path, content]) => content === null && inBase.has(path))
    const changed = [...files]
      .flatMap(([path, content]) => (content === null ? [] : [asFile(path, content)]))
      .filter((file) => inBase.get(file.path) !== file.oid)
    const onBranch =
      oldHead === undefined || changed.length === 0 ? [] : [...(await this.#trees.find(oldHead, paths)).values()]
    const known = new Set([...inBase.values(), ...onBranch])
    let room = 4 * MAX_INLINE
    const uploads: File[] = []
    const entries: TreeEntry[] = changed.map((file) => {
      const entry = { path: file.path, mode: '100644', type: 'blob' } as const
      const text =
        !known.has(file.oid) && file.content.length <= Math.min(MAX_INLINE, room) ? asText(file.content) : undefined
      if (text !== undefined) {
        room -= file.content.length
        return { ...entry, content: text }
      }
      if (!known.has(file.oid)) uploads.push(file)
      return { ...entry, sha: file.oid }
    })
    await this.#upload(uploads)
    return [...entries, ...deleted.map(([path]) => ({ path, mode: '100644', type: 'blob', sha: null }) as const)]
  }

  async #upload(files: readonly File[]): Promise<void> {
    const large = files.find((file) => file.content.length > MAX_BLOB)
    if (large) {
      const size = (large.content.length / 1024 / 1024).toFixed(0)
      throw new RefitError('forge', `${large.path} has ${size} MiB; GitHub takes files up to 40 MiB through its API`, {
        hint: 'Train a smaller model, for instance with fewer hidden units or smaller embeddings.',
      })
    }
    const { octokit, owner, repo } = this.#github
    const waiting = [...files]
    const worker = async (): Promise<void> => {
      for (let file = waiting.shift(); file; file = waiting.shift()) {
        const { path, oid, content } = file
        const blob = { owner, repo, encoding: 'base64', content: Buffer.from(content).toString('base64') }
        const { data } = await this.#github.run({ doing: `upload ${path}`, needs: WRITE }, () =>
          octokit.git.createBlob(blob),
        )
        if (data.sha !== oid)
          throw new RefitError('forge', `${path} arrived at GitHub changed`, { hint: 'Run it again.' })
      }
    }
    await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, worker))
  }

  async #createTree(entries: readonly TreeEntry[], baseTree: string | undefined): Promise<string> {
    const { octokit, owner, repo } = this.#github
    const base = baseTree === undefined ? {} : { base_tree: baseTree }
    const tree = entries.map((entry) => ({ ...entry }))
    const { data } = await this.#github.run({ doing: 'write the files of a commit', needs: WRITE }, () =>
      octokit.git.createTree({ owner, repo, ...base, tree }),
    )
    return data.sha
  }

  /** Without an author: GitHub then names the token's bot, and signs. */
  async #createCommit(message: string, tree: string, parents: string[]): Promise<string> {
    const { octokit, owner, repo } = this.#github
    const { data } = await this.#github.run({ doing: 'write a commit', needs: WRITE }, () =>
      octokit.git.createCommit({ owner, repo, message, tree, parents }),
    )
    return data.sha
  }

  async #readCommit(oid: string): Promise<{ readonly tree: string; readonly parents: readonly string[] }> {
    const { octokit, owner, repo } = this.#github
    const { data } = await this.#github.run({ doing: `read commit ${short(oid)}`, needs: ['contents: read'] }, () =>
      octokit.git.getCommit({ owner, repo, commit_sha: oid }),
    )
    return { tree: data.tree.sha, parents: data.parents.map((parent) => parent.sha) }
  }
}

function asFile(path: string, content: Uint8Array | string): File {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  return { path, content: bytes, oid: createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex') }
}

/** The text of a file that JSON can carry without a loss; undefined for binary ones. */
function asText(content: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content)
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}
