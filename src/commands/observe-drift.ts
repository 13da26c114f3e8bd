import type { DriftTriggerConfig, ModelConfig } from '../config/schema.ts'
import { formatDuration, isoTime } from '../core/clock.ts'
import { sources } from '../data/access.ts'
import type { Batch } from '../data/read.ts'
import { createCounter, type CounterOptions } from '../data/profile-count.ts'
import { subtractCounts } from '../data/profile-merge.ts'
import { onCounts } from '../data/profile-reference.ts'
import { findColumn } from '../data/table.ts'
import type { ProfileCounts } from '../data/types.ts'
import type { DriftObservation } from '../triggers/index.ts'
import type { Champion } from './champion.ts'
import { seenUntil } from './new-rows.ts'
import type { DriftParts } from './observe-drift-parts.ts'
import type { Project } from './project.ts'

/** What the drift trigger wants to see beside the counts of all new rows. */
export interface DriftObserver {
  /** Rows up to this time (epoch milliseconds) say nothing to it; undefined: all rows do. */
  readonly after: number | undefined
  /** Whether it looks at rows, and counts will not do. */
  readonly needsRows: boolean
  /** @param rows the new ones of the batch; undefined means all of them */
  add(batch: Batch, rows: Uint32Array | undefined): void
  finish(counts: ProfileCounts): Promise<DriftObservation>
}

/** (after, until], epoch milliseconds. */
interface Span {
  readonly after: number
  readonly until: number
}

/**
 * Undefined where the counts are all it takes, as by default: then nothing of this is loaded. Rows of another reference or
 * a window are counted by the source itself where it can.
 */
export async function observeDrift(
  project: Project,
  model: ModelConfig,
  champion: Champion,
  counting: CounterOptions,
): Promise<DriftObserver | undefined> {
  const { drift } = model.triggers
  if (drift === false) return undefined
  const plain = drift.reference === 'profile' && drift.window === undefined
  if (plain && !drift.predictions && !drift.multivariate) return undefined
  const seen = seenUntil(champion, model.data)
  if (!plain && seen === undefined) {
    const error = 'the version does not know the times of its rows; retrain it with data.time set'
    const answer = { reference: { error } }
    return { after: seen, needsRows: false, add: () => undefined, finish: () => Promise.resolve(answer) }
  }
  const spans = plain || seen === undefined ? undefined : spansOf(drift, seen, project.clock())
  const parts = await openParts(project, model, champion, drift)
  const counts = spans && (await countSpans(project, model, champion, spans, counting))
  const needsRows = parts !== undefined || counts?.byRows === true
  const isReference = (batch: Batch, rows: Uint32Array | undefined): Uint32Array =>
    spans?.reference ? within(batch, model.data.time, spans.reference) : complement(rows, batch.table.rows)
  const isCurrent = (batch: Batch, rows: Uint32Array | undefined): Uint32Array | undefined =>
    spans ? within(batch, model.data.time, spans.current) : rows
  return {
    after: drift.multivariate && !spans?.reference ? undefined : earliest(spans, seen),
    needsRows,
    add(batch, rows) {
      counts?.add(batch)
      if (parts === undefined) return
      const current = isCurrent(batch, rows)
      if (current?.length !== 0) parts.addNew(batch.table, current)
      if (drift.multivariate) parts.addOld(batch.table, isReference(batch, rows))
    },
    async finish(all) {
      const current = counts?.current() ?? all
      const reference = counts?.reference()
      const enough = current.rows >= drift['min-rows']
      return {
        ...(counts && { counts: current }),
        ...(spans?.reference &&
          reference && { reference: { profile: onCounts(champion.profile, reference), text: spans.text } }),
        // Scoring and fitting cost seconds: only where there is something to say.
        ...(enough && (await parts?.finish())),
      }
    },
  }
}

interface Spans {
  readonly current: Span
  /** Undefined: the version’s profile is what the window is compared with. */
  readonly reference: Span | undefined
  readonly text: string
}

function spansOf({ reference, window }: DriftTriggerConfig, seen: number, now: number): Spans {
  const current = { after: window === undefined ? seen : Math.max(seen, now - window), until: Infinity }
  if (reference === 'profile') return { current, reference: undefined, text: '' }
  if ('rolling' in reference) {
    const span = { after: current.after - reference.rolling, until: current.after }
    const text = `the ${formatDuration(reference.rolling)} before ${isoTime(current.after)}`
    return { current, reference: span, text }
  }
  const span = { after: current.after - reference.season, until: now - reference.season }
  return { current, reference: span, text: `${isoTime(span.after)} to ${isoTime(span.until)}, the same season before` }
}

const earliest = (spans: Spans | undefined, seen: number | undefined): number | undefined =>
  spans?.reference && seen !== undefined ? Math.min(seen, spans.reference.after) : seen

interface SpanCounts {
  readonly byRows: boolean
  add(batch: Batch): void
  current(): ProfileCounts
  reference(): ProfileCounts | undefined
}

async function countSpans(
  project: Project,
  model: ModelConfig,
  champion: Champion,
  { current, reference }: Spans,
  counting: CounterOptions,
): Promise<SpanCounts> {
  const { countRows } = project.replay?.data ?? sources
  const count = (after: number): Promise<ProfileCounts | undefined> =>
    countRows(champion.profile, model.data, { ...counting, after, now: project.clock() })
  const counted = await count(current.after)
  if (counted !== undefined) {
    // A source counts what is newer than a time: what lies between two is the difference.
    const between = async ({ after, until }: Span): Promise<ProfileCounts | undefined> => {
      const [from, to] = [await count(after), await count(until)]
      return from && to && subtractCounts(from, to)
    }
    const before = reference && (await between(reference))
    return { byRows: false, add: () => undefined, current: () => counted, reference: () => before }
  }
  const now = createCounter(champion.profile, counting)
  const before = createCounter(champion.profile, counting)
  return {
    byRows: true,
    add(batch) {
      now.add(batch.table, within(batch, model.data.time, current), batch.header)
      if (reference) before.add(batch.table, within(batch, model.data.time, reference), batch.header)
    },
    current: () => now.result(),
    reference: () => (reference ? before.result() : undefined),
  }
}

async function openParts(
  project: Project,
  model: ModelConfig,
  champion: Champion,
  drift: DriftTriggerConfig,
): Promise<DriftParts | undefined> {
  if (!drift.predictions && !drift.multivariate) return undefined
  const { createDriftParts } = await import('./observe-drift-parts.ts')
  return createDriftParts(project, model, champion, drift)
}

function within(batch: Batch, time: string | undefined, span: Span): Uint32Array {
  const column = time === undefined ? undefined : findColumn(batch.table, time)
  if (column?.kind !== 'time') return new Uint32Array(0)
  const rows = new Uint32Array(batch.table.rows)
  let n = 0
  for (let i = 0; i < rows.length; i++) {
    const at = column.values[i] as number
    if (at > span.after && at <= span.until) rows[n++] = i
  }
  return rows.subarray(0, n)
}

/** The rows of n that are not in `rows`, which ascend. */
function complement(rows: Uint32Array | undefined, n: number): Uint32Array {
  if (rows === undefined) return new Uint32Array(0)
  const others = new Uint32Array(n - rows.length)
  let next = 0
  let at = 0
  for (let row = 0; row < n; row++) {
    if (rows[next] === row) next++
    else others[at++] = row
  }
  return others
}
