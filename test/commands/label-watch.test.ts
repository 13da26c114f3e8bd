import { expect, test } from 'vitest'
import type { Champion } from '../../src/commands/champion.ts'
import { createLabelWatch } from '../../src/commands/label-watch.ts'
import type { ColumnCounts, ProfileCounts } from '../../src/data/types.ts'
import { dataConfig, failure } from '../data/support.ts'
import { sampleManifest } from '../support/manifest.ts'

/** What a database counted of labels that were never fetched. */
const counted = (...unseenExamples: string[]): ProfileCounts => ({
  rows: 0,
  labelled: 0,
  columns: [],
  label: { name: 'y', unseenExamples } as unknown as ColumnCounts,
  vanished: [],
  added: [],
})

const watch = (classes: string[], settings: Record<string, unknown> = {}) => {
  const manifest = sampleManifest()
  const champion = { manifest: { ...manifest, signature: { ...manifest.signature, classes } } } as Champion
  return createLabelWatch(champion, dataConfig({ source: 'x', ...settings }))
}

test('labels that only a database has counted are looked at as well', async () => {
  expect((await failure(() => watch(['no', 'yes']).finish(counted('Yes', 'maybe')))).message).toMatch(
    /^the label "y" writes one class in several ways: "yes" \(v\d+\) and "Yes"$/,
  )
  expect(() => watch(['no', 'yes']).finish(counted('maybe'))).not.toThrow()
  expect(() => watch(['no', 'yes'], { classes: ['Yes'] }).finish(counted('Yes'))).not.toThrow()
})
