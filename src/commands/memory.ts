import { z } from 'zod'
import { RefitError } from '../core/error.ts'
import { prettyJson } from '../core/json.ts'
import { type Log, silentLog } from '../core/log.ts'
import { type HoldoutLedger, type LedgerEntry, parseLedger, recordUse } from '../evaluation/holdout-ledger.ts'
import type { Forge } from '../forge/forge.ts'
import { stateBranch } from '../registry/manifest.ts'
import { MEMORY_PATH, parseMemory, withTraining, type TriggerMemory } from './trigger-memory.ts'

const number = z.number()
const lastRun = z.object({
  schemaVersion: z.literal(1),
  candidateId: z.string(),
  verdict: z.enum(['pass', 'fail', 'inconclusive']),
  reason: z.string(),
  /** ISO 8601, UTC. */
  at: z.string(),
  /** Labelled rows that were there. */
  rows: number.optional(),
  /** As many more labelled rows are worth another try; 0 where any new row is. */
  retryAfterRows: number.optional(),
  /** The champion it was compared with; another one makes the outcome worthless. */
  championDigest: z.string().nullish(),
  /** Title and draft state that Refit gave the open pull request; a person may have changed them since. */
  proposed: z.object({ title: z.string(), draft: z.boolean() }).optional(),
  /** What people were told, where it is more than the reason. */
  sentence: z.string().optional(),
  /** The asking of a person that it followed: asked again, the answer is the same. */
  operation: z.string().optional(),
})

/** What the last retraining of a model came to. Kept on the state branch so that a run which learns nothing new does nothing. */
export type LastRun = Readonly<z.output<typeof lastRun>>

const PATH = 'last-run.json'
/** Which held-out rows have chosen, beside it. */
const LEDGER = 'holdout-ledger.json'
/** The rollout ticks write to the same branch; a loser of the race reads again. */
const ATTEMPTS = 5

export async function readLastRun(forge: Forge, model: string, log: Log = silentLog): Promise<LastRun | undefined> {
  const branch = stateBranch(model)
  const head = await forge.head(branch)
  const bytes = head === undefined ? undefined : await forge.readFile(head, PATH)
  if (bytes === undefined) return undefined
  try {
    return lastRun.parse(JSON.parse(new TextDecoder().decode(bytes)))
  } catch {
    // Without it the candidate is trained once more, and the file is whole again.
    log.warn(`${model}: ${PATH} on ${branch} is damaged, so what was trained last is trained again`)
    return undefined
  }
}

/** Which held-out rows of a model have been used to choose, and how often. */
export async function readLedger(forge: Forge, model: string): Promise<HoldoutLedger> {
  const branch = stateBranch(model)
  return ledgerAt(forge, branch, await forge.head(branch))
}

async function ledgerAt(forge: Forge, branch: string, head: string | undefined): Promise<HoldoutLedger> {
  const bytes = head === undefined ? undefined : await forge.readFile(head, LEDGER)
  return parseLedger(bytes && new TextDecoder().decode(bytes), { file: `${branch}:${LEDGER}` })
}

/** The last run, one more training in the history of them, and that its held-out rows have been used once more. */
export async function writeLastRun(forge: Forge, model: string, run: LastRun, use?: LedgerEntry): Promise<void> {
  const message = `${model}: candidate ${run.candidateId.slice(0, 12)} – ${run.verdict}`
  await remember(forge, model, message, async (memory, head) => {
    const trained = withTraining(memory, { at: run.at, verdict: run.verdict })
    const files = new Map([
      [PATH, prettyJson(run)],
      [MEMORY_PATH, prettyJson(trained)],
    ])
    if (use !== undefined)
      files.set(LEDGER, prettyJson(recordUse(await ledgerAt(forge, stateBranch(model), head), use)))
    return files
  })
}

/** What a change of the memory writes, by path; undefined to write nothing. */
type Change = ReadonlyMap<string, string> | undefined

/** Commits what `change` makes of the memory (at this head of the state branch) to the state branch. */
export async function remember(
  forge: Forge,
  model: string,
  message: string,
  change: (memory: TriggerMemory, head: string | undefined) => Change | Promise<Change>,
): Promise<void> {
  const branch = stateBranch(model)
  for (let attempt = 1; ; attempt++) {
    const expected = await forge.head(branch)
    const bytes = expected === undefined ? undefined : await forge.readFile(expected, MEMORY_PATH)
    const files = await change(parseMemory(bytes, branch), expected)
    if (files === undefined) return
    try {
      await forge.commit({ branch, expected, ...(expected === undefined ? { base: null } : {}), message, files })
      return
    } catch (error) {
      if (!(error instanceof RefitError) || error.code !== 'stale' || attempt === ATTEMPTS) throw error
    }
  }
}
