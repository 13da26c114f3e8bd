/**
 * Do the intervals cover, do the tests find what a textbook says they would, and how often is one of two equal models
 * called better? Every figure comes from the code that evaluates a candidate.
 *
 *     node bench/simulate-evaluation.ts [--part coverage|power|equal] [--runs 2000] [--resamples 1000] [--only binary]
 *                                       [--folder …] [--workers 2] [--out bench/results/simulate-evaluation.md]
 *
 * --only      parts of names of cells, separated by commas: only those
 * --folder    keeps the answer of every cell, so that an interrupted run goes on where it stopped
 * --collect   only the tables of what the folder has, without computing anything
 * --out       writes the tables there as well
 */
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { CELLS } from './simulation/cells.ts'
import type { Truth } from './simulation/coverage.ts'
import { answerAll, type Done, fileOf } from './simulation/pool.ts'
import { POWER } from './simulation/power.ts'
import { tables } from './simulation/tables.ts'
import type { Task } from './simulation/worker.ts'

const { values: flags } = parseArgs({
  options: {
    part: { type: 'string' },
    runs: { type: 'string', default: '2000' },
    resamples: { type: 'string', default: '1000' },
    only: { type: 'string', default: '' },
    folder: { type: 'string' },
    workers: { type: 'string', default: '2' },
    collect: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
})
const options = { runs: Number(flags.runs), resamples: Number(flags.resamples), level: 0.95, seed: 20260701 }
const folder = flags.folder ?? join(tmpdir(), `refit-simulation-${options.runs}-${options.resamples}`)
const wanted = flags.only.split(',')
const isWanted = (name: string): boolean => wanted.some((one) => name.includes(one))
const answer = (tasks: readonly Task[]): Promise<readonly Done[]> =>
  answerAll(
    flags.collect ? tasks.filter((task) => existsSync(fileOf(folder, task))) : tasks,
    folder,
    Number(flags.workers),
  )

const cells = CELLS.filter(({ kind, population, rows }) => isWanted(`${kind} ${population} ${rows}`))
const isPart = (part: string): boolean => flags.part === undefined || flags.part === part

async function coverageTasks(): Promise<readonly Task[]> {
  const populations = [...new Set(cells.map(({ population }) => population))]
  const truths = await answer(populations.map((name) => ({ key: `truth ${name}`, part: 'truth', name, options })))
  return cells.map(({ kind, population, rows }) => ({
    key: `${kind} ${population} ${rows}`,
    part: 'coverage',
    name: `${kind} ${population} ${rows}`,
    options,
    truth: truths.find(({ task }) => task.key === `truth ${population}`)?.result as Truth,
  }))
}

const powerTasks = (): readonly Task[] =>
  Object.keys(POWER)
    .filter(isWanted)
    .map((name) => ({ key: `power ${name}`, part: 'power', name, options }))

/** The runs of the gates in eight parts, so that all workers have something to do. */
const EQUAL_PARTS = 8
function equalTasks(): readonly Task[] {
  const parts = Array.from({ length: EQUAL_PARTS }, (_, i): Task => {
    const runs = Math.floor(((i + 1) * options.runs) / EQUAL_PARTS) - Math.floor((i * options.runs) / EQUAL_PARTS)
    const own = { ...options, runs, seed: options.seed + 100_000 * i }
    return { key: `equal gates and slices, part ${i + 1}`, part: 'equal', name: 'gates and slices', options: own }
  })
  return [...parts, { key: 'equal uses', part: 'equal' as const, name: 'uses', options }].filter(({ key }) =>
    isWanted(key),
  )
}

const rowsOf = ({ name }: Task): number => Number(/\d+$/.exec(name)?.[0] ?? 0)

const tasks: readonly Task[] = [
  ...(isPart('equal') ? equalTasks() : []),
  ...(isPart('power') ? powerTasks() : []),
  ...(isPart('coverage') ? await coverageTasks() : []),
]
// The small cells first: their figures are the first to be seen.
const done = await answer(tasks.toSorted((a, b) => rowsOf(a) - rowsOf(b)))
const text = tables(
  tasks.flatMap(({ key }) => done.find(({ task }) => task.key === key) ?? []),
  options,
)
console.log(text)
if (flags.out !== undefined) {
  await mkdir(dirname(flags.out), { recursive: true })
  await writeFile(flags.out, text)
}
