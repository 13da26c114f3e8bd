import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The folder of the repository that a folder lies in; undefined where it lies in none. */
export async function repositoryRoot(folder: string): Promise<string | undefined> {
  const there = await stat(join(folder, '.git')).catch(() => undefined)
  if (there !== undefined) return folder
  const above = dirname(folder)
  return above === folder ? undefined : repositoryRoot(above)
}
