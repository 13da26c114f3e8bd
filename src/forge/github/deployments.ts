import { canonicalJson } from '../../core/json.ts'
import { fitLine, sameText } from '../body.ts'
import type { DeploymentDraft, DeploymentStatus } from '../forge.ts'
import { ONCE, type GitHub } from './client.ts'

const WRITE = ['deployments: write']
/** A success makes its predecessor inactive, so that the active one is never far back. */
const LOOKED_BACK = 30

interface Answer {
  readonly id: number
  readonly sha: string
  readonly ref: string
  readonly environment: string
  readonly payload: unknown
  readonly production_environment?: boolean
}

/** Deployments mirror a rollout for people; the payload is a pointer to the state, never the state. */
export class Deployments {
  readonly #github: GitHub

  constructor(github: GitHub) {
    this.#github = github
  }

  /** The same commit, environment and payload are the same deployment, however often it is asked for. */
  async create(draft: DeploymentDraft): Promise<number> {
    const { octokit, owner, repo } = this.#github
    const { ref, environment, payload, production } = draft
    const find = async (): Promise<Answer | undefined> => {
      const found = await this.#list(environment)
      return found.find((one) => (one.sha === ref || one.ref === ref) && samePayload(one.payload, payload))
    }
    const existing = await find()
    if (existing) return existing.id
    const made = await this.#github.settle<{ readonly id: number }>(
      { doing: `announce the deployment to ${environment}`, needs: WRITE },
      async () => {
        const { data } = await octokit.repos.createDeployment({
          owner,
          repo,
          ref,
          environment,
          payload: { ...payload },
          description: fitLine(draft.description),
          production_environment: production,
          transient_environment: false,
          // The default would merge the base into the ref and answer 202 instead of deploying.
          auto_merge: false,
          // The default waits for every commit status, and answers 409 meanwhile.
          required_contexts: [],
          request: ONCE,
        })
        if ('id' in data) return data
        throw Object.assign(new Error(data.message ?? 'no deployment was made'), { status: 409 })
      },
      find,
    )
    return made.id
  }

  /** Adds a status if it says something new; a success replaces the older deployments of the same model. */
  async status(id: number, status: DeploymentStatus): Promise<void> {
    const last = await this.#lastStatus(id)
    const description = fitLine(status.description)
    if (last?.state !== status.state || !sameText(last.description, description)) {
      await this.#addStatus(id, { ...status, description })
    }
    if (status.state === 'success') await this.#replaceOlder(id)
  }

  /** `auto_inactive` leaves production environments alone, and knows no models: several of them share an environment. */
  async #replaceOlder(id: number): Promise<void> {
    const { octokit, owner, repo } = this.#github
    const purpose = { doing: `read deployment ${id}`, needs: WRITE }
    const { data } = await this.#github.run(purpose, () =>
      octokit.repos.getDeployment({ owner, repo, deployment_id: id }),
    )
    const model = modelOf(data.payload)
    const older = (await this.#list(data.environment)).filter((one) => one.id < id && modelOf(one.payload) === model)
    for (const one of older) {
      const last = await this.#lastStatus(one.id)
      if (last?.state !== 'success') {
        if (last?.state === 'inactive') break
        continue
      }
      await this.#addStatus(one.id, { state: 'inactive', description: `Replaced by deployment ${id}` })
    }
  }

  async #addStatus(id: number, status: DeploymentStatus): Promise<void> {
    const { octokit, owner, repo } = this.#github
    const { state, description, environmentUrl, logUrl } = status
    const urls = {
      ...(environmentUrl === undefined ? {} : { environment_url: environmentUrl }),
      ...(logUrl === undefined ? {} : { log_url: logUrl }),
    }
    const purpose = { doing: `set deployment ${id} to ${state}`, needs: WRITE }
    const request = { owner, repo, deployment_id: id, state, description, auto_inactive: false, ...urls, request: ONCE }
    await this.#github.settle<unknown>(
      purpose,
      () => octokit.repos.createDeploymentStatus(request),
      async () => {
        const last = await this.#lastStatus(id)
        return last?.state === state && sameText(last.description, description) ? last : undefined
      },
    )
  }

  async #lastStatus(id: number): Promise<{ readonly state: string; readonly description: string } | undefined> {
    const { octokit, owner, repo } = this.#github
    const { data } = await this.#github.run({ doing: `read deployment ${id}`, needs: WRITE }, () =>
      octokit.repos.listDeploymentStatuses({ owner, repo, deployment_id: id, per_page: 1 }),
    )
    return data[0]
  }

  async #list(environment: string): Promise<readonly Answer[]> {
    const { octokit, owner, repo } = this.#github
    const { data } = await this.#github.run({ doing: 'list deployments', needs: WRITE }, () =>
      octokit.repos.listDeployments({ owner, repo, environment, per_page: LOOKED_BACK }),
    )
    return data
  }
}

function samePayload(found: unknown, wanted: Readonly<Record<string, string>>): boolean {
  return canonicalJson(payloadOf(found) ?? null) === canonicalJson(wanted)
}

/** Undefined for a deployment that is none of Refit's. */
function modelOf(payload: unknown): unknown {
  const { model } = (payloadOf(payload) ?? {}) as { readonly model?: unknown }
  return model
}

/** GitHub hands it out as an object or as its text; undefined where it is neither. */
function payloadOf(found: unknown): unknown {
  try {
    return typeof found === 'string' ? (JSON.parse(found) as unknown) : found
  } catch {
    return undefined
  }
}
