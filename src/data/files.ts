import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import { glob, isDynamicPattern } from 'tinyglobby'
import { RefitError } from '../core/error.ts'
import { sha256 } from '../core/json.ts'

/** How many names a hint shows. */
const SHOWN = 5

/**
 * The files that globs name, sorted, relative to `root` with forward slashes, each once. Throws a RefitError('data')
 * for a glob that matches nothing and for anything outside of `root`, also behind a symbolic link.
 */
export async function resolveFiles(globs: readonly string[], root: string): Promise<string[]> {
  const home = await realpath(root)
  const found = new Set<string>()
  for (const pattern of globs) {
    const plain = pattern.replace(/^\.\//, '')
    if (isAbsolute(plain) || plain.split(/[\\/]/).includes('..')) {
      throw new RefitError('data', `${pattern} leads out of the repository`, {
        hint: 'Name data by a path relative to the root of the repository; fetch data from elsewhere in a step before.',
      })
    }
    if (plain.startsWith('!')) continue
    const exclude = globs.filter((other) => other.startsWith('!')).map((other) => other.slice(1))
    const matches = (await isFile(join(home, plain)))
      ? [plain]
      : await glob(plain, { cwd: home, ignore: exclude, dot: false, expandDirectories: false })
    if (matches.length === 0) {
      throw new RefitError('data', `no file matches ${pattern}`, { hint: await nearby(plain, home) })
    }
    for (const match of matches) found.add(match.split(sep).join('/'))
  }
  for (const path of found) {
    const real = relative(home, await realpath(join(home, path)))
    if (real.startsWith('..') || isAbsolute(real)) {
      throw new RefitError('data', `${path} is a link to a file outside of the repository`, {
        place: { file: path },
        hint: 'Copy the file into the workspace, for example by a step before this one.',
      })
    }
  }
  return [...found].sort()
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

/** What is there instead: the deepest folder of the glob that exists, and some of what it holds. */
async function nearby(pattern: string, root: string): Promise<string> {
  const parts = pattern.split('/').slice(0, -1)
  const fixed = parts.slice(0, parts.findIndex((part) => isDynamicPattern(part)) >>> 0)
  for (let depth = fixed.length; depth >= 0; depth--) {
    const folder = fixed.slice(0, depth).join('/')
    let names: string[]
    try {
      names = (await readdir(join(root, folder))).filter((name) => !name.startsWith('.')).sort()
    } catch {
      continue
    }
    const where = folder === '' ? 'The root of the repository' : `The folder ${folder}/`
    if (names.length === 0) return `${where} is empty.`
    const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''
    return `${where} holds ${names.slice(0, SHOWN).join(', ')}${more}.`
  }
  return 'Paths are relative to the root of the repository.'
}

/** sha256 and size of a file, streamed. */
export async function hashFile(path: string): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { sha256: hash.digest('hex'), bytes }
}

/** sha256 over the sorted lines `<sha256>  <path>\n`: equal files under equal names, equal fingerprint. */
export function fingerprint(files: readonly { readonly path: string; readonly sha256: string }[]): string {
  const lines = files.map((file) => `${file.sha256}  ${file.path}\n`)
  return sha256([...lines].sort().join(''))
}
