import { afterEach, beforeEach, describe } from 'vitest'
import type { Forge } from '../../../src/forge/forge.ts'
import { describeCommitting } from './committing.ts'
import { describeNotes } from './notes.ts'
import { describePeople } from './people.ts'
import { describePullRequests } from './pull-requests.ts'
import { describeReading } from './reading.ts'
import { createStage, type Bench } from './stage.ts'

/** Everything that any forge has to do, whatever stands behind it. */
export function describeForge(name: string, open: () => Promise<Bench>): void {
  describe(`a forge: ${name}`, () => {
    let bench: Bench
    let forge: Forge
    let main: string
    beforeEach(async () => {
      bench = await open()
      forge = bench.forge
      main = (await forge.head('main')) as string
    })
    afterEach(() => bench.close())
    const stage = createStage(() => ({ bench, forge, main }))
    describeReading(stage)
    describeCommitting(stage)
    describePullRequests(stage)
    describePeople(stage)
    describeNotes(stage)
  })
}
