import type { StageConfig } from './schema.ts'

/** A step without `requests` still needs this many answers of the candidate: nothing passes on 0/0. */
const DEFAULT_MIN_REQUESTS = 100
/** A step without `max` waits this long for its evidence before a person is asked. */
const DEFAULT_MAX_MS = 24 * 3_600_000
const FOREVER_FACTOR = 4

/** The configured stages with what every plan has: staging first, full last. */
export function planStages(configured: readonly StageConfig[]): readonly StageConfig[] {
  const plain = (kind: 'staging' | 'full'): StageConfig => ({ kind, for: 0, requests: 0 })
  const first = configured[0]?.kind === 'staging' ? [] : [plain('staging')]
  const last = configured.at(-1)?.kind === 'full' ? [] : [plain('full')]
  return [...first, ...configured, ...last]
}

/** Requests the candidate must have answered (or mirrored) before a step may end. */
export function requiredRequests(stage: StageConfig): number {
  if (stage.kind === 'staging') return 0
  return stage.requests > 0 ? stage.requests : DEFAULT_MIN_REQUESTS
}

/** How long a step may wait for evidence before it is held for a person, milliseconds. */
export function stageMax(stage: StageConfig): number {
  return stage.max ?? Math.max(DEFAULT_MAX_MS, FOREVER_FACTOR * stage.for)
}
