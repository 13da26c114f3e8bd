import { afterAll, describe, expect, test } from 'vitest'
import type { Log } from '../../src/core/log.ts'
import { silentLog } from '../../src/core/log.ts'
import type { Forge, PullRequestDraft } from '../../src/forge/forge.ts'
import { createGitHubForge } from '../../src/forge/github/github-forge.ts'
import { startEmulator, type Emulator, type EmulatorOptions } from '../support/github-emulator/emulator.ts'
import { failure } from './contract.ts'

const HEAD = 'refit/retrain/churn'
const DRAFT: PullRequestDraft = {
  head: HEAD,
  base: 'main',
  title: 'Retrain churn',
  body: 'Better',
  draft: false,
  labels: [],
}

const open: Emulator[] = []
// At the end, since the tests wait for timers most of the time and so run side by side.
afterAll(async () => {
  for (const emulator of open.splice(0)) await emulator.close()
})

interface World {
  readonly emulator: Emulator
  readonly forge: Forge
  readonly main: string
  readonly said: string[]
  /** Commits one file to the retrain branch. */
  propose(content?: string): Promise<string>
}

async function world(options: EmulatorOptions = {}): Promise<World> {
  const emulator = await startEmulator(options)
  open.push(emulator)
  const said: string[] = []
  const log: Log = {
    ...silentLog,
    info: (text) => said.push(text),
    warn: (text) => said.push(text),
    debug: (text) => said.push(text),
  }
  const { token, url: apiUrl, repository } = emulator
  const forge = createGitHubForge({ token, apiUrl, repository, log, secondMs: 1 })
  const main = emulator.branch('main') as string
  const propose = async (content = '{"version": 2}\n'): Promise<string> => {
    const files = new Map([['models/churn/manifest.json', content]])
    return (await forge.commit({ branch: HEAD, expected: undefined, base: main, message: 'Retrain', files })).oid
  }
  return { emulator, forge, main, said, propose }
}

describe.concurrent('a permission that is missing is named, with the lines that grant it', () => {
  test('contents', async () => {
    const { propose, emulator } = await world({ permissions: { contents: 'read' } })
    const error = await failure(propose())
    expect(error.code).toBe('permission')
    expect(error.message).toBe('the token may not write the files of a commit: it lacks contents: write')
    expect(error.hint).toBe('Add to the job in the workflow:\n    permissions:\n      contents: write')
    expect(emulator.branch(HEAD)).toBeUndefined()
  })

  test('pull requests, issues, checks, deployments', async () => {
    const none = { pull_requests: 'none', issues: 'none', checks: 'none', deployments: 'none' } as const
    const { forge, main, propose } = await world({ permissions: none })
    await propose()
    const deployment = { ref: main, environment: 'production', description: '', production: true, payload: {} }
    const hints = [
      (await failure(forge.upsertPullRequest(DRAFT))).hint,
      (await failure(forge.upsertIssue({ marker: '<!-- m -->', title: 't', body: 'b', state: 'open' }))).hint,
      (await failure(forge.checkRun({ name: 'n', headOid: main, conclusion: 'success', title: 't', summary: 's' })))
        .hint,
      (await failure(forge.createDeployment(deployment))).hint,
    ]
    const lines = ['pull-requests: write', 'issues: write', 'checks: write', 'deployments: write']
    for (const [i, line] of lines.entries()) expect(hints[i]).toContain(`permissions:\n      ${line}`)
  })

  test('a repository that lets no workflow open pull requests: the setting, and a link to do it by hand', async () => {
    const { forge, propose, emulator } = await world({ allowPullRequests: false })
    await propose()
    const error = await failure(forge.upsertPullRequest(DRAFT))
    expect(error.code).toBe('permission')
    expect(error.hint).toContain('Allow GitHub Actions to create and approve pull requests')
    expect(error.hint).toContain(`${emulator.url}/acme/models/compare/main...refit/retrain/churn?expand=1`)
  })

  test('a token that GitHub does not know', async () => {
    const { emulator } = await world()
    const { url: apiUrl, repository } = emulator
    const forge = createGitHubForge({
      token: 'ghp_wrongwrongwrongwrongwrong',
      apiUrl,
      repository,
      log: silentLog,
      secondMs: 1,
    })
    const error = await failure(forge.defaultBranch())
    expect(error).toMatchObject({ code: 'permission', hint: expect.stringContaining('github.token') })
  })

  test('labels are worth a warning, never a failure', async () => {
    const { forge, propose, said } = await world({ permissions: { issues: 'none' } })
    await propose()
    const { outcome } = await forge.upsertPullRequest({ ...DRAFT, labels: ['refit'] })
    expect(outcome).toBe('created')
    expect(said.join('\n')).toMatch(/could not be labelled refit.*issues: write/)
  })
})

