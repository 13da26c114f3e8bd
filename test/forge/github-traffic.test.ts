import { describe, expect, test } from 'vitest'
import type { Emulator } from '../support/github-emulator/emulator.ts'
import { forgeOf } from '../commands/idempotency/rollout-world.ts'
import { InProcess } from '../support/github-emulator/in-process.ts'
import { failure } from './contract/stage.ts'
import { DRAFT, HEAD, world } from './github-world.ts'

describe.concurrent('what is sent', () => {
  const weights = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7) % 256)
  const uploads = (emulator: Emulator): number =>
    emulator.requests.filter((one) => one.path.endsWith('/git/blobs') && one.method === 'POST').length

  test('content that GitHub has already is not sent again', async () => {
    const { forge, emulator, main } = await world({ files: { 'weights.bin': weights } })
    const request = { branch: HEAD, expected: undefined, base: main, message: 'm' }
    const moved = await forge.commit({
      ...request,
      files: new Map<string, string | Uint8Array>([
        ['weights.bin', weights],
        ['a.txt', 'a'],
      ]),
    })
    expect(uploads(emulator)).toBe(0)
    const other = Uint8Array.from(weights, (byte) => byte ^ 255)
    const first = await forge.commit({
      branch: HEAD,
      expected: moved.oid,
      message: 'm',
      files: new Map([['new.bin', other]]),
    })
    expect(uploads(emulator)).toBe(1)
    await forge.commit({
      branch: HEAD,
      expected: first.oid,
      base: main,
      message: 'm',
      files: new Map<string, string | Uint8Array>([
        ['new.bin', other],
        ['b.txt', 'b'],
      ]),
    })
    expect(uploads(emulator)).toBe(1)
  })

  test('small text travels in the tree, binary and large files as blobs', async () => {
    const { forge, emulator, main } = await world()
    const files = new Map<string, string | Uint8Array>([
      ['manifest.json', '{}'],
      ['small.bin', Uint8Array.from([255, 0])],
      ['large.txt', 'x'.repeat(300_000)],
    ])
    await forge.commit({ branch: HEAD, expected: undefined, base: main, message: 'm', files })
    expect(uploads(emulator)).toBe(2)
    expect(emulator.file(HEAD, 'large.txt')).toHaveLength(300_000)
  })

  test('a file over 40 MiB is refused before anything is sent', async () => {
    const { forge, emulator, main } = await world()
    const files = new Map([['weights.bin', new Uint8Array(40 * 1024 * 1024 + 1)]])
    const error = await failure(forge.commit({ branch: HEAD, expected: undefined, base: main, message: 'm', files }))
    expect(error.message).toBe('weights.bin has 40 MiB; GitHub takes files up to 40 MiB through its API')
    expect(emulator.writes()).toEqual([])
  })

  test('a second run with nothing new writes nothing at all', async () => {
    const { forge, emulator, main } = await world()
    const run = async (): Promise<void> => {
      const expected = await forge.head(HEAD)
      const files = new Map([['models/churn/manifest.json', '{"version": 2}\n']])
      if (expected === undefined) await forge.commit({ branch: HEAD, expected, base: main, message: 'm', files })
      else await forge.commit({ branch: HEAD, expected, message: 'm', files })
      const { pullRequest } = await forge.upsertPullRequest({ ...DRAFT, labels: ['refit'] })
      await forge.upsertComment(pullRequest.number, '<!-- m -->', 'text')
      await forge.upsertIssue({ marker: '<!-- m -->', title: 't', body: 'b', state: 'open' })
      await forge.checkRun({ name: 'n', headOid: main, conclusion: 'success', title: 't', summary: 's' })
      const deployment = {
        ref: main,
        environment: 'production',
        description: '',
        production: true,
        payload: { a: 'b' },
      }
      const { id } = await forge.createDeployment(deployment)
      await forge.deploymentStatus(id, { state: 'success', description: 'done' })
    }
    await run()
    const before = emulator.writes().length
    expect(before).toBeGreaterThan(5)
    await run()
    expect(emulator.writes().slice(before)).toEqual([])
  })

  test('a file at a commit is asked for once', async () => {
    const { forge, emulator, main } = await world()
    await forge.readFile(main, 'README.md')
    await forge.readFile(main, 'README.md')
    expect(emulator.requests).toHaveLength(1)
  })
})

