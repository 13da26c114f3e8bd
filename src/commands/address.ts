import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { askGit } from '../forge/local/git.ts'

/** Where this Refit comes from. Only what is known for certain: a name that is guessed may be anybody's. */
export interface Address {
  /** `https://github.com` */
  readonly server: string
  /** `owner/repository` */
  readonly repository: string
  /** A commit where it is known, else a tag or branch; undefined where neither is. */
  readonly ref: string | undefined
}

const REPOSITORY = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/[\w.-]{1,100}$/
const REF = /^[A-Za-z0-9][\w./-]{0,200}$/
const GITHUB = 'https://github.com'

/** What the runner says of the action that it runs; undefined where that is one of the workflow's own repository. */
export function actionAddress(env: NodeJS.ProcessEnv): Address | undefined {
  const { GITHUB_ACTION_REPOSITORY: repository = '', GITHUB_ACTION_REF: ref = '', GITHUB_SERVER_URL: server } = env
  if (!REPOSITORY.test(repository)) return undefined
  return { server: server ?? GITHUB, repository, ref: REF.test(ref) ? ref : undefined }
}

/** The clone that this program was started from, at the commit it is at; or the package, by what its `package.json` says. */
export async function installedAddress(start: string = fileURLToPath(import.meta.url)): Promise<Address | undefined> {
  const own = await ownPackage(start)
  if (own === undefined) return undefined
  const cloned = repositoryOf((await git(own.folder, ['remote', 'get-url', 'origin'])) ?? '')
  if (cloned !== undefined)
    return { server: GITHUB, repository: cloned, ref: await git(own.folder, ['rev-parse', '--verify', 'HEAD']) }
  const repository = REPOSITORY.test(own.repository) ? own.repository : repositoryOf(own.repository)
  return repository === undefined ? undefined : { server: GITHUB, repository, ref: `v${own.version}` }
}

interface OwnPackage {
  readonly folder: string
  readonly version: string
  /** As it stands there; empty where it does not. */
  readonly repository: string
}

async function ownPackage(start: string): Promise<OwnPackage | undefined> {
  for (let folder = dirname(start); folder !== dirname(folder); folder = dirname(folder)) {
    const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined)
    const { name, version = '', repository } = JSON.parse(text ?? '{}') as PackageFile
    // Beside the bundle lies one that only says which kind of modules it holds.
    if (name === undefined) continue
    const written = typeof repository === 'string' ? repository : (repository?.url ?? '')
    return { folder, version, repository: written.replace(/^github:/, '') }
  }
  return undefined
}

interface PackageFile {
  readonly name?: string
  readonly version?: string
  readonly repository?: string | { readonly url?: string }
}

/** Of the folder itself, and not of a repository that it happens to lie in. */
const git = (folder: string, args: readonly string[]): Promise<string | undefined> =>
  askGit(folder, ['--git-dir', join(folder, '.git'), ...args])

const ADDRESSES = [
  /^(?:git\+)?(?:https|ssh|git):\/\/(?:[^/@\s]*@)?github\.com\/([^/\s]+\/[^/\s]+?)(?:\.git)?\/?$/,
  /^[^/@\s]*@github\.com:([^/\s]+\/[^/\s]+?)(?:\.git)?$/,
]

/** `owner/repository` of an address on GitHub; undefined for any other. */
function repositoryOf(url: string): string | undefined {
  const [found] = ADDRESSES.flatMap((pattern) => pattern.exec(url)?.[1] ?? [])
  return found !== undefined && REPOSITORY.test(found) ? found : undefined
}

const COMMIT = /^[0-9a-f]{40}$/
/** No commit has this id, so that a workflow in which nobody has filled in an address runs nobody's code. */
const NO_COMMIT = '0'.repeat(40)

/** What stands behind `uses:`, and the comment beside it. */
export function usesLine(address: Address | undefined): string {
  if (address?.ref === undefined)
    return `${address?.repository ?? 'OWNER/refit'}@${NO_COMMIT} # put in ${address === undefined ? 'the repository and ' : ''}the commit of the Refit that you trust`
  return `${address.repository}@${address.ref}${COMMIT.test(address.ref) ? '' : ' # better: its commit'}`
}

/** The JSON Schema of the configuration, for editors; undefined where nobody knows where it lies. */
export function schemaAddress(address: Address | undefined): string | undefined {
  if (address?.ref === undefined || address.server !== GITHUB) return undefined
  return `https://raw.githubusercontent.com/${address.repository}/${address.ref}/schema/refit.schema.json`
}
