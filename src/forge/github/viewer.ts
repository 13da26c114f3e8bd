import type { GitHub } from './client.ts'
import { mayPass } from './errors.ts'

interface Author {
  readonly login: string
  readonly type: string
}

/** Who the token is, asked once and only when something was found that may be ours. */
export class Viewer {
  readonly #github: GitHub
  #login: Promise<string> | undefined

  constructor(github: GitHub) {
    this.#github = github
  }

  /** `github-actions[bot]` for the workflow's token. */
  login(): Promise<string> {
    const login = (this.#login ??= this.#ask())
    login.catch(() => (this.#login = undefined))
    return login
  }

  /** Whether this token wrote it: a marker alone proves nothing, anybody can paste one. */
  async wrote(item: { readonly user?: Author | null }): Promise<boolean> {
    if (!item.user) return false
    const login = await this.login()
    const bot = item.user.type === 'Bot'
    return item.user.login === login || (bot && item.user.login === `${login}[bot]`)
  }

  async #ask(): Promise<string> {
    try {
      // GET /user is closed to the workflow's token; this is not.
      const { viewer } = await this.#github.octokit.graphql<{ viewer: { login: string } }>('{ viewer { login } }')
      return viewer.login
    } catch (error) {
      // Only a refusal tells something. Under a name that is not ours nothing of ours is found, and all is written again.
      if (mayPass(error)) throw this.#github.failure(error, { doing: 'find out whose the token is' })
      return 'github-actions[bot]'
    }
  }
}
