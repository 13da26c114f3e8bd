import { RefitError } from '../../core/error.ts'
import { checkBranch, staleBranch } from '../names.ts'
import { ONCE, type GitHub } from './client.ts'
import { mayPass, messageOf, statusOf } from './errors.ts'
import type { Contents } from './contents.ts'

const WRITE = ['contents: write']
const NOTHING = '0'.repeat(40)

const UPDATE_REFS = `mutation ($repositoryId: ID!, $refUpdates: [RefUpdate!]!) {
  updateRefs(input: { repositoryId: $repositoryId, refUpdates: $refUpdates }) { clientMutationId }
}`

/**
 * Moving branches so that of two runs only one wins. Creating is an atomic claim (`createRef`); going forward is a
 * non-forced update, which GitHub refuses unless the old head is an ancestor; moving sideways or deleting is GraphQL's
 * `updateRefs` with `beforeOid`, a true compare-and-swap. Servers without `updateRefs` get read, compare, forced update:
 * a race of one request's length remains there.
 */
export class Refs {
  readonly #github: GitHub
  readonly #contents: Contents
  #nodeId: Promise<string> | undefined

  constructor(github: GitHub, contents: Contents) {
    this.#github = github
    this.#contents = contents
  }

  /** Creates a branch; `stale` where it exists. */
  async create(branch: string, oid: string): Promise<void> {
    const { octokit, owner, repo } = this.#github
    const ref = `refs/heads/${checkBranch(branch)}`
    await this.#write(branch, oid, undefined, () =>
      octokit.git.createRef({ owner, repo, ref, sha: oid, request: ONCE }),
    )
  }

  /** Moves a branch to a descendant of `expected`; `stale` where it has gone elsewhere. */
  async forward(branch: string, oid: string, expected: string): Promise<void> {
    const { octokit, owner, repo } = this.#github
    const ref = `heads/${checkBranch(branch)}`
    await this.#write(branch, oid, expected, () =>
      octokit.git.updateRef({ owner, repo, ref, sha: oid, force: false, request: ONCE }),
    )
  }

  /** Moves a branch anywhere, if its head is `expected`. */
  async replace(branch: string, oid: string, expected: string): Promise<void> {
    const { octokit, owner, repo } = this.#github
    await this.#swap(branch, oid, expected, () =>
      octokit.git.updateRef({ owner, repo, ref: `heads/${branch}`, sha: oid, force: true, request: ONCE }),
    )
  }

  /** Deletes a branch, if its head is `expected`; one that is gone is fine. */
  async remove(branch: string, expected: string): Promise<void> {
    const head = await this.#contents.head(branch)
    if (head === undefined) return
    if (head !== expected) throw staleBranch(branch, expected, head)
    const { octokit, owner, repo } = this.#github
    await this.#swap(branch, undefined, expected, () =>
      octokit.git.deleteRef({ owner, repo, ref: `heads/${branch}`, request: ONCE }),
    )
  }

  async #write(
    branch: string,
    oid: string,
    expected: string | undefined,
    request: () => Promise<unknown>,
  ): Promise<void> {
    const purpose = { doing: `move branch ${branch}`, needs: WRITE }
    try {
      // After a 5xx the branch itself tells whether the write happened.
      await this.#github.settle(purpose, request, async () =>
        (await this.#contents.head(branch)) === oid ? true : undefined,
      )
    } catch (error) {
      const cause = error instanceof RefitError ? error.cause : undefined
      if (statusOf(cause) !== 422) throw error
      // “Update is not a fast forward”, “Reference already exists”, “Reference does not exist”: what it means depends on
      // where the branch is now. A rejection for another reason (a protected branch) leaves it where it was.
      const found = await this.#contents.head(branch)
      if (found !== expected || /fast.?forward|already exists/i.test(messageOf(cause))) {
        throw staleBranch(branch, expected, found)
      }
      throw (expected === undefined ? await this.#inTheWay(branch, error) : undefined) ?? error
    }
  }

  /** Git keeps branches as paths: beside a branch `refit` there can be no `refit/retrain/churn`. */
  async #inTheWay(branch: string, cause: unknown): Promise<RefitError | undefined> {
    const parts = branch.split('/')
    for (let n = 1; n < parts.length; n++) {
      const name = parts.slice(0, n).join('/')
      if ((await this.#contents.head(name)) === undefined) continue
      return new RefitError('forge', `the branch ${branch} cannot be made beside the branch ${name}`, {
        hint: `Rename or delete the branch ${name}: git keeps the names of branches as folders and files.`,
        cause,
      })
    }
    return undefined
  }

  /** Compare-and-swap; `oid: undefined` deletes. */
  async #swap(
    branch: string,
    oid: string | undefined,
    expected: string,
    forced: () => Promise<unknown>,
  ): Promise<void> {
    const purpose = { doing: `${oid === undefined ? 'delete' : 'move'} branch ${branch}`, needs: WRITE }
    const name = `refs/heads/${checkBranch(branch)}`
    const refUpdates = [{ name, beforeOid: expected, afterOid: oid ?? NOTHING, force: true }]
    const done = async (): Promise<true | undefined> => ((await this.#contents.head(branch)) === oid ? true : undefined)
    const repositoryId = await (this.#nodeId ??= this.#readNodeId())
    try {
      const swap = (): Promise<unknown> =>
        this.#github.octokit.graphql(UPDATE_REFS, { repositoryId, refUpdates, request: ONCE })
      await this.#github.settle(purpose, swap, done)
    } catch (error) {
      const found = await this.#contents.head(branch)
      if (found === oid) return
      if (found !== expected) throw staleBranch(branch, expected, found)
      // A forced update could overwrite what came in between: only for a server that has nothing better.
      const cause = error instanceof RefitError ? error.cause : error
      if (mayPass(cause)) throw error
      this.#github.log.debug(`updateRefs failed (${messageOf(cause)}); moving ${branch} by a forced update`)
      await this.#github.settle(purpose, forced, done)
    }
  }

  async #readNodeId(): Promise<string> {
    const { octokit, owner, repo, repository } = this.#github
    const purpose = { doing: `read ${repository}`, needs: ['contents: read'] }
    return (await this.#github.run(purpose, () => octokit.repos.get({ owner, repo }))).data.node_id
  }
}
