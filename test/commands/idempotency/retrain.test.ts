import { join } from 'node:path'
import { describe } from 'vitest'
import { parseConfig } from '../../../src/config/load.ts'
import { CUSTOMER_CONFIG, customersCsv } from '../../support/customers.ts'
import { temporaryFolder, writeFiles } from '../../support/git.ts'
import { InProcess } from '../../support/github-emulator/in-process.ts'
import { walks, type Command } from './matrix.ts'
import { comment, PEOPLE, runEvent, type Event } from './rollout-world.ts'

const NOW = Date.UTC(2026, 2, 1)
const SETTINGS = `    rollout: {target: none}\n`
const ESTIMATED = `${SETTINGS}    triggers: {performance: {estimate: report}, drift: false, volume: false}\n`
const IMPOSSIBLE = `${SETTINGS}    gates: [{metric: auc, min: 0.9999}]\n`

/** Whatever is trained is trained once for all the runs of a world: the same data give the same candidate. */
function world(settings: string, months: number, { rows = 600, late = 0 } = {}) {
  const root = temporaryFolder('refit-retrain')
  const text = `${CUSTOMER_CONFIG}${settings}`
  const files = Array.from({ length: months }, (_, i) => [
    `data/2026-0${i + 1}.csv`,
    customersCsv({ seed: i + 1, rows, month: `2026-0${i + 1}` }),
  ])
  for (let i = 0; i < late; i++) {
    const month = `2026-0${months + i + 1}`
    const rowsOf = customersCsv({ seed: months + i + 1, rows, month })
    files.push([`data/${month}.csv`, rowsOf.replaceAll(/,(?:yes|no)$/gm, ',')])
  }
  writeFiles(root, Object.fromEntries(files) as Record<string, string>)
  const made = new Map<string, Promise<unknown>>()
  const remember = <T>(key: string, make: () => Promise<T>): Promise<T> => {
    if (!made.has(key)) made.set(key, make())
    return made.get(key) as Promise<T>
  }
  const config = parseConfig(text, '.github/refit.yml')
  let runs = 0
  return (emulator: InProcess, event: Event, late: number) =>
    runEvent(emulator, event, {
      clock: () => NOW + late,
      gatewayUrl: undefined,
      root,
      config,
      configText: text,
      remember,
      // Runs at the same time are on machines of their own.
      output: join(root, '.refit', String(++runs)),
    })
}
type RunIn = ReturnType<typeof world>

const empty = (): InProcess => InProcess.open({ 'README.md': 'x\n' }, PEOPLE)
const SCHEDULE: Event = { name: 'schedule' }

function command(
  name: string,
  writes: number,
  run: RunIn,
  event: string | Event | ((emulator: InProcess) => Event),
  begin = async (): Promise<InProcess> => empty(),
): Command {
  let happening: Event
  return {
    name,
    writes,
    async begin() {
      const emulator = await begin()
      happening =
        typeof event === 'string' ? comment(emulator, event) : typeof event === 'function' ? event(emulator) : event
      return emulator
    },
    run: (emulator, late) => run(emulator, happening, late),
  }
}

/** A repository in which an earlier run has proposed a candidate, or failed to. */
const after = (run: RunIn) => async (): Promise<InProcess> => {
  const emulator = empty()
  await run(emulator, SCHEDULE, -3_600_000)
  return emulator
}

/** A repository in which that candidate became the champion. */
const promoted = (run: RunIn) => async (): Promise<InProcess> => {
  const emulator = await after(run)()
  emulator.merge()
  return emulator
}

function ticked(emulator: InProcess): Event {
  const board = emulator.state.issues.find(({ title }) => title === 'Refit dashboard')
  if (!board) throw new Error('there is no dashboard')
  board.body = board.body.replace('- [ ] <!-- refit:retrain', '- [x] <!-- refit:retrain')
  return {
    name: 'issues',
    payload: {
      action: 'edited',
      issue: { number: board.number, body: board.body, user: board.user },
      sender: { login: 'ana', type: 'User' },
    },
  }
}

describe('a retraining completes what it began', () => {
  const one = world(SETTINGS, 1)
  const two = world(SETTINGS, 2)
  walks([
    command('/refit retrain proposes the first version', 14, one, '/refit retrain churn new tariff'),
    command('a scheduled run brings its pull request up to date', 8, two, SCHEDULE, after(one)),
    command('a ticked box', 8, two, ticked, after(one)),
    command('/refit retrain of a candidate that fails its gates', 6, world(IMPOSSIBLE, 1), '/refit retrain churn x'),
    command('a candidate that fails its gates after one that passed', 3, world(IMPOSSIBLE, 2), SCHEDULE, after(one)),
    command('a candidate that cannot be judged is a draft', 10, world(SETTINGS, 1, { rows: 60 }), SCHEDULE),
    command(
      'a draft becomes ready with the next candidate',
      10,
      one,
      SCHEDULE,
      after(world(SETTINGS, 1, { rows: 60 })),
    ),
    command('/refit check', 4, one, '/refit check churn'),
    command('an estimate without labels', 4, world(ESTIMATED, 1, { late: 1 }), SCHEDULE, promoted(one)),
  ])
})
