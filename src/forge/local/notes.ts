import type { Clock } from '../../core/clock.ts'
import { isoTime } from '../../core/clock.ts'
import { RefitError } from '../../core/error.ts'
import { canonicalJson } from '../../core/json.ts'
import { MAX_CHECK_SUMMARY, fitBody, fitLine, issueBody, sameText, withMarker } from '../body.ts'
import type { CheckRunDraft, DeploymentDraft, DeploymentStatus, IssueDraft } from '../forge.ts'
import type { Store } from './store.ts'

/** Comments, issues, check runs, deployments and dispatches of the local forge. */
export class Notes {
  readonly #store: Store
  readonly #clock: Clock

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  async comment(number: number, marker: string, text: string): Promise<void> {
    const body = withMarker(marker, text)
    await this.#store.update(async () => {
      const [comments, pulls, issues] = await Promise.all([
        this.#store.read('comments'),
        this.#store.read('pulls'),
        this.#store.read('issues'),
      ])
      if (![...pulls, ...issues].some((item) => item.number === number)) {
        throw new RefitError('forge', `there is no issue or pull request ${number} to comment on`)
      }
      const old = comments.find((comment) => comment.number === number && comment.marker === marker)
      if (old && sameText(old.body, body)) return
      const at = isoTime(this.#clock())
      const id = old?.id ?? 1 + Math.max(0, ...comments.map((comment) => comment.id))
      const comment = { id, number, marker, body, reactions: old?.reactions ?? [], at }
      await this.#store.write('comments', [...comments.filter((other) => other.id !== id), comment])
    })
  }

  async react(id: number, reaction: string): Promise<void> {
    await this.#store.update(async () => {
      const comments = await this.#store.read('comments')
      const comment = comments.find((candidate) => candidate.id === id)
      if (!comment) throw new RefitError('forge', `there is no comment ${id}`)
      const opposite = reaction === 'rocket' ? '-1' : reaction === '-1' ? 'rocket' : undefined
      const reactions = [...new Set([...comment.reactions, reaction])].filter((one) => one !== opposite)
      await this.#store.write('comments', [...comments.filter((other) => other.id !== id), { ...comment, reactions }])
    })
  }

  async issue(draft: IssueDraft): Promise<number | undefined> {
    return this.#store.update(async () => {
      const [issues, pulls] = await Promise.all([this.#store.read('issues'), this.#store.read('pulls')])
      const old = issues.find((issue) => issue.marker === draft.marker)
      const body = issueBody(draft, old?.body)
      if (!old && draft.state === 'closed') return undefined
      if (old && old.state === draft.state && sameText(old.title, draft.title) && sameText(old.body, body))
        return old.number
      const number = old?.number ?? 1 + Math.max(0, ...[...pulls, ...issues].map((item) => item.number))
      const issue = { ...draft, body, number, at: isoTime(this.#clock()) }
      await this.#store.write('issues', [...issues.filter((other) => other.number !== number), issue])
      return number
    })
  }

  async findIssue(marker: string): Promise<{ readonly number: number; readonly body: string } | undefined> {
    return (await this.#store.read('issues')).find((issue) => issue.marker === marker)
  }

  async check(draft: CheckRunDraft): Promise<void> {
    const check = { ...draft, summary: fitBody(draft.summary, MAX_CHECK_SUMMARY), at: isoTime(this.#clock()) }
    await this.#store.update(async () => {
      const checks = await this.#store.read('checks')
      const others = checks.filter((other) => other.name !== draft.name || other.headOid !== draft.headOid)
      await this.#store.write('checks', [...others, check])
    })
  }

  /** The same deployment asked for twice is one deployment. */
  async deployment(draft: DeploymentDraft): Promise<number> {
    const identity = (one: DeploymentDraft): string => canonicalJson([one.ref, one.environment, one.payload])
    return this.#store.update(async () => {
      const deployments = await this.#store.read('deployments')
      const old = deployments.find((deployment) => identity(deployment) === identity(draft))
      if (old) return old.id
      const id = 1 + Math.max(0, ...deployments.map((deployment) => deployment.id))
      const record = { ...draft, description: fitLine(draft.description), id, statuses: [], at: isoTime(this.#clock()) }
      await this.#store.write('deployments', [...deployments, record])
      return id
    })
  }

  /** The newest status counts. A success makes the older deployments of the same model and environment inactive. */
  async deploymentStatus(id: number, draft: DeploymentStatus): Promise<void> {
    const at = isoTime(this.#clock())
    const status = { ...draft, description: fitLine(draft.description), at }
    await this.#store.update(async () => {
      const deployments = await this.#store.read('deployments')
      const target = deployments.find((deployment) => deployment.id === id)
      if (!target) throw new RefitError('forge', `there is no deployment ${id}`)
      const last = target.statuses.at(-1)
      if (last?.state === status.state && last.description === status.description) return
      const next = deployments.map((deployment) => {
        if (deployment.id === id) return { ...deployment, statuses: [...deployment.statuses, status] }
        const replaced =
          status.state === 'success' &&
          deployment.id < id &&
          deployment.environment === target.environment &&
          deployment.payload['model'] === target.payload['model'] &&
          deployment.statuses.at(-1)?.state === 'success'
        if (!replaced) return deployment
        const inactive = { state: 'inactive' as const, description: `Replaced by deployment ${id}`, at }
        return { ...deployment, statuses: [...deployment.statuses, inactive] }
      })
      await this.#store.write('deployments', next)
    })
  }

  async dispatch(eventType: string, payload: Readonly<Record<string, string>>): Promise<void> {
    await this.#store.update(async () => {
      const dispatches = await this.#store.read('dispatches')
      // Nothing on this machine takes them from the list: it is a trace for people, and must not grow for ever.
      const kept = dispatches.slice(-99)
      await this.#store.write('dispatches', [...kept, { eventType, payload, at: isoTime(this.#clock()) }])
    })
  }
}
