import type { GateConfig, ModelConfig } from '../config/schema.ts'
import type { Task } from '../core/task.ts'
import type { DataReport, QualityFinding } from '../data/types.ts'
import type { Evaluation, GateResult, Verdict } from '../evaluation/types.ts'
import type { EpochReport } from '../training/types.ts'
import type { SourceState } from './source-state.ts'
import type { Decision, TriggerResult } from '../triggers/types.ts'

/**
 * Everything one retraining run learned. The pull request, the summary, the HTML report, the model card and the
 * manifest's evaluation are projections of it. Saved as `record.json` beside the artifact.
 */
export interface RunRecord {
  readonly schemaVersion: 1
  readonly model: string
  readonly task: Task
  /** How the task was inferred and how to change it; undefined where it is configured, and in old records. */
  readonly taskBasis?: string | undefined
  readonly refitVersion: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly candidateId: string
  readonly candidateVersion: number
  readonly champion: { readonly version: number; readonly digest: string; readonly trainedAt: string } | null
  /** Who or what asked, in words: `schedule`, `ana via workflow_dispatch: “new tariff”`. */
  readonly requestedBy: string
  readonly reason: string | null
  readonly codeCommit: string | null
  readonly runUrl: string | null
  readonly triggers: readonly TriggerResult[]
  /** What the triggers together came to; absent in records of before there was more than “any”. */
  readonly decision?: Decision | undefined
  readonly data: DataReport
  readonly quality: readonly QualityFinding[]
  readonly training: {
    readonly trainer: string
    readonly model: string
    readonly engine: string
    readonly engineVersion: string
    readonly seed: number
    readonly rows: number
    readonly validationRows: number
    readonly features: number
    readonly parameters: number
    readonly epochs: number
    readonly bestEpoch: number
    readonly history: readonly EpochReport[]
    readonly config: ModelConfig['train']
    /** Only with `strategy: incremental`. */
    readonly incremental?: Incremental | undefined
    /** Only with `window: auto` where there was a choice. */
    readonly window?: WindowChoice | undefined
  }
  readonly evaluation: Evaluation
  /** What the gates were held against, so that `refit replay` can do it again. Missing in old records. */
  readonly judged?: Judged | undefined
  readonly gates: readonly GateResult[]
  readonly verdict: Verdict
  readonly artifact: { readonly digest: string; readonly bytes: number; readonly folder: string }
  /** Lines `path: before → after` of the manifest, for people. */
  readonly manifestChanges: readonly ManifestChange[]
  /** How the merge changes `schema.json`, as lines of a diff; undefined where it does not. */
  readonly schemaDiff?: string | undefined
  readonly rollout: ModelConfig['rollout']
  /** The one command that repeats this run. */
  readonly reproduce: string
  /** Whether the commit that it names holds what was used; absent in old records. */
  readonly source?: SourceState | undefined
  /** Seconds by phase: data, features, train, evaluate, …. */
  readonly timings: Readonly<Record<string, number>>
}

export interface Judged {
  /** As configured, or the defaults of the task. */
  readonly gates: readonly GateConfig[]
  readonly fairness?: { readonly 'max-difference'?: number | undefined } | undefined
  readonly minHoldout: number
  /** Why a near-perfect score is no leak, where a person has said so. */
  readonly expectNearPerfect?: string | undefined
}

/** Which of the newest rows the candidate was trained on, and why. */
export interface WindowChoice {
  /** Rows that it learned from and was validated by; of all that were not held out. */
  readonly rows: number
  readonly of: number
  /** ISO 8601 of the oldest of them; null: all rows. */
  readonly from: string | null
  readonly reason: string
  readonly tried: readonly {
    readonly from: string
    readonly rows: number
    readonly tested: number
    /** Squared errors of a probe on the tested rows: learned from the window, and from all rows before them. */
    readonly loss: number
    readonly all: number
    readonly better: boolean
  }[]
}

/** How the candidate came out of the champion; or why it was trained from scratch after all. */
export type Incremental =
  | {
      readonly from: number
      /** Rows after the champion's watermark, those that it was judged by included. */
      readonly newRows: number
      readonly replayed: number
      readonly prequential: Prequential
    }
  | { readonly why: string }

/** Test-then-train: each batch of new rows scored by the model that had learned from the batches before it only. */
export interface Prequential {
  readonly metric: string
  readonly rows: number
  readonly value: number | null
  /** Of the champion as it is, on the same rows. */
  readonly champion: number | null
  readonly batches: readonly {
    /** Time of its last row; ISO 8601. */
    readonly until: string
    readonly rows: number
    readonly value: number | null
    readonly champion: number | null
  }[]
}

export interface ManifestChange {
  readonly path: string
  readonly before: string | null
  readonly after: string | null
}