test('no token, and nothing like one, is ever said', async () => {
  const { forge, emulator, said, propose } = await world()
  const leak = { message: `Bad request by ${emulator.token} and ghp_${'a'.repeat(36)}` }
  emulator.fail({ method: 'POST', path: /\/pulls$/, status: 422, body: leak })
  await propose()
  const error = await failure(forge.upsertPullRequest(DRAFT))
  expect(error.message).toContain('Bad request by *** and ***')
  const all = [error.message, error.hint, ...said].join('\n')
  expect(all).not.toContain(emulator.token)
  expect(all).not.toContain('ghp_aaaa')
  expect(JSON.stringify(error.cause)).not.toContain(emulator.token)
})

describe.concurrent('when GitHub fails', () => {
  test('a read is made again', async () => {
    const { forge, emulator, main } = await world()
    emulator.fail({ path: /git\/ref/, status: 502, times: 3 })
    expect(await forge.head('main')).toBe(main)
    expect(emulator.requests.map((one) => one.status)).toEqual([502, 502, 502, 200])
  })

  test('and goes on failing, one sentence says so', async () => {
    const { forge, emulator } = await world()
    emulator.fail({ path: /git\/ref/, status: 500, times: 99 })
    const error = await failure(forge.head('main'))
    expect(error.code).toBe('forge')
    expect(error.message).toBe('GitHub answered 500 again and again, so Refit could not read branch main')
    expect(error.hint).toMatch(/githubstatus/)
  })

  test.each([
    ['a claim', /git\/refs$/],
    ['the tree', /git\/trees$/],
    ['the commit', /git\/commits$/],
  ])('500 after %s had been written: the commit is made, once', async (_name, path) => {
    const { emulator, propose } = await world()
    emulator.fail({ method: 'POST', path, status: 500, after: 'write' })
    const oid = await propose()
    expect(emulator.branch(HEAD)).toBe(oid)
  })

  test.each([undefined, 'write'] as const)('500 in moving a branch forward (after: %s)', async (after) => {
    const { forge, emulator, propose } = await world()
    const first = await propose()
    emulator.fail({ method: 'PATCH', path: /git\/refs/, status: 500, times: 2, ...(after ? { after } : {}) })
    const { oid } = await forge.commit({ branch: HEAD, expected: first, message: 'Next', files: new Map([['a', '1']]) })
    expect(emulator.branch(HEAD)).toBe(oid)
  })

  test.each([undefined, 'write'] as const)('500 in rebuilding and in deleting a branch (after: %s)', async (after) => {
    const { forge, emulator, main, propose } = await world()
    const first = await propose()
    const fault = { path: /graphql/, status: 500, ...(after ? { after } : {}) }
    emulator.fail(fault)
    const files = new Map([['models/churn/manifest.json', '{"version": 3}\n']])
    const { oid } = await forge.commit({ branch: HEAD, expected: first, base: main, message: 'Again', files })
    expect(emulator.branch(HEAD)).toBe(oid)
    emulator.fail(fault)
    await forge.deleteBranch(HEAD, oid)
    expect(emulator.branch(HEAD)).toBeUndefined()
  })

  test.each([undefined, 'write'] as const)('nothing is there twice (after: %s)', async (after) => {
    const { forge, emulator, main, propose } = await world()
    await propose()
    for (const path of [/\/pulls$/, /\/comments$/, /\/issues$/, /\/check-runs$/, /\/deployments$/]) {
      emulator.fail({ method: 'POST', path, status: 503, ...(after ? { after } : {}) })
    }
    const { pullRequest, outcome } = await forge.upsertPullRequest(DRAFT)
    expect(outcome).toBe('created')
    await forge.upsertComment(pullRequest.number, '<!-- m -->', 'text')
    await forge.upsertIssue({ marker: '<!-- m -->', title: 't', body: 'b', state: 'open' })
    await forge.checkRun({ name: 'n', headOid: main, conclusion: 'success', title: 't', summary: 's' })
    await forge.createDeployment({
      ref: main,
      environment: 'production',
      description: '',
      production: true,
      payload: { a: 'b' },
    })
    const { pulls, comments, issues, checks, deployments } = emulator.state
    expect([pulls, comments, issues, checks, deployments].map((list) => list.length)).toEqual([1, 1, 1, 1, 1])
  })

  test('a connection that cannot be made', async () => {
    const { emulator } = await world()
    await emulator.close()
    open.splice(open.indexOf(emulator), 1)
    const { token, url: apiUrl, repository } = emulator
    const forge = createGitHubForge({ token, apiUrl, repository, log: silentLog, secondMs: 1 })
    const error = await failure(forge.head('main'))
    expect(error.code).toBe('forge')
    expect(error.message).toMatch(
      /^127\.0\.0\.1:\d+ could not be reached, so Refit could not read branch main: .*ECONNREFUSED/,
    )
  })

  test('a repository that is not there, or not for this token', async () => {
    const { emulator } = await world()
    const { token, url: apiUrl } = emulator
    const forge = createGitHubForge({ token, apiUrl, repository: 'acme/other', log: silentLog, secondMs: 1 })
    expect((await failure(forge.defaultBranch())).message).toMatch(
      /acme\/other: it is not there, or the token may not see/,
    )
  })
})

