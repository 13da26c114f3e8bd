import { groupingColumns } from '../config/groupings.ts'
import type { ModelConfig } from '../config/schema.ts'
import { compareColumns } from '../data/schema-change.ts'
import type { Table } from '../data/table.ts'
import type { QualityFinding } from '../data/types.ts'
import type { Champion } from './champion.ts'

const KINDS = { FP64: 'number', INT64: 'time', BYTES: 'category' } as const

/** How the data's columns differ from what the champion was trained on; nothing before there is one. */
export function columnChanges(
  table: Table,
  model: ModelConfig,
  champion: Champion | undefined,
): readonly QualityFinding[] {
  if (champion === undefined) return []
  const inputs = champion.manifest.signature.inputs.map(({ name, datatype }) => ({ name, kind: KINDS[datatype] }))
  const { label, time, id, weight, ignore } = model.data
  const protectedColumns = groupingColumns(model.evaluate.fairness?.protected ?? [])
  const seen = champion.record?.data.columns.map((column) => column.name) ?? []
  const known = [label, time, id, weight, ...protectedColumns, ...seen].filter((name) => name !== undefined)
  return compareColumns(table, inputs, { ignore, known })
}
