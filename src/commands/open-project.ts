import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { parseConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import type { Clock } from '../core/clock.ts'
import { RefitError } from '../core/error.ts'
import type { Log } from '../core/log.ts'
import type { Forge } from '../forge/forge.ts'
import type { Address } from './address.ts'
import type { Project, Request } from './project.ts'
import { repositoryRoot } from './repository-root.ts'

interface OpenOptions {
  readonly root: string
  /** Where the user is, or the workflow: the root may be a folder of it. Default: the root. */
  readonly workspace?: string | undefined
  readonly configPath: string
  readonly clock: Clock
  readonly log: Log
  readonly gatewayUrl?: string | undefined
  readonly gatewayToken?: string | undefined
  readonly refit?: Address | undefined
  /** Tells whether this is a workflow, and on whose machine. */
  readonly env?: NodeJS.ProcessEnv | undefined
}

export const DEFAULT_CONFIG = '.github/refit.yml'

/** A project on a laptop: the repository's own objects, and JSON beside them for what only a forge has. */
export async function openLocalProject(options: OpenOptions & { readonly request: Request }): Promise<Project> {
  const read = await readConfig(options)
  const { openLocalForge } = await import('../forge/local/local-forge.ts')
  const forge = await openLocalForge(options.root, { clock: options.clock, log: options.log })
  return project(options, options.request, forge, read)
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
    const inWorkflow = env['GITHUB_ACTIONS'] === 'true'
    throw new RefitError('permission', inWorkflow ? 'the input “token” is empty' : 'there is no token for GitHub', {
      hint: inWorkflow
        ? 'Leave it out to use the workflow’s own token, or pass a secret that exists. On the command line within a workflow, set GITHUB_TOKEN.'
        : 'Set GITHUB_TOKEN, and GITHUB_REPOSITORY to owner/repository; or leave --forge out to work on this machine.',
    })
  }
  if (!/^[^/\s]+\/[^/\s]+$/.test(repository)) {
    throw new RefitError('usage', `GITHUB_REPOSITORY is “${repository}”, not owner/repository`, {
      hint: 'A workflow sets it; elsewhere set it to the repository, for example acme/models.',
    })
  }
  const read = await readConfig(options)
  const { createGitHubForge } = await import('../forge/github/github-forge.ts')
  const forge = createGitHubForge({
    token,
    repository,
    apiUrl: env['GITHUB_API_URL'] ?? 'https://api.github.com',
    log: options.log,
    clock: options.clock,
  })
  return project(options, options.request, forge, read)
}

function project(options: OpenOptions, request: Request, forge: Forge, { text, config, path }: ReadConfig): Project {
  const { root, workspace, clock, log, gatewayUrl, gatewayToken, refit, env = {} } = options
  return {
    root,
    workspace,
    configPath: path,
    config,
    configText: text,
    forge,
    clock,
    log,
    request,
    output: join(root, '.refit'),
    gatewayUrl,
    gatewayToken,
    refit,
    onHostedRunner: env['GITHUB_ACTIONS'] === 'true' && env['RUNNER_ENVIRONMENT'] !== 'self-hosted',
  }
}

interface ReadConfig {
  readonly text: string
  readonly config: Config
  /** As the repository knows the file. */
  readonly path: string
}

/**
 * The configuration at an absolute path, or relative to the root; where it is not there, relative to the workspace that
 * the root is a folder of, as the paths of a workflow are.
 */
async function readConfig({ root, configPath, workspace = root }: OpenOptions): Promise<ReadConfig> {
  const file = resolve(root, configPath)
  const found = (await readOrNothing(file)) ?? (await readOrNothing(resolve(workspace, configPath)))
  if (found === undefined && !existsSync(root)) {
    throw new RefitError('usage', `there is no folder ${root}`, {
      hint: 'Name another with --directory (in a workflow: the input “working-directory”).',
    })
  }
  if (found === undefined) {
    throw new RefitError('config', `there is no configuration at ${configPath}`, {
      place: { file: await pathInRepository(file, root) },
      hint: 'Write one with `refit init`, or name another path with --config (in a workflow: the input “config”). In a workflow, run actions/checkout first.',
    })
  }
  const path = await pathInRepository(found.file, root)
  return { text: found.text, config: parseConfig(found.text, path), path }
}

async function readOrNothing(file: string): Promise<{ readonly file: string; readonly text: string } | undefined> {
  try {
    return { file, text: await readFile(file, 'utf8') }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new RefitError('config', `the configuration at ${file} cannot be read (${code})`, { cause: error })
  }
}

/** Relative to the root of the repository that a file lies in; where it lies in none, to `root`. */
async function pathInRepository(file: string, root: string): Promise<string> {
  const home = (await repositoryRoot(dirname(file))) ?? root
  const path = relative(home, file).split(sep).join('/')
  return path.startsWith('../') ? file : path
}