describe.concurrent('when GitHub asks to wait', () => {
  test.each([
    ['403 with Retry-After', 403, { 'retry-after': '7' }, { message: 'Forbidden' }, 7],
    ['429 with Retry-After', 429, { 'retry-after': '9' }, { message: 'Too many' }, 9],
    ['a secondary rate limit', 403, {}, { message: 'You have exceeded a secondary rate limit.' }, 60],
  ])('%s is honoured, and said', async (_name, status, headers, body, seconds) => {
    const { emulator, propose, said } = await world()
    emulator.fail({ method: 'POST', path: /git\/trees$/, status, headers, body })
    expect(await propose()).toBe(emulator.branch(HEAD))
    expect(said).toContain(`GitHub asks to wait ${seconds} s before POST /git/trees`)
  })

  test('for too long, the run ends and says how long', async () => {
    const { emulator, propose } = await world()
    emulator.fail({ method: 'POST', path: /git\/trees$/, status: 403, headers: { 'retry-after': '3600' }, times: 9 })
    const error = await failure(propose())
    expect(error.code).toBe('forge')
    expect(error.message).toMatch(/rate limit .* asks to wait 60 minutes/)
    expect(error.hint).toMatch(/next scheduled run/)
  })

  test('because the hour’s requests are used up', async () => {
    const { forge, emulator } = await world()
    const reset = String(Math.ceil(Date.now() / 1000) + 1790)
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }
    emulator.fail({
      path: /git\/ref/,
      status: 403,
      headers,
      body: { message: 'API rate limit exceeded for installation.' },
      times: 9,
    })
    expect((await failure(forge.head('main'))).message).toMatch(/asks to wait 30 minutes/)
  })

  test('again and again, it gives up', async () => {
    const { forge, emulator } = await world()
    emulator.fail({ path: /git\/ref/, status: 429, headers: { 'retry-after': '1' }, times: 99 })
    expect((await failure(forge.head('main'))).message).toMatch(/rate limit/)
    expect(emulator.requests.length).toBe(4)
  })
})

