/** The in-process part of a check, on its own: node bench/check/parts.ts <reference.csv> <new.csv>. Prints JSON. */
import { basename, dirname } from 'node:path'
import { silentLog } from '../../src/core/log.ts'
import { buildProfile } from '../../src/data/profile.ts'
import { createCounter } from '../../src/data/profile-count.ts'
import { formatProfile, parseProfile } from '../../src/data/profile-schema.ts'
import { readBatches, readTable } from '../../src/data/read.ts'
import { dataObject } from '../../src/config/schema/data.ts'
import type { DataConfig } from '../../src/config/schema.ts'
import { columnDrift } from '../../src/triggers/column-drift.ts'
import { FEATURES } from './data.ts'

const [reference = '', current = ''] = process.argv.slice(2)
const root = dirname(current)
const data: DataConfig = {
  ...dataObject.parse({}),
  source: [basename(current)],
  label: 'label',
  time: undefined,
  id: undefined,
  weight: undefined,
  ignore: [],
  positive: undefined,
  format: 'auto',
  delimiter: undefined,
  missing: { only: ['', '?', 'NA'] },
}
const loaded = await readTable({ ...data, source: [basename(reference)] }, dirname(reference), { log: silentLog })
const profile = parseProfile(formatProfile(buildProfile(loaded.table, undefined, FEATURES)))
const kinds = Object.fromEntries(profile.columns.map((column) => [column.name, column.kind]))

const start = performance.now()
const counter = createCounter(profile, { label: 'label' })
let counting = 0
for await (const batch of readBatches(data, root, { columns: [...FEATURES, 'label'], kinds })) {
  const before = performance.now()
  counter.add(batch.table, undefined, batch.header)
  counting += performance.now() - before
}
const read = performance.now()
const drift = columnDrift(profile, counter.result(), FEATURES, { psi: 0.2, alpha: 0.01 })
const end = performance.now()
console.log(
  JSON.stringify({
    reading: read - start - counting,
    counting,
    testing: end - read,
    drifted: drift.filter((column) => column.drifted).length,
  }),
)
