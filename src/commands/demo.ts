import { relative } from 'node:path'
import type { Log } from '../core/log.ts'
import { createBusiness } from './demo/business.ts'
import { createDemoClock } from './demo/demo-clock.ts'
import { createNarrator, type Out } from './demo/narrator.ts'
import { liveThrough } from './demo/month.ts'
import { createProduction } from './demo/production.ts'
import type { Story } from './demo/story.ts'
import { endOfStory, firstVersion, learnTheLesson } from './demo/chapters.ts'
import { createWorkspace } from './demo/workspace.ts'

/** The first month of the business; fixed, so that the demo is the same whenever it is run. */
const START = Date.UTC(2026, 0, 1)
/** Months of history when Refit is introduced: the labels of two of them are known. */
const HISTORY = 3
const LAST_MONTH = 10

export interface DemoOptions {
  /** Must be empty or not exist yet. */
  readonly folder: string
  readonly seed: number
  readonly log: Log
  /** Where the story is told. Default: stdout. */
  readonly out?: Out | undefined
}

/** Lives through the months of a simulated business with the product's own commands. */
export async function runDemo({ folder, seed, log, out = process.stdout }: DemoOptions): Promise<void> {
  const started = performance.now()
  const clock = createDemoClock(START)
  await createWorkspace(folder, clock.now())
  // One month more than is lived through: somebody has to call the service after the last export.
  const business = createBusiness({ seed, start: START, months: LAST_MONTH + 1 })
  const told = quiet(log)
  const narrator = createNarrator(out)
  const production = createProduction({ folder, business, clock, log: told })
  const story: Story = { folder, business, clock, out, narrator, log: told, production, pages: [], endings: [] }
  try {
    await firstVersion(story, HISTORY)
    for (let month = HISTORY + 1; month <= LAST_MONTH; month++) await liveThrough(story, month)
    await learnTheLesson(story)
    const seconds = (performance.now() - started) / 1000
    endOfStory(story, { folder: asTyped(folder), refit: programAsTyped(process.argv[1]), seconds })
  } finally {
    await production.stop()
  }
}

/** The narrator says what commands come to; of their own words only what needs attention and progress is shown. */
function quiet(log: Log): Log {
  return { ...log, info: log.debug, group: (_title, body) => body() }
}

/** The folder as one would type it here. */
function asTyped(folder: string): string {
  const near = relative(process.cwd(), folder)
  return near === '' ? '.' : near.startsWith('..') ? folder : near
}

function programAsTyped(script: string | undefined): string {
  return script !== undefined && /\.[cm]?[jt]s$/.test(script) ? `node ${asTyped(script)}` : 'refit'
}
