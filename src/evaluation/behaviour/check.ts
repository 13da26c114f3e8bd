import type { BehaviourConfig } from '../../config/schema.ts'
import type { Table } from '../../data/table.ts'
import type { Labels, Predictions } from '../../training/types.ts'
import type { LeakCheck, LeakSearch } from '../leak-types.ts'
import { checkParity } from './parity.ts'
import { createProbe, type Predict } from './probe.ts'
import { checkRobustness } from './robustness.ts'
import { checkDirection, checkInvariance, spread } from './rules.ts'
import type { BehaviourResult } from './types.ts'

export interface BehaviourInput {
  readonly config: BehaviourConfig
  readonly table: Table
  /** The held-out rows of the table, and their labels. */
  readonly rows: Uint32Array
  readonly labels: Labels
  /** The feature columns. */
  readonly columns: readonly string[]
  readonly predict: Predict
  /** The serving path for one row of a table. Default: parity is not checked. */
  readonly serve?: ((table: Table, row: number) => Predictions) | undefined
  /** What the search for leaks looked at, and found. */
  readonly leaks: LeakSearch
}

/** Rows that are served one by one. */
const SERVED_ROWS = 50

/** How the candidate behaves on changed rows: what the configuration asks for, and what is always worth asking. */
export function checkBehaviour(input: BehaviourInput): readonly BehaviourResult[] {
  const { config, labels, table, rows, predict, serve } = input
  if (rows.length === 0) return []
  const regression = labels.task === 'regression'
  const unit = regression ? spread(labels.values) || 1 : 1
  const probe = createProbe(predict, table, rows, { most: config.rows, unit })
  const low = labels.values.reduce((least, value) => Math.min(least, value), Infinity)
  const high = labels.values.reduce((most, value) => Math.max(most, value), -Infinity)
  const shared = { probe, columns: input.columns, range: regression ? { low, high } : undefined }
  const results = [
    ...config.invariance.map((rule) => checkInvariance(probe, rule)),
    ...config.direction.map((rule) => checkDirection(probe, rule)),
  ]
  for (const check of ['missing', 'unseen'] as const) {
    const severity = config[check]
    if (severity !== 'off') results.push(checkRobustness({ ...shared, check, severity }))
  }
  if (config.parity !== 'off' && serve) {
    const few = createProbe(predict, table, rows, { most: Math.min(SERVED_ROWS, config.rows), unit })
    results.push(checkParity(few, (row) => serve(few.table, row), config.parity))
  }
  if (config.leakage !== 'off') results.push(...leakResults(input.leaks, config.leakage, rows.length))
  return results
}

/** Questions, not claims: a check that did not look stands under the same name. */
const LEAK_TITLES: Readonly<Record<LeakCheck['check'], string>> = {
  columns: 'single columns that tell the label',
  groups: 'groups of columns that tell the label',
  overlap: 'held-out rows among the training rows',
  ids: 'rows of one id on both sides of the split',
  time: 'held-out rows older than training rows',
  level: 'a score too good to be true',
}

function leakResults({ checks }: LeakSearch, severity: 'warn' | 'fail', rows: number): BehaviourResult[] {
  return checks.flatMap((check): BehaviourResult[] => {
    const shared = {
      check: 'leak',
      title: LEAK_TITLES[check.check],
      worst: null,
      tolerance: 0,
      allowed: 0,
      examples: [],
    } as const
    if (check.status === 'not-looked') {
      // Nobody can demand an order of time where there is no time: what was not looked at is told, and is no gate.
      return [
        {
          ...shared,
          status: 'skipped',
          configured: false,
          rows: 0,
          columns: [],
          violations: 0,
          sentence: check.sentence,
        },
      ]
    }
    const looked = { ...shared, configured: severity === 'fail', rows }
    if (check.status === 'clean')
      return [{ ...looked, status: 'pass', columns: [], violations: 0, sentence: check.sentence }]
    return check.findings.map(({ columns, sentence }) => ({
      ...looked,
      status: severity,
      columns,
      violations: 1,
      sentence,
    }))
  })
}
