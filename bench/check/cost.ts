import { spawnSync } from 'node:child_process'

export interface Cost {
  /** Median of the whole process, from start to end. */
  readonly seconds: number
  readonly fastest: number
  /** Median of user and system time. */
  readonly cpu: number
  /** Median of the peaks. */
  readonly megabytes: number
}

type Own = Pick<Cost, 'cpu' | 'megabytes'>

/** Runs a program as often as asked. `read` finds in its output what it says of its own CPU time and peak memory. */
export function measure(
  program: string,
  args: readonly string[],
  { cwd, runs, read }: { cwd: string; runs: number; read(run: { stdout: string; stderr: string }): Own },
): Cost {
  const seen = Array.from({ length: runs }, () => {
    const start = performance.now()
    const run = spawnSync(program, args, { cwd, encoding: 'utf8', maxBuffer: 1e8 })
    if (run.status !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${run.stdout}${run.stderr}`)
    return { seconds: (performance.now() - start) / 1000, ...read(run) }
  })
  const sorted = (key: 'seconds' | 'cpu' | 'megabytes'): number[] =>
    seen.map((run) => run[key]).toSorted((a, b) => a - b)
  const median = (key: 'seconds' | 'cpu' | 'megabytes'): number => sorted(key)[runs >> 1] as number
  return {
    seconds: median('seconds'),
    fastest: sorted('seconds')[0] as number,
    cpu: median('cpu'),
    megabytes: median('megabytes'),
  }
}

/** A Node process that reports its own CPU time and peak on its way out. */
export function measureNode(args: readonly string[], cwd: string, runs: number): Cost {
  const hook = `process.on('exit', () => { const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage(); process.stderr.write('\\ncost ' + (userCPUTime + systemCPUTime) / 1e6 + ' ' + maxRSS / 1000) })`
  return measure(process.execPath, ['--import', `data:text/javascript,${hook}`, ...args], {
    cwd,
    runs,
    read(run) {
      const [, cpu, megabytes] = /\ncost (\S+) (\S+)$/.exec(run.stderr) ?? []
      return { cpu: Number(cpu), megabytes: Number(megabytes) }
    },
  })
}

/** A Python script whose last line of output is `<seconds> <megabytes> <result> <seconds of CPU>`. */
export const measurePython = (python: string, args: readonly string[], cwd: string, runs: number): Cost =>
  measure(python, args, {
    cwd,
    runs,
    read(run) {
      const [, megabytes, , cpu] = run.stdout.trim().split(' ')
      return { cpu: Number(cpu), megabytes: Number(megabytes) }
    },
  })

export function print(name: string, { seconds, fastest, cpu, megabytes }: Cost): void {
  console.log(
    `${name.padEnd(16)} ${seconds.toFixed(2)} s (fastest ${fastest.toFixed(2)} s), ${cpu.toFixed(2)} s of CPU, ${megabytes.toFixed(0)} MB`,
  )
}