describe.concurrent('another run in between', () => {
  test('claims the branch first', async () => {
    const { emulator, main, propose } = await world()
    emulator.fail({
      method: 'POST',
      path: /git\/refs$/,
      status: 0,
      meanwhile: () => emulator.state.git.updateRef(`refs/heads/${HEAD}`, main, undefined),
    })
    expect((await failure(propose())).code).toBe('stale')
    expect(emulator.branch(HEAD)).toBe(main)
  })

  test.each([
    ['moves it forward first', /git\/refs/, undefined],
    ['rebuilds it first', /graphql/, 'main'],
  ])('%s', async (_name, path, base) => {
    const { forge, emulator, main, propose } = await world()
    const first = await propose()
    const { git } = emulator.state
    const rival = git.writeCommit(git.readCommit(first).tree, [first], 'Rival')
    emulator.fail({ path, status: 0, meanwhile: () => git.updateRef(`refs/heads/${HEAD}`, rival, first) })
    const request = { branch: HEAD, expected: first, message: 'Mine', files: new Map([['a', '1']]) }
    expect((await failure(forge.commit(base ? { ...request, base: main } : request))).code).toBe('stale')
    expect(emulator.branch(HEAD)).toBe(rival)
  })

  test('deletes it, or moves it before we delete it', async () => {
    const { forge, emulator, propose } = await world()
    const first = await propose()
    const { git } = emulator.state
    const rival = git.writeCommit(git.readCommit(first).tree, [first], 'Rival')
    emulator.fail({ path: /graphql/, status: 0, meanwhile: () => git.updateRef(`refs/heads/${HEAD}`, rival, first) })
    expect((await failure(forge.deleteBranch(HEAD, first))).code).toBe('stale')
    emulator.fail({
      path: /graphql/,
      status: 0,
      meanwhile: () => git.updateRef(`refs/heads/${HEAD}`, undefined, rival),
    })
    await forge.deleteBranch(HEAD, rival)
    expect(emulator.branch(HEAD)).toBeUndefined()
  })

  test('opens the pull request first: ours becomes an update of it', async () => {
    const { forge, emulator, propose } = await world()
    await propose()
    const rival = createGitHubForge({
      token: emulator.token,
      apiUrl: emulator.url,
      repository: 'acme/models',
      log: silentLog,
      secondMs: 1,
    })
    let opened: Promise<unknown> = Promise.resolve()
    emulator.fail({
      method: 'POST',
      path: /\/pulls$/,
      status: 500,
      meanwhile: () => (opened = rival.upsertPullRequest({ ...DRAFT, title: 'Theirs' })),
    })
    const { pullRequest } = await forge.upsertPullRequest(DRAFT)
    await opened
    expect(emulator.state.pulls.filter((pull) => pull.state === 'open')).toHaveLength(1)
    expect(pullRequest.number).toBe(1)
  })
})

describe.concurrent('a server without updateRefs', () => {
  test('still has its branches rebuilt and deleted', async () => {
    const { forge, emulator, main, propose } = await world({ updateRefs: false })
    const first = await propose()
    const files = new Map([['models/churn/manifest.json', '{"version": 3}\n']])
    const { oid } = await forge.commit({ branch: HEAD, expected: first, base: main, message: 'Again', files })
    expect(emulator.branch(HEAD)).toBe(oid)
    await forge.deleteBranch(HEAD, oid)
    expect(emulator.branch(HEAD)).toBeUndefined()
  })
})

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

describe.concurrent('a repository without a feature', () => {
  test('drafts: an ordinary pull request, and a warning', async () => {
    const { forge, propose, said } = await world({ drafts: false })
    await propose()
    expect((await forge.upsertPullRequest({ ...DRAFT, draft: true })).pullRequest.draft).toBe(false)
    expect(said.join('\n')).toMatch(/no draft pull requests/)
  })

  test('issues: no dashboard, and a warning', async () => {
    const { forge, said } = await world({ issues: false })
    expect(await forge.upsertIssue({ marker: '<!-- m -->', title: 't', body: 'b', state: 'open' })).toBeUndefined()
    expect(said.join('\n')).toMatch(/issues switched off/)
  })

  test('the permission to turn a draft: the text is updated all the same', async () => {
    const { forge, emulator, propose, said } = await world()
    await propose()
    await forge.upsertPullRequest(DRAFT)
    const { url: apiUrl, repository } = emulator
    const token = emulator.addToken('github-actions[bot]', { contents: 'read' })
    const log: Log = { ...silentLog, warn: (text) => said.push(text) }
    const weak = createGitHubForge({ token, apiUrl, repository, log, secondMs: 1 })
    const { outcome, pullRequest } = await weak.upsertPullRequest({ ...DRAFT, body: 'Not sure', draft: true })
    expect(outcome).toBe('updated')
    expect(pullRequest.draft).toBe(false)
    expect(said.join('\n')).toMatch(/could not be made a draft .*contents: write and pull-requests: write/)
  })
})

test.each(['acme', 'acme/models/x', '../x', ''])('%j is no repository', (repository) => {
  expect(() => createGitHubForge({ token: 't', apiUrl: 'https://api.github.com', repository, log: silentLog })).toThrow(
    /is no repository/,
  )
})

test('without a token nothing is tried', () => {
  expect(() =>
    createGitHubForge({ token: '', apiUrl: 'https://api.github.com', repository: 'a/b', log: silentLog }),
  ).toThrow(/no token/)
})
