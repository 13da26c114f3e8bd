import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Git as a user without any configuration has it: what a test sees does not depend on who runs it. */
export function cleanGitEnvironment(): NodeJS.ProcessEnv {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')))
  return { ...env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' }
}

export const PERSON = {
  GIT_AUTHOR_NAME: 'Ana',
  GIT_AUTHOR_EMAIL: 'ana@example.com',
  GIT_COMMITTER_NAME: 'Ana',
  GIT_COMMITTER_EMAIL: 'ana@example.com',
}

export interface GitCall {
  readonly input?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
}

/** Runs git in a folder as a person would; throws where it fails. stdout without its last line end. */
export function git(cwd: string, args: readonly string[], call: GitCall = {}): string {
  return gitBytes(cwd, args, call).toString('utf8').replace(/\n$/, '')
}

export function gitBytes(cwd: string, args: readonly string[], { input, env }: GitCall = {}): Buffer {
  return execFileSync('git', args, {
    cwd,
    env: { ...cleanGitEnvironment(), ...PERSON, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    maxBuffer: 256 * 1024 * 1024,
    ...(input === undefined ? {} : { input }),
  })
}

const folders: string[] = []
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A folder of its own for one test, removed when the process ends. */
export function temporaryFolder(name = 'refit-test'): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `${name}-`)))
  folders.push(folder)
  return folder
}

export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
}

/** A repository with a work tree, branch main, and one commit of `files`. Returns its folder. */
export function makeRepository(
  files: Readonly<Record<string, string | Uint8Array>> = { 'README.md': '# Test\n' },
): string {
  const folder = temporaryFolder('refit-repo')
  git(folder, ['init', '--quiet', '--initial-branch=main'])
  writeFiles(folder, files)
  git(folder, ['add', '--all'])
  git(folder, ['commit', '--quiet', '--message=First commit'])
  return folder
}

/** The same as a bare repository: what a forge has. Returns its folder. */
export function makeBareRepository(files?: Readonly<Record<string, string | Uint8Array>>): string {
  const bare = temporaryFolder('refit-bare')
  git(bare, ['clone', '--quiet', '--bare', makeRepository(files), '.'])
  git(bare, ['remote', 'remove', 'origin'])
  return bare
}
