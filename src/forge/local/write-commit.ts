import { randomUUID } from 'node:crypto'
import { RefitError } from '../../core/error.ts'
import { BOT_EMAIL, BOT_NAME, checkPath } from '../names.ts'
import { gitFailed, tryGit } from './git.ts'
import type { Repository } from './repository.ts'

/**
 * Writes blobs, trees and the commit of `files` laid on `parent`'s tree, and returns the commit's id; no branch moves.
 * One `git fast-import` does it all, whatever the number of files, without an index or a work tree. Its protocol wants
 * a ref for every commit: a throw-away one, which the last command of the same stream takes back before it is written.
 */
export async function writeCommit(
  repository: Repository,
  parent: string | undefined,
  message: string,
  files: ReadonlyMap<string, Uint8Array | string | null>,
  time: number,
): Promise<string> {
  const ref = `refs/refit/unborn/${randomUUID()}`
  const parts: Uint8Array[] = []
  const line = (text: string): void => void parts.push(Buffer.from(`${text}\n`))
  const data = (content: Uint8Array | string): void => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    line(`data ${bytes.length}`)
    parts.push(bytes)
    line('')
  }
  line(`commit ${ref}`)
  line('mark :1')
  line(`committer ${BOT_NAME} <${BOT_EMAIL}> ${Math.floor(time / 1000)} +0000`)
  data(message)
  if (parent !== undefined) line(`from ${parent}`)
  for (const [path, content] of files) {
    if (content === null) line(`D ${quote(path)}`)
    else {
      line(`M 100644 inline ${quote(path)}`)
      data(content)
    }
  }
  line('get-mark :1')
  line(`reset ${ref}`)
  line(`from ${repository.zero}`)
  line('done')
  const args = ['fast-import', '--quiet', '--done', '--date-format=raw']
  const result = await tryGit(repository.root, args, { input: parts, time })
  const oid = /^[0-9a-f]{40,64}$/m.exec(result.stdout.toString('utf8'))?.[0]
  if (result.code !== 0 || oid === undefined) {
    const noSpace = /No space left/i.test(result.stderr)
    throw noSpace ? new RefitError('forge', `no space left on the disk of ${repository.root}`) : gitFailed(args, result)
  }
  return oid
}

/** fast-import reads C-style quoting; every path is quoted, so that none is mistaken for anything else. */
function quote(path: string): string {
  return `"${checkPath(path).replace(/["\\]/g, (mark) => `\\${mark}`)}"`
}
