import { readFile, writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import type { Cost } from './cost.ts'

export interface Result {
  /** What was checked; a result of the same name is replaced. */
  readonly what: string
  readonly own: Cost
  readonly peer: Cost | undefined
  readonly goal: string
  readonly met: boolean
  /** How busy the machine was, its own load included: beyond its cores, seconds say nothing and CPU seconds do. */
  readonly load: number
}

export const loadNow = (): number => loadavg()[0] as number

const FILE = join(import.meta.dirname, '../results/check.md')
const HEAD = `# What a check costs

Written by \`bench/check.ts --save\`; every shape replaces its own rows. Whole processes, medians: seconds, seconds of CPU
(user and system), peak memory. Beside them pandas + scipy doing the same tests of the same data
(\`bench/check.py\`). Ratios below 1 say that Refit takes less. Where the load exceeds the cores, seconds say little.

| Check | refit: s | CPU s | MB | pandas + scipy: s | CPU s | MB | ratio: s | CPU | MB | Goal | | Load |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- | ---: |
`

/** Writes results into \`bench/results/check.md\`; rows of other measurements stay. */
export async function saveResults(results: readonly Result[]): Promise<void> {
  const text = await readFile(FILE, 'utf8').catch(() => '')
  const rows = new Map<string, string>()
  for (const line of text.split('\n')) {
    const name = /^\| (.+?) +\|/.exec(line)?.[1]
    if (name !== undefined && name !== 'Check' && !name.startsWith('---')) rows.set(name, line)
  }
  for (const result of results) rows.set(result.what, row(result))
  const machine = `\nLast written ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model ?? ''}).\n`
  await writeFile(FILE, `${HEAD}${[...rows.values()].sort(byNumbers).join('\n')}\n${machine}`)
}

function row({ what, own, peer, goal, met, load }: Result): string {
  const costs = (cost: Cost | undefined): string[] =>
    cost ? [cost.seconds.toFixed(2), cost.cpu.toFixed(2), cost.megabytes.toFixed(0)] : ['', '', '']
  const ratio = (of: 'seconds' | 'cpu' | 'megabytes'): string => (peer ? (own[of] / peer[of]).toFixed(2) : '')
  const cells = [what, ...costs(own), ...costs(peer), ratio('seconds'), ratio('cpu'), ratio('megabytes')]
  return `| ${[...cells, goal, met ? 'met' : 'missed', load.toFixed(0)].join(' | ')} |`
}

/** CSV before Parquet before wide ones, then by how many rows. */
function byNumbers(a: string, b: string): number {
  const key = (line: string): string => {
    const name = line.split('|')[1] ?? ''
    const rows = Number((/[\d,]+/.exec(name)?.[0] ?? '0').replaceAll(',', ''))
    return `${name.includes('1,000 CSV') ? 2 : name.includes('CSV') ? 0 : 1} ${String(rows).padStart(12, '0')} ${name}`
  }
  return key(a) < key(b) ? -1 : 1
}
