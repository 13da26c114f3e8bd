import { RefitError } from '../core/error.ts'
import { prettyJson } from '../core/json.ts'
import type { Forge } from '../forge/forge.ts'
import { stateBranch } from '../registry/manifest.ts'
import { MEMORY_PATH, parseMemory, withTraining, type TriggerMemory } from './trigger-memory.ts'

/** What the last retraining of a model came to. Kept on the state branch so that a run which learns nothing new does nothing. */
export interface LastRun {
  readonly schemaVersion: 1
  readonly candidateId: string
  readonly verdict: 'pass' | 'fail' | 'inconclusive'
  readonly reason: string
  /** ISO 8601, UTC. */
  readonly at: string
  /** Labelled rows that were there. */
  readonly rows?: number | undefined
  /** As many more labelled rows are worth another try; 0 where any new row is. */
  readonly retryAfterRows?: number | undefined
  /** The champion it was compared with; another one makes the outcome worthless. */
  readonly championDigest?: string | null | undefined
}

const PATH = 'last-run.json'
/** The rollout ticks write to the same branch; a loser of the race reads again. */
const ATTEMPTS = 5

export async function readLastRun(forge: Forge, model: string): Promise<LastRun | undefined> {
  const head = await forge.head(stateBranch(model))
  const bytes = head === undefined ? undefined : await forge.readFile(head, PATH)
  if (bytes === undefined) return undefined
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as LastRun
  } catch {
    return undefined // Only a memory: without it the candidate is trained once more.
  }
}

/** The last run, and one more training in the history of them. */
export async function writeLastRun(forge: Forge, model: string, run: LastRun): Promise<void> {
  const message = `${model}: candidate ${run.candidateId.slice(0, 12)} – ${run.verdict}`
  await remember(forge, model, message, (memory) => {
    const trained = withTraining(memory, { at: run.at, verdict: run.verdict })
    return new Map([
      [PATH, prettyJson(run)],
      [MEMORY_PATH, prettyJson(trained)],
    ])
  })
}

/** Commits what `change` makes of the memory to the state branch; nothing where it makes nothing of it. */
export async function remember(
  forge: Forge,
  model: string,
  message: string,
  change: (memory: TriggerMemory) => ReadonlyMap<string, string> | undefined,
): Promise<void> {
  const branch = stateBranch(model)
  for (let attempt = 1; ; attempt++) {
    const expected = await forge.head(branch)
    const bytes = expected === undefined ? undefined : await forge.readFile(expected, MEMORY_PATH)
    const files = change(parseMemory(bytes))
    if (files === undefined) return
    try {
      await forge.commit({ branch, expected, ...(expected === undefined ? { base: null } : {}), message, files })
      return
    } catch (error) {
      if (!(error instanceof RefitError) || error.code !== 'stale' || attempt === ATTEMPTS) throw error
    }
  }
}
