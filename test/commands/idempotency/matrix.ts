import { expect, test } from 'vitest'
import { failed, type Run } from '../../../src/commands/run.ts'
import type { Disturbance, InProcess } from '../../support/github-emulator/in-process.ts'
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

const RETRY_AFTER = { 'retry-after': '1' }

/** What passes by itself: the run waits or tries again, and nobody notices. */
const PASSING: Readonly<Record<string, Disturbance>> = {
  '500 before it happened': { kind: 'answered', status: 500, applied: false },
  '502 after it happened': { kind: 'answered', status: 502, applied: true },
  'the connection lost before it happened': { kind: 'dropped', applied: false },
  'the connection lost after it happened': { kind: 'dropped', applied: true },
  '403 with Retry-After': { kind: 'answered', status: 403, applied: false, headers: RETRY_AFTER },
  '429 with Retry-After': { kind: 'answered', status: 429, applied: false, headers: RETRY_AFTER },
  '429 without a word': { kind: 'answered', status: 429, applied: false },
}

/** What one run cannot get over, at one write or at all that follow. */
const LASTING: Readonly<Record<string, Disturbance>> = {
  '500 before it happened': { kind: 'answered', status: 500, applied: false },
  '502 after it happened': { kind: 'answered', status: 502, applied: true },
  'the connection lost after it happened': { kind: 'dropped', applied: true },
  '403 without a word': { kind: 'answered', status: 403, applied: false },
  '429 with Retry-After': { kind: 'answered', status: 429, applied: false, headers: RETRY_AFTER },
}
const ONCE_ONLY = new Set(['403 without a word'])

const MINUTES = 7 * 60_000

/** Disturbs every write of a command in every way, runs the same event again, and compares with a run that nothing disturbed. */
export async function walk(command: Command): Promise<void> {
  const origin = await command.begin()
  const undisturbed = origin.clone()
  void undisturbed.disturb(() => undefined)
  const first = await command.run(undisturbed, 0)
  expect(failed(first), messages(first)).toBe(command.refused ?? false)
  const writes = undisturbed.writes
  expect(writes, 'writes of an undisturbed run').toBeGreaterThanOrEqual(command.writes)
  const wanted = shown(undisturbed)

  const again = undisturbed.clone()
  await command.run(again, MINUTES)
  expect.soft(shown(again), 'twice, undisturbed').toEqual(wanted)

  const cases: {
    readonly what: string
    readonly passes: boolean
    readonly at: (write: number) => Disturbance | undefined
  }[] = []
  for (let k = 1; k <= writes; k++) {
    cases.push({
      what: `killed before write ${k}`,
      passes: false,
      at: (write) => (write >= k ? { kind: 'killed' } : undefined),
    })
    for (const [what, disturbance] of Object.entries(PASSING))
      cases.push({ what: `${what}, write ${k}`, passes: true, at: (write) => (write === k ? disturbance : undefined) })
    for (const [what, disturbance] of Object.entries(LASTING)) {
      cases.push({
        what: `${what}, from write ${k} on`,
        passes: false,
        at: (write) => (write >= k ? disturbance : undefined),
      })
      if (ONCE_ONLY.has(what))
        cases.push({
          what: `${what}, write ${k}`,
          passes: false,
          at: (write) => (write === k ? disturbance : undefined),
        })
    }
  }
  cases.push({
    what: `killed after write ${writes}`,
    passes: false,
    at: (write) => (write > writes ? { kind: 'killed' } : undefined),
  })

  const problems: string[] = []
  const tryOne = async ({ what, passes, at }: (typeof cases)[number]): Promise<void> => {
    const emulator = origin.clone()
    const killed = emulator.disturb(at)
    const disturbed = await Promise.race([command.run(emulator, 0).catch((error: unknown) => error), killed])
    const write = said(emulator)
    if (passes && failed(disturbed as Run) !== (command.refused ?? false))
      problems.push(`${what}: the run itself failed: ${messages(disturbed as Run)}`)
    void emulator.disturb(() => undefined)
    const rerun = await command.run(emulator, MINUTES)
    if (failed(rerun) !== (command.refused ?? false)) problems.push(`${what} (${write}): again: ${messages(rerun)}`)
    const difference = firstDifference(wanted, shown(emulator))
    if (difference !== undefined) problems.push(`${what} (${write}): ${difference}`)
    if (emulator.violations.length > 0) problems.push(`${what}: ${emulator.violations.join('; ')}`)
  }
  // A few at once: each waits for timers now and then.
  const waiting = [...cases]
  const worker = async (): Promise<void> => {
    for (let one = waiting.shift(); one; one = waiting.shift()) await tryOne(one)
  }
  await Promise.all(Array.from({ length: 8 }, worker))
  expect(problems.slice(0, 25)).toEqual([])
}

export function walks(commands: readonly Command[]): void {
  test.each(commands.map((command) => [command.name, command] as const))(
    '%s',
    async (_name, command) => walk(command),
    120_000,
  )
}

const said = (emulator: InProcess): string => emulator.lastDisturbed

const messages = (run: Run): string =>
  run instanceof Error
    ? String(run.stack)
    : [...(run.errors ?? []), ...run.models.flatMap((model) => model.error ?? [])]
        .map((error) => error.message)
        .join('; ')

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
