import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** What a checkout is at; null outside of git. */
export async function headCommit(root: string): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)('git', ['-C', root, 'rev-parse', '--verify', 'HEAD'])
    return stdout.trim()
  } catch {
    return null
  }
}
