import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RefitError } from '../../core/error.ts'
import { git } from '../../forge/local/git.ts'
import { DEFAULT_CONFIG } from '../open-project.ts'
import { writeWhole } from '../write-reports.ts'
import { DEMO_CONFIG } from './config.ts'

/** People and machines other than Refit who commit in the demo. */
const AUTHORS = {
  you: { name: 'You', email: 'you@example.com' },
  warehouse: { name: 'Warehouse export', email: 'warehouse@example.com' },
} as const

/** A new git repository with nothing but the configuration. Throws RefitError `usage` where the folder is not empty. */
export async function createWorkspace(folder: string, time: number): Promise<void> {
  await mkdir(folder, { recursive: true })
  if ((await readdir(folder)).length > 0) {
    throw new RefitError('usage', `the folder ${folder} is not empty, and the demo overwrites nothing`, {
      hint: 'Name another folder: refit demo <folder>.',
    })
  }
  await git(folder, ['init', '--quiet', '--template=', '--initial-branch=main'])
  await mkdir(join(folder, '.github'))
  await writeWhole(join(folder, DEFAULT_CONFIG), DEMO_CONFIG)
  await commitPaths(folder, [DEFAULT_CONFIG], { author: 'you', message: 'Keep the churn model fresh with Refit', time })
}

/** Commits these paths on the checked-out branch; identity and dates come from here, never from git's configuration. */
export async function commitPaths(
  folder: string,
  paths: readonly string[],
  commit: { readonly author: keyof typeof AUTHORS; readonly message: string; readonly time: number },
): Promise<void> {
  const { name, email } = AUTHORS[commit.author]
  const env = { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email }
  await git(folder, ['add', '--', ...paths])
  await git(folder, ['commit', '--quiet', '--no-verify', '--no-gpg-sign', '-m', commit.message], {
    time: commit.time,
    env,
  })
}

/** Replaces one passage of the configuration and commits it. */
export async function changeConfig(
  folder: string,
  change: { readonly before: string; readonly after: string },
  commit: { readonly message: string; readonly time: number },
): Promise<void> {
  const path = join(folder, DEFAULT_CONFIG)
  await writeWhole(path, (await readFile(path, 'utf8')).replace(change.before, change.after))
  await commitPaths(folder, [DEFAULT_CONFIG], { author: 'you', ...commit })
}
