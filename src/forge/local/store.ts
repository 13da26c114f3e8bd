import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RefitError } from '../../core/error.ts'
import { prettyJson } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'
import { withLock } from './lock.ts'
import type { Collections } from './records.ts'

type Name = keyof Collections

/**
 * What git has no place for (pull requests, comments, deployments, …): one JSON file a collection in `<.git>/refit/`.
 * Readers see whole files only (written beside, then renamed); writers read, change and write under one lock, so that
 * two processes never lose each other's updates.
 */
export class Store {
  readonly folder: string

  constructor(commonDir: string) {
    this.folder = join(commonDir, 'refit')
  }

  async read<N extends Name>(name: N): Promise<Collections[N]> {
    const file = this.#file(name)
    let text: string
    try {
      text = await readFile(file, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [] as unknown as Collections[N]
      throw new RefitError('forge', `cannot read ${file}: ${(error as Error).message}`, { cause: error })
    }
    try {
      const value = JSON.parse(text) as Json
      if (Array.isArray(value)) return value as unknown as Collections[N]
    } catch {
      // Falls through to the one sentence for every kind of damage.
    }
    throw new RefitError('forge', `${file} is damaged: it is no JSON list`, {
      hint: 'Restore it, or delete it to start the local forge afresh; git itself is not affected.',
    })
  }

  /** Runs `body` alone. What it writes through `write` is on disk when it ends; a body that throws has written nothing or all. */
  update<T>(body: () => Promise<T>): Promise<T> {
    return withLock(join(this.folder, 'lock'), body)
  }

  async write<N extends Name>(name: N, value: Collections[N]): Promise<void> {
    const file = this.#file(name)
    const fresh = `${file}.${randomUUID()}`
    try {
      await mkdir(this.folder, { recursive: true })
      await writeFile(fresh, prettyJson(value))
      await rename(fresh, file)
    } catch (error) {
      await rm(fresh, { force: true })
      throw new RefitError('forge', `cannot write ${file}: ${(error as Error).message}`, { cause: error })
    }
  }

  #file(name: Name): string {
    return join(this.folder, `${name}.json`)
  }
}
