import type { DataConfig } from '../config/schema.ts'
import { refuseSpellings, type Spelling } from '../data/label-spelling.ts'
import type { Batch } from '../data/read.ts'
import { findColumn } from '../data/table.ts'
import type { ProfileCounts } from '../data/types.ts'
import type { Champion } from './champion.ts'

/** Classes of the champion, for a comparison with those of the data. */
export function knownClasses({ manifest }: Champion): readonly Spelling[] {
  const where = `v${manifest.version}`
  return manifest.task === 'regression' ? [] : manifest.signature.classes.map((name) => ({ name, where }))
}

/**
 * Notices labels that are written otherwise than the champion’s classes, or in several ways: they would be classes that
 * no model knows.
 */
export function createLabelWatch(
  champion: Champion,
  { label, classes }: DataConfig,
): {
  add(batch: Batch): void
  /** Also of the rows that a database has counted by itself. @throws RefitError `data` */
  finish(counts: ProfileCounts): void
} {
  const seen = new Map(knownClasses(champion).map((spelling) => [spelling.name, spelling]))
  let known: { readonly dictionary: readonly string[]; length: number } | undefined
  return {
    add({ table, file }) {
      const column = champion.manifest.task === 'regression' ? undefined : findColumn(table, label)
      if (column?.kind !== 'category') return
      const { dictionary } = column
      // Dictionaries grow from batch to batch.
      for (let code = known?.dictionary === dictionary ? known.length : 0; code < dictionary.length; code++) {
        const name = dictionary[code] as string
        if (!seen.has(name)) seen.set(name, { name, where: { file } })
      }
      known = { dictionary, length: dictionary.length }
    },
    finish(counts) {
      if (champion.manifest.task === 'regression') return
      const counted = counts.label?.unseenExamples ?? []
      refuseSpellings(label, [...seen.values(), ...counted.map((name) => ({ name, where: undefined }))], classes)
    },
  }
}
