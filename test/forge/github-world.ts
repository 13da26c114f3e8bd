import { afterAll } from 'vitest'
import { silentLog, type Log } from '../../src/core/log.ts'
import type { Forge, PullRequestDraft } from '../../src/forge/forge.ts'
import { createGitHubForge, type GitHubForgeOptions } from '../../src/forge/github/github-forge.ts'
import { startEmulator, type Emulator, type EmulatorOptions } from '../support/github-emulator/emulator.ts'

export const HEAD = 'refit/retrain/churn'
export const DRAFT: PullRequestDraft = {
  head: HEAD,
  base: 'main',
  title: 'Retrain churn',
  body: 'Better',
  draft: false,
  labels: [],
}

/** How GraphQL says that it wants to be left alone: with the status 200. */
export const LIMITED = {
  status: 200,
  body: { data: null, errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded for installation ID 1.' }] },
}

const open: Emulator[] = []
// At the end, since the tests wait for timers most of the time and so run side by side.
afterAll(async () => {
  for (const emulator of open.splice(0)) await emulator.close()
})

export interface World {
  readonly emulator: Emulator
  readonly forge: Forge
  readonly main: string
  readonly said: string[]
  /** Another client of the same emulator. */
  client(options?: Partial<GitHubForgeOptions>): Forge
  /** Commits one file to the retrain branch. */
  propose(content?: string): Promise<string>
}

export async function world(options: EmulatorOptions = {}): Promise<World> {
  const emulator = await startEmulator(options)
  open.push(emulator)
  const said: string[] = []
  const log: Log = {
    ...silentLog,
    info: (text) => said.push(text),
    warn: (text) => said.push(text),
    debug: (text) => said.push(text),
  }
  const { token, url: apiUrl, repository } = emulator
  const client: World['client'] = (changes = {}) =>
    createGitHubForge({ token, apiUrl, repository, log, secondMs: 1, ...changes })
  const forge = client()
  const main = emulator.branch('main') as string
  const propose = async (content = '{"version": 2}\n'): Promise<string> => {
    const files = new Map([['models/churn/manifest.json', content]])
    return (await forge.commit({ branch: HEAD, expected: undefined, base: main, message: 'Retrain', files })).oid
  }
  return { emulator, forge, main, said, client, propose }
}
