import { expect, test } from 'vitest'
import { failed, type Run } from '../../../src/commands/run.ts'
import type { Disturb, Disturbance, InProcess } from '../../support/github-emulator/in-process.ts'
import { shown } from './repository.ts'

export interface Command {
  readonly name: string
  /** The repository before the event; called once. */
  readonly begin: () => InProcess | Promise<InProcess>
  /** The event, in full. `late` is how much later than the first time it happens again. */
  readonly run: (emulator: InProcess, late: number) => Promise<Run>
  /** Writes of an undisturbed run at least: what is never done cannot go wrong. */
  readonly writes: number
  /** Whether the command is refused, as it should be. */
  readonly refused?: boolean
}

const answered = (status: number, applied: boolean, headers?: Readonly<Record<string, string>>): Disturbance => {
  return { kind: 'answered', status, applied, ...(headers ? { headers } : {}) }
}
const RETRY_AFTER = { 'retry-after': '1' }
const KILLED: Disturbance = { kind: 'killed' }

interface Case {
  readonly what: string
  /** Whether the run gets over it by itself: it waits or tries again, and nobody notices. */
  readonly passes: boolean
  readonly at: Disturb
}

/** Faces of one kind take turns from write to write, so that every kind meets every write. */
const KINDS: readonly {
  readonly passes: boolean
  readonly lasts: boolean
  readonly faces: Readonly<Record<string, Disturbance>>
}[] = [
  { passes: false, lasts: true, faces: { killed: KILLED } },
  {
    passes: true,
    lasts: false,
    faces: { 'failed before': answered(500, false), 'dropped before': { kind: 'dropped', applied: false } },
  },
  {
    passes: true,
    lasts: false,
    faces: { 'failed after': answered(502, true), 'dropped after': { kind: 'dropped', applied: true } },
  },
  {
    passes: true,
    lasts: false,
    faces: {
      '403, wait a second': answered(403, false, RETRY_AFTER),
      '429, wait a second': answered(429, false, RETRY_AFTER),
      429: answered(429, false),
    },
  },
  {
    passes: false,
    lasts: true,
    faces: {
      'failing before': answered(500, false),
      'limited to the end': answered(429, false, RETRY_AFTER),
      '403 to the end': answered(403, false),
    },
  },
  {
    passes: false,
    lasts: true,
    faces: { 'failing after': answered(502, true), 'dropping after': { kind: 'dropped', applied: true } },
  },
  { passes: false, lasts: false, faces: { 403: answered(403, false) } },
]

function casesOf(writes: number): Case[] {
  return Array.from({ length: writes }, (_, i) => i + 1).flatMap((k) =>
    KINDS.map(({ passes, lasts, faces }): Case => {
      const names = Object.keys(faces)
      const face = names[k % names.length] as string
      const disturbance = faces[face]
      return {
        what: `${face}, write ${k}`,
        passes,
        at: (write) => (write === k || (lasts && write > k) ? disturbance : undefined),
      }
    }),
  )
}

/** How much later the same event happens again: less than any sentence tells. */
const LATER = 20_000

/** Disturbs every write of a command in every way, runs the same event again, and compares with a run that nothing disturbed. */
export async function walk(command: Command): Promise<readonly string[]> {
  const origin = await command.begin()
  const undisturbed = origin.clone()
  void undisturbed.disturb(() => undefined)
  const first = await command.run(undisturbed, 0)
  const { refused = false } = command
  expect(failed(first), messages(first)).toBe(refused)
  const writes = undisturbed.writes
  expect(writes, 'writes of an undisturbed run').toBeGreaterThanOrEqual(command.writes)
  const wanted = shown(undisturbed)

  const again = undisturbed.clone()
  await command.run(again, LATER)
  expect.soft(shown(again), 'twice, undisturbed').toEqual(wanted)

  const compare = (emulator: InProcess): string[] => {
    const difference = firstDifference(wanted, shown(emulator))
    return [...(difference === undefined ? [] : [difference]), ...emulator.violations].map((one) => `: ${one}`)
  }
  // A run that was killed and one that GitHub refused to the end leave the same repository behind: from there the same
  // event goes the same way.
  const reruns = new Map<string, Promise<string[]>>()
  const rerunOn = (emulator: InProcess): Promise<string[]> => {
    const rerun = async (): Promise<string[]> => {
      void emulator.disturb(() => undefined)
      const run = await command.run(emulator, LATER)
      return [...(failed(run) === refused ? [] : [`, again: ${messages(run)}`]), ...compare(emulator)]
    }
    const key = emulator.everything()
    const known = reruns.get(key) ?? rerun()
    reruns.set(key, known)
    return known
  }

  const problems: string[] = []
  const tryOne = async ({ what, passes, at }: Case): Promise<void> => {
    const emulator = origin.clone()
    const killed = emulator.disturb(at)
    const run = await Promise.race([command.run(emulator, 0).catch((error: Error) => error), killed])
    const place = `${what} (${emulator.lastDisturbed})`
    if (passes && (!run || run instanceof Error || failed(run) !== refused))
      problems.push(`${place}: ${run && messages(run)}`)
    const found = passes ? compare(emulator) : await rerunOn(emulator)
    problems.push(...found.map((problem) => `${place}${problem}`))
  }
  // Many at once: each waits for timers most of the time.
  const waiting = casesOf(writes)
  const worker = async (): Promise<void> => {
    for (let one = waiting.shift(); one; one = waiting.shift()) await tryOne(one)
  }
  await Promise.all(Array.from({ length: 32 }, worker))
  return problems.slice(0, 25)
}

export function walks(commands: readonly Command[]): void {
  test.each(commands.map((command) => [command.name, command] as const))(
    '%s',
    async (_name, command) => {
      expect(await walk(command)).toEqual([])
    },
    300_000,
  )
}

function messages(run: Run | Error): string {
  if (run instanceof Error) return run.message
  const errors = [...(run.errors ?? []), ...run.models.flatMap((model) => model.error ?? [])]
  return errors.map((error) => error.message).join('; ')
}

/** Where two repositories differ first, as a path and both values. */
function firstDifference(wanted: unknown, found: unknown, path = ''): string | undefined {
  if (Object.is(wanted, found)) return undefined
  if (typeof wanted !== 'object' || typeof found !== 'object' || wanted === null || found === null)
    return `${path}: ${clip(found, wanted)} instead of ${clip(wanted, found)}`
  const keys = new Set([...Object.keys(wanted), ...Object.keys(found)])
  for (const key of keys) {
    const inner = firstDifference(
      (wanted as Record<string, unknown>)[key],
      (found as Record<string, unknown>)[key],
      `${path}/${key}`,
    )
    if (inner !== undefined) return inner
  }
  return undefined
}

function clip(value: unknown, other: unknown): string {
  const [text, compared] = [JSON.stringify(value) ?? 'nothing', JSON.stringify(other) ?? 'nothing']
  let at = 0
  while (at < text.length && text[at] === compared[at]) at++
  return text.length < 200 ? text : `…${text.slice(Math.max(0, at - 60), at + 100)}…`
}
