import type { RefitError } from '../core/error.ts'
import type { PullRequest } from '../forge/forge.ts'
import type { RunRecord } from '../report/run-record.ts'
import type { TickResult } from '../rollout/tick.ts'
import type { QualityFinding } from '../data/types.ts'
import type { Decision, TriggerResult } from '../triggers/types.ts'
import type { ReadFacts } from './reading.ts'

export type Outcome =
  | 'quiet'
  | 'fired'
  | 'proposed'
  | 'updated'
  | 'unchanged'
  | 'draft'
  | 'gate-failed'
  | 'dry-run'
  | 'rollout'
  | 'nothing'
  | 'error'

/** What a run came to for one model: the source of outputs, step summary, annotations and exit code. */
export interface ModelRun {
  readonly model: string
  readonly outcome: Outcome
  /** One sentence. */
  readonly note: string
  readonly triggers: readonly TriggerResult[]
  /** What the triggers together came to; undefined where none was asked. */
  readonly decision?: Decision | undefined
  /** What is wrong with the new rows. */
  readonly findings?: readonly QualityFinding[] | undefined
  /** How the gaps of the configuration were filled, as sentences. */
  readonly notes?: readonly string[] | undefined
  /** What could not be looked at for want of a column that is there but not named; and what a reviewer should know. */
  readonly hints?: readonly string[] | undefined
  /** The new rows, and what it took to see them. */
  readonly data?: (ReadFacts & { readonly rowsNew: number; readonly rowsLabelled: number }) | undefined
  readonly record: RunRecord | undefined
  readonly pullRequest: PullRequest | undefined
  /** Where nothing was done anew: what the run that did it had said, if that is worth saying still. */
  readonly standing?: string | undefined
  readonly rollout: TickResult | undefined
  /** Relative to the workspace. */
  readonly reportPath: string | undefined
  readonly error: RefitError | undefined
}

export interface Run {
  readonly models: readonly ModelRun[]
  /** What concerned no single model: an event that means nothing to Refit. */
  readonly notes: readonly string[]
  /** What was asked for and means nothing here. */
  readonly errors?: readonly RefitError[]
}

export function emptyModelRun(model: string): ModelRun {
  return {
    model,
    outcome: 'nothing',
    note: '',
    triggers: [],
    record: undefined,
    pullRequest: undefined,
    rollout: undefined,
    reportPath: undefined,
    error: undefined,
  }
}

/** The run failed when any model did, or something asked for was refused: exit code 1. */
export function failed(run: Run): boolean {
  return (run.errors ?? []).length > 0 || run.models.some((model) => model.error !== undefined)
}
