import { expect, test } from 'vitest'
import type { Project } from '../../src/commands/project.ts'
import { followOnPullRequest } from '../../src/commands/rollout-comment.ts'
import { RefitError } from '../../src/core/error.ts'
import { prettyJson } from '../../src/core/json.ts'
import { silentLog } from '../../src/core/log.ts'
import { openLocalForge } from '../../src/forge/local/local-forge.ts'
import type { TickResult } from '../../src/rollout/tick.ts'
import { healthy, wants, World } from '../rollout/world.ts'
import { sampleManifest } from '../support/manifest.ts'
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
    await forge.commit({
      branch: head,
      expected: undefined,
      base: base as string,
      message: 'v2',
      files,
    })
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

test.each([
  ['permission', 'warn', 'no rollout comment: the token may not. Add it'],
  ['forge', 'debug', 'no rollout comment: the token may not'],
] as const)('a missing permission is told aloud, and another failure is not: %s', async (code, level, sentence) => {
  const world = World.promoted()
  world.desired = wants(2)
  const { state } = world.until('canary')
  const forge = {
    pullRequests: () => Promise.reject(new RefitError(code, 'the token may not', { hint: 'Add it' })),
  }
  const said: string[] = []
  const log = { ...silentLog, [level]: (text: string) => said.push(text) }
  const project = { forge, log, clock: () => world.now } as unknown as Project
  await followOnPullRequest(project, { model: 'churn', state, changed: true } as TickResult)
  expect(said).toEqual([sentence])
})

test('the pull request that brought another version hears nothing of this rollout', async () => {
  const world = World.promoted()
  world.desired = wants(2)
  const { state } = world.until('canary')
  const manifest = (n: number) =>
    prettyJson(
      sampleManifest({ version: n, previous: n > 1 ? { version: n - 1, digest: `sha256:${'0'.repeat(64)}` } : null }),
    )
  const told = async (n: number): Promise<readonly number[]> => {
    const numbers: number[] = []
    const forge = {
      pullRequests: () => Promise.resolve([{ number: 9, merged: true, mergeCommit: 'c' }]),
      readFile: () => Promise.resolve(new TextEncoder().encode(manifest(n))),
      upsertComment: (number: number) => Promise.resolve(void numbers.push(number)),
    }
    const project = { forge, log: silentLog, clock: () => world.now } as unknown as Project
    await followOnPullRequest(project, { model: 'churn', state, changed: true } as TickResult)
    return numbers
  }
  expect(await told(2)).toEqual([9])
  expect(await told(3)).toEqual([])
})
