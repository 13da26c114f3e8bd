import { type Grouping, groupingName, groupingParts } from '../config/groupings.ts'
import { findColumn, type Table } from '../data/table.ts'
import type { Units } from '../stats/units.ts'
import { assessGroups, type Assessment, framesFor, type Frames } from './fairness-groups.ts'
import { fairnessMetricsOf } from './fairness-metrics.ts'
import { countValues, groupRows } from './groups.ts'
import type { Sample } from './sample.ts'
import type { FairnessResult } from './types.ts'

export interface FairnessInput {
  readonly table: Table
  /** The row of the table at each place of the samples. */
  readonly rows: Uint32Array
  readonly protected: readonly Grouping[]
  /** Smaller groups are counted but not compared. */
  readonly minGroup: number
  /** Multiclass: the classes that are each held against all others. Default: every class. */
  readonly favourable?: readonly string[] | undefined
  readonly candidate: Sample
  readonly champion: Sample | undefined
  readonly options: {
    readonly resamples: number
    readonly level: number
    readonly seed: number
    /** Of the intervals of changes. Default: `level`. */
    readonly comparisonLevel?: number | undefined
  }
  /** Rows that must be drawn together, where there are such. */
  readonly units?: Units | undefined
}

/** A column of more values than this holds no groups of people: it is an id, a name, a postcode. */
const MOST_GROUPS = 50

/**
 * Group fairness of each protected column or intersection: rates per group, and every metric of the task with intervals,
 * for the candidate, the champion, and the change on the same rows. Of several classes each is held against all others
 * and the worst is the metric. Rows with a missing value are shown but not compared, groups below `minGroup` only
 * counted. A column that the table does not have, or that has more than 50 values, gives a result whose metrics are all
 * undefined and say why.
 */
export function fairnessResults(input: FairnessInput): readonly FairnessResult[] {
  const { classNames } = input.candidate
  const unknown = (input.favourable ?? []).filter((name) => !classNames.includes(name))
  const noClass =
    input.candidate.task === 'multiclass' && unknown.length > 0
      ? `the label has no class “${unknown[0]}” (evaluate.fairness.favourable); it has ${classNames.join(', ')}`
      : undefined
  let frames: Frames | undefined
  return input.protected.map((grouping) => {
    const reason = unsuitable(input, grouping) ?? noClass
    const groups = reason === undefined ? groupRows(input.table, grouping, input.rows, MOST_GROUPS) : undefined
    const named = {
      attribute: groupingName(grouping),
      ...(Array.isArray(grouping) ? { attributes: groupingParts(grouping).map((part) => part.column) } : {}),
    }
    return groups === undefined
      ? { ...named, ...nothing(input, reason ?? 'it has no groups') }
      : { ...named, ...assessGroups(input, groups, named.attribute, (frames ??= framesFor(input))) }
  })
}

function unsuitable({ table, rows }: FairnessInput, grouping: Grouping): string | undefined {
  for (const { column } of groupingParts(grouping)) {
    if (findColumn(table, column) === undefined) return `the data has no protected column “${column}”`
    const values = countValues(table, column, rows)
    if (values > MOST_GROUPS) {
      return `${column} has ${values.toLocaleString('en-US')} values, too many to be groups of people (at most ${MOST_GROUPS})`
    }
  }
  return undefined
}

function nothing({ candidate, champion }: FairnessInput, reason: string): Assessment {
  return {
    candidate: [],
    champion: champion ? [] : null,
    metrics: fairnessMetricsOf(candidate.task).map(({ name, method }) => ({
      metric: name,
      method,
      candidate: null,
      champion: null,
      interval: null,
      change: null,
      reason,
    })),
  }
}
