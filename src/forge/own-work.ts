import { sha256 } from '../core/json.ts'
import type { Comparison, Forge } from './forge.ts'
import { short } from './names.ts'

/** One line for each file that a commit of the bot writes: `Refit-File: <sha256> <path>`. */
const TRAILER = /^Refit-File: ([0-9a-f]{64}) (.+)$/gm

type Files = ReadonlyMap<string, Uint8Array | string>

/**
 * A commit message that says which bytes the bot wrote. Whether a branch holds anything else can then be told from the
 * branch alone: by whatever account the bot writes, after a run that was killed, and after a rebase or a merge.
 */
export function signFiles(message: string, files: Files): string {
  const lines = [...files].map(([path, content]) => `Refit-File: ${sha256(content)} ${path}`)
  return `${message.trimEnd()}\n${lines.join('\n')}\n`
}

/** What somebody else has done on a branch of the bot. */
export interface ForeignWork {
  /** Some of the files concerned. */
  readonly files: readonly string[]
  /** `abc1234 “Tidy the manifest”`: the newest commit of the branch. */
  readonly commit: string
}

/**
 * What would be lost if the bot rebuilt its branch, whose head is `head`; undefined where nothing would. A file may go
 * where it is byte for byte what the bot wrote or, if the bot wrote none there, what the default branch has. So a merge of the default branch into
 * this one (GitHub's “Update branch”), a rebase and an empty commit are in nobody's way, and everything else is, also
 * where it was squashed into the bot's own commit.
 */
export async function foreignWork(forge: Forge, head: string): Promise<ForeignWork | undefined> {
  const base = await forge.head(await forge.defaultBranch())
  if (base === undefined || base === head) return undefined
  const compared = await forge.compare(base, head)
  const { mergeBase, commits, files } = compared
  const commit = nameOf(head, compared)
  if (mergeBase === undefined || files === undefined) return { files: [], commit }
  if (commits.length === 0) return undefined
  const { own, earlier } = ownFiles(commits)
  const safe = async (path: string): Promise<boolean> => {
    const content = await forge.readFile(head, path)
    const written = own.get(path)
    // A file of the bot's that is no longer as it was written was changed by somebody, also where they took it back.
    if (written !== undefined) return content !== undefined && written === sha256(content)
    // An earlier version, which has gone from the default branch since: history was rewritten there.
    if (content !== undefined && earlier.get(path) === sha256(content)) return true
    const there = await forge.readFile(base, path)
    if (content !== undefined) return there !== undefined && Buffer.compare(content, there) === 0
    // Deleted on both sides. What is neither there nor was (a submodule) is no file that could be compared.
    return there === undefined && (await forge.readFile(mergeBase, path)) !== undefined
  }
  const lost: string[] = []
  for (const path of new Set([...files, ...own.keys()])) if (!(await safe(path))) lost.push(path)
  return lost.length === 0 ? undefined : { files: lost.toSorted().slice(0, 3), commit }
}

/** Digests by path. Of several commits of the bot the last one says what has to be there. */
function ownFiles(commits: Comparison['commits']): Readonly<Record<'own' | 'earlier', ReadonlyMap<string, string>>> {
  const signed = commits
    .map(({ message }) => [...message.matchAll(TRAILER)].map(([, digest = '', path = '']) => [path, digest] as const))
    .filter((lines) => lines.length > 0)
  return { own: new Map(signed.at(-1)), earlier: new Map(signed.slice(0, -1).flat()) }
}

function nameOf(head: string, { commits }: Comparison): string {
  const subject = commits.find(({ oid }) => oid === head)?.message.split('\n', 1)[0]
  return `${short(head)}${subject === undefined ? '' : ` “${subject}”`}`
}
