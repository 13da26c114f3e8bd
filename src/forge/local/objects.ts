import { RefitError } from '../../core/error.ts'
import { checkBranch, isCommitId, short } from '../names.ts'
import type { CatFile } from './cat-file.ts'

export interface Commit {
  readonly oid: string
  readonly tree: string
  readonly parents: readonly string[]
}

interface TreeEntry {
  readonly path: string
  readonly oid: string
  readonly folder: boolean
}

/** `refs/heads/…` of a branch, or the commit id itself. */
export function revision(ref: string): string {
  return isCommitId(ref) ? ref : `refs/heads/${checkBranch(ref)}`
}

/** The commit a name stands for; undefined where there is none. */
export async function readCommit(objects: CatFile, ref: string): Promise<Commit | undefined> {
  const object = await objects.read(revision(ref))
  if (!object || object.type !== 'commit') return undefined
  const header = object.content.toString('utf8').split('\n\n', 1)[0] ?? ''
  const tree = /^tree ([0-9a-f]+)$/m.exec(header)?.[1]
  if (tree === undefined) throw new RefitError('forge', `commit ${short(object.oid)} has no tree`)
  return {
    oid: object.oid,
    tree,
    parents: [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map((match) => match[1] as string),
  }
}

/** Paths of all files below `folder` of a commit, sorted as git sorts them. */
export async function listTree(objects: CatFile, ref: string, folder: string): Promise<readonly string[]> {
  const root = await objects.read(folder === '' ? `${revision(ref)}^{tree}` : `${revision(ref)}:${folder}`)
  if (!root || root.type !== 'tree') return []
  const walk = async (tree: Buffer, oidBytes: number, prefix: string): Promise<string[]> => {
    const parts = await Promise.all(
      parseTree(tree, oidBytes).map(async (entry) => {
        const path = prefix === '' ? entry.path : `${prefix}/${entry.path}`
        if (!entry.folder) return [path]
        const child = await objects.read(entry.oid)
        return child ? walk(child.content, oidBytes, path) : []
      }),
    )
    return parts.flat()
  }
  return walk(root.content, root.oid.length / 2, folder)
}

/** Git's tree format: `<mode> <name>\0<oid>`, again and again. Submodules are left out. */
function parseTree(tree: Buffer, oidBytes: number): readonly TreeEntry[] {
  const entries: TreeEntry[] = []
  for (let at = 0; at < tree.length;) {
    const space = tree.indexOf(32, at)
    const nul = tree.indexOf(0, space)
    const mode = tree.toString('latin1', at, space)
    const oid = tree.toString('hex', nul + 1, nul + 1 + oidBytes)
    if (mode !== '160000') entries.push({ path: tree.toString('utf8', space + 1, nul), oid, folder: mode === '40000' })
    at = nul + 1 + oidBytes
  }
  return entries
}
