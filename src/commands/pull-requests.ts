import { RefitError } from '../core/error.ts'
import type { PullRequest } from '../forge/forge.ts'
import type { LocalForge } from '../forge/local/local-forge.ts'
import { renderTerminalPullRequest } from '../report/terminal.ts'

/** Lists the pull requests of the local forge, or shows one as a reviewer would read it. */
export async function printPullRequests(forge: LocalForge, number: number | undefined, raw: boolean): Promise<void> {
  if (number === undefined) {
    const all = await forge.pullRequests({ state: 'all' })
    if (all.length === 0) process.stdout.write('There are no pull requests yet.\n')
    for (const pull of all) process.stdout.write(`#${pull.number}  ${stateOf(pull).padEnd(6)}  ${pull.title}\n`)
    return
  }
  const pull = await find(forge, number)
  const color = process.stdout.isTTY === true
  process.stdout.write(
    raw
      ? pull.body
      : `#${pull.number} ${pull.title} (${stateOf(pull)})\n\n${renderTerminalPullRequest(pull.body, { color, width: process.stdout.columns ?? 100 })}\n`,
  )
}

export async function mergePullRequest(forge: LocalForge, number: number): Promise<void> {
  const pull = await find(forge, number)
  const { oid } = await forge.merge(number)
  process.stdout.write(`Merged #${pull.number} “${pull.title}” as ${oid.slice(0, 12)}. Next: refit rollout --watch\n`)
}

export async function closePullRequest(forge: LocalForge, number: number): Promise<void> {
  const pull = await find(forge, number)
  if (pull.merged) throw new RefitError('forge', `pull request ${number} is merged already`)
  await forge.closePullRequest(number)
  process.stdout.write(`Closed #${pull.number} “${pull.title}”.\n`)
}

async function find(forge: LocalForge, number: number): Promise<PullRequest> {
  const pull = await forge.pullRequest(number)
  if (pull === undefined)
    throw new RefitError('forge', `there is no pull request #${number}`, { hint: 'refit pr lists them.' })
  return pull
}

function stateOf(pull: PullRequest): string {
  if (pull.merged) return 'merged'
  return pull.state === 'open' && pull.draft ? 'draft' : pull.state
}
