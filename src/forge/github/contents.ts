import { RefitError } from '../../core/error.ts'
import type { CommitInfo, Comparison } from '../forge.ts'
import { checkBranch, checkFolder, checkPath, isCommitId } from '../names.ts'
import type { GitHub } from './client.ts'
import { statusOf } from './errors.ts'
import type { Trees } from './trees.ts'

const READ = ['contents: read']
/** Bytes of files at fixed commits that are kept: a run reads the same manifest and artifact several times. */
const CACHE_BYTES = 64 * 1024 * 1024
const ATTEMPTS = 3
/** GitHub lists no more changed files than this, and does not say that there are more. */
const MAX_COMPARED = 300

/** Reading branches, files and their history. */
export class Contents {
  readonly #github: GitHub
  readonly #trees: Trees
  readonly #cache = new Map<string, Uint8Array>()
  #cached = 0
  #defaultBranch: Promise<string> | undefined

  constructor(github: GitHub, trees: Trees) {
    this.#github = github
    this.#trees = trees
  }

  defaultBranch(): Promise<string> {
    return (this.#defaultBranch ??= this.#askDefaultBranch())
  }

  async #askDefaultBranch(): Promise<string> {
    const { octokit, owner, repo, repository } = this.#github
    const purpose = { doing: `read ${repository}`, needs: READ }
    const { data } = await this.#github.run(purpose, () => octokit.repos.get({ owner, repo }))
    return data.default_branch
  }

  async head(branch: string): Promise<string | undefined> {
    const { octokit, owner, repo } = this.#github
    const ref = `heads/${checkBranch(branch)}`
    try {
      const answer = await this.#github.find({ doing: `read branch ${branch}`, needs: READ }, () =>
        octokit.git.getRef({ owner, repo, ref }),
      )
      return answer?.data.object.sha
    } catch (error) {
      // 409: a repository without any commit.
      if (error instanceof RefitError && statusOf(error.cause) === 409) return undefined
      throw error
    }
  }

  async readFile(ref: string, path: string): Promise<Uint8Array | undefined> {
    checkPath(path)
    const key = `${ref}:${path}`
    const known = this.#cache.get(key)
    if (known) return known
    const bytes = await this.#download(isCommitId(ref) ? ref : checkBranch(ref), path)
    if (bytes && isCommitId(ref)) this.#keep(key, bytes)
    return bytes
  }

  async listFiles(ref: string, folder: string): Promise<readonly string[]> {
    const below = checkFolder(folder)
    const oid = isCommitId(ref) ? ref : await this.head(ref)
    return oid === undefined ? [] : [...(await this.#trees.below(oid, below)).keys()].sort()
  }

  async history(ref: string, path: string, limit: number): Promise<readonly CommitInfo[]> {
    const { octokit, owner, repo } = this.#github
    const commits: CommitInfo[] = []
    for (let page = 1; commits.length < limit; page++) {
      const answer = await this.#github.find({ doing: `read the history of ${path}`, needs: READ }, () =>
        octokit.repos.listCommits({
          owner,
          repo,
          sha: ref,
          path: checkPath(path),
          per_page: Math.min(limit, 100),
          page,
        }),
      )
      const found = answer?.data ?? []
      for (const { sha, commit } of found) {
        commits.push({ oid: sha, message: commit.message.trimEnd(), time: Date.parse(commit.committer?.date ?? '') })
      }
      if (found.length < Math.min(limit, 100)) break
    }
    return commits.slice(0, limit)
  }

  async compare(base: string, head: string): Promise<Comparison> {
    const { octokit, owner, repo } = this.#github
    const purpose = { doing: `compare ${head} with ${base}`, needs: READ }
    const answer = await this.#github.find(purpose, () =>
      octokit.repos.compareCommitsWithBasehead({ owner, repo, basehead: `${base}...${head}` }),
    )
    // 404: “No common ancestor”.
    if (answer === undefined) return { mergeBase: undefined, commits: [], files: undefined }
    const { merge_base_commit: mergeBase, commits, files } = answer.data
    const all = files !== undefined && files.length < MAX_COMPARED
    return {
      mergeBase: mergeBase.sha,
      commits: commits.map(({ sha, commit }) => ({
        oid: sha,
        message: commit.message.trimEnd(),
        time: Date.parse(commit.committer?.date ?? ''),
      })),
      files: all ? files.flatMap((file) => [file.filename, file.previous_filename ?? []].flat()) : undefined,
    }
  }

  async #download(ref: string, path: string): Promise<Uint8Array | undefined> {
    const { octokit, owner, repo } = this.#github
    const purpose = { doing: `read ${path} at ${ref}`, needs: READ }
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#github.find(purpose, () =>
        octokit.repos.getContent({
          owner,
          repo,
          path,
          ref,
          mediaType: { format: 'raw' },
          // Raw files are declared as charset=utf-8, and Octokit would decode, and so destroy, binary ones.
          request: { parseSuccessResponseBody: false },
        }),
      )
      if (!answer) return undefined
      // A folder answers with a JSON listing; a file, even a JSON one, with the raw media type.
      if (/^application\/json\b/.test(answer.headers['content-type'] ?? '')) return undefined
      try {
        return new Uint8Array(await new Response(answer.data as unknown as ReadableStream).arrayBuffer())
      } catch (error) {
        if (attempt === ATTEMPTS) {
          throw new RefitError('forge', `the connection broke while ${path} was read`, {
            hint: 'Run it again.',
            cause: error,
          })
        }
      }
    }
  }

  #keep(key: string, bytes: Uint8Array): void {
    if (bytes.length > CACHE_BYTES / 4) return
    this.#cache.set(key, bytes)
    this.#cached += bytes.length
    for (const [oldest, content] of this.#cache) {
      if (this.#cached <= CACHE_BYTES) break
      this.#cache.delete(oldest)
      this.#cached -= content.length
    }
  }
}
