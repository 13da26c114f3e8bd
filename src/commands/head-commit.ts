import { tryGit } from '../forge/local/git.ts'

/** What a checkout is at; null outside of git. */
export async function headCommit(root: string): Promise<string | null> {
  const found = await tryGit(root, ['rev-parse', '--verify', 'HEAD']).catch(() => undefined)
  return found?.code === 0 ? found.stdout.toString('utf8').trim() : null
}
