import { spawn } from 'node:child_process'

export interface Cost {
  readonly seconds: number
  readonly megabytes: number
}

/** One run of a command as a whole process: wall time, and peak memory as the kernel accounts it. */
export function measure(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Cost> {
  return new Promise((done, fail) => {
    const started = performance.now()
    // /usr/bin/time reads the peak from the kernel; without it memory is not known.
    const child = spawn('/usr/bin/time', ['-f', '%M', command, ...args], {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.once('error', fail)
    child.once('close', (code) => {
      if (code !== 0) fail(new Error(`${command} ${args.join(' ')} ended with ${code}\n${stderr}`))
      else
        done({
          seconds: (performance.now() - started) / 1000,
          megabytes: Number(stderr.trim().split('\n').at(-1)) / 1024,
        })
    })
  })
}

/** Median of several runs after a warm-up, taking turns so that a machine that drifts is fair to all. */
export async function compare(
  commands: Readonly<Record<string, () => Promise<Cost>>>,
  runs: number,
): Promise<Readonly<Record<string, Cost>>> {
  const seen: Record<string, Cost[]> = {}
  for (let run = -1; run < runs; run++) {
    for (const [name, body] of Object.entries(commands)) {
      const cost = await body()
      if (run >= 0) (seen[name] ??= []).push(cost)
    }
  }
  const middle = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number
  return Object.fromEntries(
    Object.entries(seen).map(([name, costs]) => [
      name,
      {
        seconds: middle(costs.map((cost) => cost.seconds)),
        megabytes: Math.max(...costs.map((cost) => cost.megabytes)),
      },
    ]),
  )
}

export function print(costs: Readonly<Record<string, Cost>>): void {
  for (const [name, { seconds, megabytes }] of Object.entries(costs))
    console.log(`${name.padEnd(44)} ${seconds.toFixed(3)} s  ${megabytes.toFixed(0)} MB`)
}
