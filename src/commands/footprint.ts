import { takeRows, type Table } from '../data/table.ts'
import type { Footprint } from '../evaluation/evidence.ts'
import type { LoadedModel } from '../training/model.ts'
import type { ArtifactFile } from '../training/types.ts'

const WARM_UP = 5
const CALLS = 60
const BATCH = 2000

/** Times the loaded candidate on held-out rows, one by one and in a batch, and weighs its files. */
export function measureFootprint(
  model: LoadedModel,
  files: readonly ArtifactFile[],
  table: Table,
  rows: Uint32Array,
  championBytes: number | undefined,
): Footprint {
  const weight = {
    bytes: files.reduce((sum, file) => sum + file.content.byteLength, 0),
    ...(championBytes === undefined ? {} : { championBytes }),
  }
  if (rows.length === 0) return { ...weight, latency: null, throughput: null }
  const single = (i: number): Table => takeRows(table, [rows[i % rows.length] as number])
  for (let i = 0; i < WARM_UP; i++) model.predict(single(i))
  const times: number[] = []
  for (let i = 0; i < CALLS; i++) {
    const own = single(i)
    const started = performance.now()
    model.predict(own)
    times.push(performance.now() - started)
  }
  times.sort((a, b) => a - b)
  const batch = takeRows(table, rows.slice(0, BATCH))
  const started = performance.now()
  model.predict(batch)
  const seconds = (performance.now() - started) / 1000
  const at = (share: number): number => round(times[Math.min(CALLS - 1, Math.floor(share * CALLS))] as number)
  return {
    ...weight,
    latency: { p50: at(0.5), p95: at(0.95), calls: CALLS },
    throughput: seconds > 0 ? { rowsPerSecond: Math.round(batch.rows / seconds), rows: batch.rows } : null,
  }
}

const round = (ms: number): number => Math.round(ms * 1000) / 1000
