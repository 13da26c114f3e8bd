import type { ModelConfig } from '../config/schema.ts'
import { memberOf } from '../core/json.ts'
import type { ReadBatchesOptions } from '../data/batches.ts'
import { MOSTLY } from '../data/infer.ts'
import { commonest, type Nearly } from '../data/nearly.ts'
import { checkReading } from '../data/misread.ts'
import { exampleOf } from '../data/readers/sink.ts'
import type { ColumnProfile, ProfileCounts, QualityFinding, StrayValues } from '../data/types.ts'
import type { Champion } from './champion.ts'

/** Watches new rows for columns that mean something else than the champion takes them for. */
export interface Misread {
  readonly onNearly: NonNullable<ReadBatchesOptions['onNearly']>
  /** @param fresh The new ones of the rows; undefined means all. */
  add(rows: number, strays: ReadonlyMap<string, StrayValues> | undefined, fresh: ArrayLike<number> | undefined): void
  findings(counts: ProfileCounts): readonly QualityFinding[]
}

export function createMisread(champion: Champion, { data, expect }: Pick<ModelConfig, 'data' | 'expect'>): Misread {
  const { columns, label } = champion.profile
  const profiles = new Map([...columns, ...(label === undefined ? [] : [label])].map((one) => [one.name, one]))
  const nearly = new Map<string, Nearly>()
  const texts = new Map<string, Map<string, number>>()

  const findingsOf = (profile: ColumnProfile, counts: ProfileCounts): readonly QualityFinding[] => {
    const { name, kind } = profile
    const role = name === data.label ? 'label' : data.ignore.includes(name) ? 'ignored' : 'feature'
    const shared = { name, kind, role, distinct: kind === 'category' ? profile.distinct : 0 } as const
    const expected = memberOf(expect.columns, name)?.type
    if (kind === 'category') return checkReading({ ...shared, nearly: nearly.get(name) }, expected)
    const found = counts.unread?.get(name) ?? texts.get(name) ?? new Map<string, number>()
    const most = commonest(found)
    const counted = [...counts.columns, counts.label].find((one) => one?.name === name)
    if (most === undefined || counted === undefined) return []
    const rows = [...found.values()].reduce((sum, n) => sum + n, 0)
    const present = counted.rows - counted.missing + rows
    if (rows <= present * (1 - MOSTLY)) return []
    return checkReading({ ...shared, unread: { rows, present, text: exampleOf(most[0]), textRows: most[1] } }, expected)
  }

  return {
    onNearly: (column, found) => void nearly.set(column, found),
    add(rows, strays, fresh) {
      if (strays === undefined || strays.size === 0) return
      const isNew = new Uint8Array(rows).fill(fresh === undefined ? 1 : 0)
      for (let i = 0; i < (fresh?.length ?? 0); i++) isNew[fresh?.[i] as number] = 1
      for (const [name, { rows: at = [], texts: what = [] }] of strays) {
        const seen = texts.get(name) ?? new Map<string, number>()
        texts.set(name, seen)
        at.forEach((row, i) => {
          const text = what[i] as string
          if (isNew[row] === 1) seen.set(text, (seen.get(text) ?? 0) + 1)
        })
      }
    },
    findings: (counts) => [...profiles.values()].flatMap((profile) => findingsOf(profile, counts)),
  }
}
