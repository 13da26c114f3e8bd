import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
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

type Files = Readonly<Record<string, string | Uint8Array>>

const DEFAULT_FILES: Files = { 'README.md': '# Test\n' }
const templates = new Map<string, string>()

export function writeFiles(folder: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
}

/** A repository with a work tree, branch main, and one commit of `files`. Returns its folder. */
export function makeRepository(files: Files = DEFAULT_FILES): string {
  return copyOf('tree', files, (folder) => {
    git(folder, ['init', '--quiet', '--initial-branch=main'])
    writeFiles(folder, files)
    git(folder, ['add', '--all'])
    git(folder, ['commit', '--quiet', '--message=First commit'])
  })
}

/** The same as a bare repository: what a forge has. Returns its folder. */
export function makeBareRepository(files: Files = DEFAULT_FILES): string {
  return copyOf('bare', files, (folder) => {
    git(folder, ['clone', '--quiet', '--bare', makeRepository(files), '.'])
    git(folder, ['remote', 'remove', 'origin'])
  })
}

/** Copying a finished repository is several times faster than making one with git. */
function copyOf(kind: string, files: Files, make: (folder: string) => void): string {
  const hash = createHash('sha256').update(kind)
  for (const [path, content] of Object.entries(files)) hash.update(`\0${path}\0`).update(content)
  const key = hash.digest('hex')
  let template = templates.get(key)
  if (template === undefined) {
    template = temporaryFolder(`refit-${kind}-template`)
    make(template)
    templates.set(key, template)
  }
  const folder = temporaryFolder(`refit-${kind}`)
  cpSync(template, folder, { recursive: true })
  return folder
}
