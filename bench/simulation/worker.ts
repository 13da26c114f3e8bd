import { parentPort } from 'node:worker_threads'
import { CELLS, POPULATIONS } from './cells.ts'
import { coverage, margins, type RunOptions, sliceCoverage, type Truth, truthOf } from './coverage.ts'
import { equalModels, equalUses } from './equal.ts'
import { POWER } from './power.ts'
import type { Population } from './populations.ts'

/** One piece of work for a worker: its key names it, `runs` tells how often, `truth` is what an earlier one answered. */
export interface Task {
  readonly key: string
  readonly part: 'truth' | 'coverage' | 'power' | 'equal'
  readonly name: string
  readonly options: RunOptions
  readonly truth?: Truth | undefined
}

const RUNNERS = { coverage, slices: sliceCoverage, margins } as const

function answer({ part, name, options, truth }: Task): unknown {
  if (part === 'truth') return truthOf(POPULATIONS[name] as Population, 20260901)
  if (part === 'power') return POWER[name]?.(options)
  if (part === 'equal') return name === 'uses' ? equalUses(options) : equalModels(options)
  const cell = CELLS.find(({ kind, population, rows }) => `${kind} ${population} ${rows}` === name)
  if (cell === undefined || truth === undefined) throw new Error(`no such cell: ${name}`)
  return RUNNERS[cell.kind](POPULATIONS[cell.population] as Population, cell.rows, truth, options)
}

parentPort?.on('message', (task: Task) => {
  const before = process.threadCpuUsage()
  const result = answer(task)
  const { user, system } = process.threadCpuUsage(before)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port, not a window
  parentPort?.postMessage({ result, seconds: (user + system) / 1e6 })
})
