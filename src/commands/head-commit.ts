import { askGit } from '../forge/local/git.ts'

/** What a checkout is at; null outside of git. */
export const headCommit = async (root: string): Promise<string | null> =>
  (await askGit(root, ['rev-parse', '--verify', 'HEAD'])) ?? null
