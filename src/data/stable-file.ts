import { stat } from 'node:fs/promises'
import { RefitError } from '../core/error.ts'
import type { FileReader } from './readers/reader.ts'

/**
 * A reader that notices when its file was changed while it was read: half of the old rows and half of the new ones are no
 * data that anybody ever had. Times are compared to the resolution of the file system.
 *
 * @throws RefitError `data` at the end of the read, or instead of what went wrong in the middle of it.
 */
export async function stableFile(reader: FileReader, path: string, location: string): Promise<FileReader> {
  const before = await identity(location)
  const refuse = async (cause?: unknown): Promise<void> => {
    if ((await identity(location)) === before) return
    throw new RefitError('data', `${path} was changed while it was read`, {
      place: { file: path },
      hint: 'Run again when it is complete. Writers should write to another name and rename.',
      cause,
    })
  }
  return {
    ...reader,
    peek: () => reader.peek(),
    async *read(...args) {
      let result
      try {
        result = yield* reader.read(...args)
      } catch (error) {
        await refuse(error)
        throw error
      }
      await refuse()
      return result
    },
  }
}

/** What is different after a file was written to, grown, replaced or removed. */
async function identity(location: string): Promise<string> {
  try {
    const { size, mtimeMs, ino } = await stat(location)
    return `${size} ${mtimeMs} ${ino}`
  } catch {
    return 'gone'
  }
}
