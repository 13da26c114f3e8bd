import { expect, test } from 'vitest'
import type { Project } from '../../src/commands/project.ts'
import { followOnPullRequest } from '../../src/commands/rollout-comment.ts'
import { silentLog } from '../../src/core/log.ts'
import { openLocalForge } from '../../src/forge/local/local-forge.ts'
import type { TickResult } from '../../src/rollout/tick.ts'
import { healthy, wants, World } from '../rollout/world.ts'
import { makeRepository } from '../support/git.ts'

test.each(['null', '7', '{', '{"version": 2}', '\u0000'])(
  'a damaged manifest in the merge of a version costs the comment there, and nothing else: %j',
  async (text) => {
    const world = World.promoted()
    world.desired = wants(2)
    world.candidate = healthy
    const { state } = world.until('canary')
    const clock = (): number => world.now
    const forge = await openLocalForge(makeRepository(), { clock, log: silentLog })
    const head = 'refit/retrain/churn'
    const base = await forge.head('main')
    const files = new Map([['models/churn/manifest.json', text]])
    await forge.commit({ branch: head, expected: undefined, base: base as string, message: 'v2', files })
    const draft = { head, base: 'main', title: 'v2', body: '', draft: false, labels: [] }
    await forge.merge((await forge.upsertPullRequest(draft)).pullRequest.number)
    const said: string[] = []
    const log = { ...silentLog, debug: (sentence: string) => said.push(sentence) }
    await followOnPullRequest(
      { forge, log, clock } as unknown as Project,
      { model: 'churn', state, changed: true } as TickResult,
    )
    expect(said).toEqual([expect.stringMatching(/^no rollout comment: /)])
  },
)