describe.concurrent('a repository with more than fits on a page', () => {
  test('finds its comment behind a hundred others', async () => {
    const { forge, emulator, propose } = await world()
    await propose()
    const { number } = (await forge.upsertPullRequest(DRAFT)).pullRequest
    for (let i = 0; i < 130; i++) emulator.addComment(number, 'ana', `Comment ${i}`)
    await forge.upsertComment(number, '<!-- m -->', 'one')
    for (let i = 0; i < 130; i++) emulator.addComment(number, 'ana', `Comment ${i}`)
    await forge.upsertComment(number, '<!-- m -->', 'two')
    expect(emulator.state.comments.filter((one) => one.body.includes('<!-- m -->')).map((one) => one.body)).toEqual([
      '<!-- m -->\ntwo',
    ])
  })

  test('finds its issue and its pull request behind hundreds', async () => {
    const { forge, emulator, propose } = await world()
    await forge.upsertIssue({ marker: '<!-- m -->', title: 'Dashboard', body: 'one', state: 'open' })
    await propose()
    await forge.upsertPullRequest(DRAFT)
    for (let i = 0; i < 250; i++) emulator.addIssue('github-actions[bot]', `Other ${i}`, 'x')
    for (let i = 0; i < 250; i++) emulator.addForkPull('mallory', `branch-${i}`)
    await forge.upsertIssue({ marker: '<!-- m -->', title: 'Dashboard', body: 'two', state: 'open' })
    expect(emulator.state.issues.filter((one) => one.title === 'Dashboard')).toHaveLength(1)
    expect((await forge.pullRequests({ state: 'open', headPrefix: 'refit/' })).map((one) => one.number)).toEqual([2])
  })

  test('lists trees that GitHub cuts, folder by folder', async () => {
    const files = Object.fromEntries(['a/b/1', 'a/b/2', 'a/c/3', 'd/4', 'e'].map((path) => [path, path]))
    const { forge, emulator, main } = await world({ files, treeLimit: 2 })
    expect(await forge.listFiles('main', 'a')).toEqual(['a/b/1', 'a/b/2', 'a/c/3'])
    expect(await forge.listFiles('main', '')).toEqual(['a/b/1', 'a/b/2', 'a/c/3', 'd/4', 'e'])
    expect(await forge.listFiles('main', 'nothing')).toEqual([])
    const request = { branch: HEAD, expected: undefined, base: main, message: 'm' }
    expect((await forge.commit({ ...request, files: new Map([['a/b/1', 'a/b/1']]) })).changed).toBe(false)
    await forge.commit({ ...request, files: new Map([['a/b/1', 'new']]) })
    expect(emulator.file(HEAD, 'a/b/1')).toBe('new')
    expect(emulator.file(HEAD, 'd/4')).toBe('d/4')
  })
})

test.each([
  [299, 299],
  [300, undefined],
])('a comparison of %i files, of which GitHub lists no more than 300, names %s', async (changed, named) => {
  const emulator = InProcess.open({ 'README.md': '# Models\n' }, {})
  const forge = forgeOf(emulator)
  const main = emulator.git.head('main') as string
  const files = new Map(Array.from({ length: changed }, (_, i) => [`f/${i}`, `${i}\n`]))
  const { oid } = await forge.commit({ branch: HEAD, expected: undefined, base: main, message: 'Many', files })
  expect((await forge.compare(main, oid)).files?.length).toBe(named)
})

describe.concurrent('what others wrote', () => {
  test('a comment or an issue with our marker by somebody else is not ours', async () => {
    const { forge, emulator, propose } = await world()
    await propose()
    const { number } = (await forge.upsertPullRequest(DRAFT)).pullRequest
    emulator.addComment(number, 'mallory', '<!-- m --> trust me')
    emulator.addComment(number, 'github-actions', '<!-- m --> trust me, too')
    emulator.addIssue('mallory', 'Dashboard', '<!-- m -->')
    await forge.upsertComment(number, '<!-- m -->', 'ours')
    await forge.upsertComment(number, '<!-- m -->', 'ours, newer')
    await forge.upsertIssue({ marker: '<!-- m -->', title: 'Dashboard', body: 'ours', state: 'open' })
    expect(emulator.state.comments.map((one) => one.body)).toEqual([
      '<!-- m --> trust me',
      '<!-- m --> trust me, too',
      '<!-- m -->\nours, newer',
    ])
    expect(emulator.state.issues).toHaveLength(2)
  })

  test('a branch of the same name in a fork is not ours', async () => {
    const { forge, emulator, propose } = await world()
    const fork = emulator.addForkPull('mallory', HEAD)
    expect(await forge.openPullRequest(HEAD)).toBeUndefined()
    expect(await forge.pullRequests({ state: 'all' })).toEqual([])
    await propose()
    const { pullRequest, outcome } = await forge.upsertPullRequest(DRAFT)
    expect(outcome).toBe('created')
    expect(pullRequest.number).not.toBe(fork.number)
  })

  test('what a person may do is asked of GitHub; strangers may do nothing', async () => {
    const { forge } = await world({ collaborators: { ana: 'admin', ben: 'write', cara: 'read' } })
    const found = await Promise.all(['ana', 'ben', 'cara', 'mallory'].map((user) => forge.permission(user)))
    expect(found).toEqual(['admin', 'write', 'read', 'none'])
  })
})
