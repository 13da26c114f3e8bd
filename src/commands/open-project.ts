import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import type { Clock } from '../core/clock.ts'
import { RefitError } from '../core/error.ts'
import type { Log } from '../core/log.ts'
import type { Forge } from '../forge/forge.ts'
import type { Project, Request } from './project.ts'

interface OpenOptions {
  readonly root: string
  readonly configPath: string
  readonly clock: Clock
  readonly log: Log
  readonly gatewayUrl?: string | undefined
  readonly gatewayToken?: string | undefined
  /** Tells whether this is a workflow, and on whose machine. */
  readonly env?: NodeJS.ProcessEnv | undefined
}

export const DEFAULT_CONFIG = '.github/refit.yml'

/** A project on a laptop: the repository's own objects, and JSON beside them for what only a forge has. */
export async function openLocalProject(options: OpenOptions & { readonly request: Request }): Promise<Project> {
  const { text, config } = await readConfig(options.root, options.configPath)
  const { openLocalForge } = await import('../forge/local/local-forge.ts')
  const forge = await openLocalForge(options.root, { clock: options.clock, log: options.log })
  return project(options, options.request, forge, text, config)
}

/** A project in a workflow: everything the bot reads and writes goes through GitHub's API. */
export async function openGitHubProject(
  options: OpenOptions & {
    readonly token: string
    readonly repository: string
    readonly env: NodeJS.ProcessEnv
    readonly request: Request
  },
): Promise<Project> {
  const { token, repository, env } = options
  if (token === '') {
    throw new RefitError('permission', 'the input “token” is empty', {
      hint: 'Leave it out to use the workflow’s own token, or pass a secret that exists.',
    })
  }
  if (!/^[^/\s]+\/[^/\s]+$/.test(repository)) {
    throw new RefitError('usage', `GITHUB_REPOSITORY is “${repository}”, not owner/repository`, {
      hint: 'Run the Action in a GitHub workflow, or use the command line: refit --help.',
    })
  }
  const { text, config } = await readConfig(options.root, options.configPath)
  const { createGitHubForge } = await import('../forge/github/github-forge.ts')
  const forge = createGitHubForge({
    token,
    repository,
    apiUrl: env['GITHUB_API_URL'] ?? 'https://api.github.com',
    log: options.log,
    clock: options.clock,
  })
  return project(options, options.request, forge, text, config)
}

function project(options: OpenOptions, request: Request, forge: Forge, configText: string, config: Config): Project {
  const { root, configPath, clock, log, gatewayUrl, gatewayToken, env = {} } = options
  return {
    root,
    configPath,
    config,
    configText,
    forge,
    clock,
    log,
    request,
    output: join(root, '.refit'),
    gatewayUrl,
    gatewayToken,
    onHostedRunner: env['GITHUB_ACTIONS'] === 'true' && env['RUNNER_ENVIRONMENT'] !== 'self-hosted',
  }
}

async function readConfig(root: string, path: string): Promise<{ readonly text: string; readonly config: Config }> {
  let text: string
  try {
    text = await readFile(join(root, path), 'utf8')
  } catch (error) {
    throw new RefitError('config', `there is no configuration at ${path}`, {
      place: { file: path },
      hint: 'Write one with `refit init`, or name another path with --config (in a workflow: the input “config”). In a workflow, run actions/checkout first.',
      cause: error,
    })
  }
  return { text, config: parseConfig(text, path) }
}
