import { describe, expect, test } from 'vitest'
import type { Forge } from '../../src/forge/forge.ts'
import { failure } from './contract/stage.ts'
import { DRAFT, HEAD, LIMITED, world } from './github-world.ts'

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

  test('500 after a status of a deployment had been written: it is there once, and so is that of the one it replaces', async () => {
    const { forge, emulator, main } = await world()
    const deploy = async (version: string): Promise<void> => {
      const draft = {
        ref: main,
        environment: 'production',
        description: version,
        production: true,
        payload: { version },
      }
      const { id } = await forge.createDeployment(draft)
      emulator.fail({ method: 'POST', path: /\/statuses$/, status: 502, after: 'write', times: 2 })
      await forge.deploymentStatus(id, { state: 'success', description: `${version} serves` })
    }
    await deploy('v1')
    await deploy('v2')
    const states = emulator.state.deployments.map(({ statuses }) => statuses.map(({ state }) => state).toReversed())
    expect(states).toEqual([['success', 'inactive'], ['success']])
  })

  test.each([undefined, 'write'] as const)(
    '502 in turning a pull request into a draft and back (after: %s)',
    async (after) => {
      const { forge, emulator, propose, said } = await world()
      await propose()
      await forge.upsertPullRequest(DRAFT)
      for (const draft of [true, false]) {
        emulator.fail({ method: 'POST', path: /\/graphql$/, status: 502, ...(after ? { after } : {}) })
        const { pullRequest } = await forge.upsertPullRequest({ ...DRAFT, draft })
        expect([pullRequest.draft, emulator.state.pulls[0]?.draft]).toEqual([draft, draft])
      }
      expect(said.join('\n')).not.toContain('could not be made')
    },
  )

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

  test.each([undefined, 'write'] as const)('a status of a deployment is told once (after: %s)', async (after) => {
    const { forge, emulator, main } = await world()
    const deployment = { ref: main, environment: 'production', description: '', production: true, payload: {} }
    const { id } = await forge.createDeployment(deployment)
    emulator.fail({ method: 'POST', path: /\/statuses$/, status: 502, times: 2, ...(after ? { after } : {}) })
    await forge.deploymentStatus(id, { state: 'success', description: 'Promoted' })
    expect(emulator.state.deployments[0]?.statuses.map(({ state }) => state)).toEqual(['success'])
  })

  test.each([
    ['labels', { path: /\/labels$/, status: 500 }],
    ['labels', { path: /\/labels$/, status: 429 }],
    ['turning a draft', { path: /graphql/, status: 502 }],
    ['turning a draft', { path: /graphql/, ...LIMITED }],
  ])('%s that GitHub cannot take now are a failure, so that another run makes up for it (%o)', async (_what, fault) => {
    const { forge, emulator, propose } = await world()
    await propose()
    await forge.upsertPullRequest(DRAFT)
    emulator.fail({ method: 'POST', ...fault, times: 99 })
    const error = await failure(forge.upsertPullRequest({ ...DRAFT, draft: true, labels: ['refit'] }))
    expect(error.code).toBe('forge')
  })

  test.each([{ status: 502 }, LIMITED])(
    'nobody can tell whose the token is (%o): nothing of ours is taken for a stranger’s and written again',
    async (fault) => {
      const { client, emulator, main } = await world({ login: 'our-app[bot]' })
      const write = async (forge: Forge): Promise<void> => {
        const { number } =
          (await forge.upsertIssue({ marker: '<!-- m -->', title: 't', body: 'b', state: 'open' })) ?? {}
        await forge.upsertComment(number ?? 0, '<!-- c -->', 'text')
        await forge.checkRun({ name: 'n', headOid: main, conclusion: 'success', title: 't', summary: 's' })
      }
      await write(client())
      emulator.fail({ path: /graphql/, ...fault, times: 20 })
      expect((await failure(write(client()))).code).toBe('forge')
      const { issues, comments, checks } = emulator.state
      expect([issues, comments, checks].map((list) => list.length)).toEqual([1, 1, 1])
    },
  )

  test('a check of the same name that another app has made stays as it is', async () => {
    const { forge, emulator, client, main } = await world()
    const other = client({ token: emulator.addToken('other-app[bot]') })
    const check = { name: 'Refit: churn', headOid: main, title: 't', summary: 's' }
    await other.checkRun({ ...check, conclusion: 'success' })
    for (const conclusion of ['neutral', 'failure'] as const) await forge.checkRun({ ...check, conclusion })
    expect(emulator.state.checks.map(({ app, conclusion }) => [app, conclusion])).toEqual([
      ['other-app[bot]', 'success'],
      ['github-actions[bot]', 'failure'],
    ])
  })

  test('a reaction of somebody else stays', async () => {
    const { forge, emulator } = await world()
    const { number } = emulator.addIssue('ana', 'Talk', '')
    const comment = emulator.addComment(number, 'ana', '/refit hold churn')
    comment.reacted.push({ id: 1, content: '-1', user: { login: 'bo', type: 'User' } })
    await forge.react(comment.id, 'rocket')
    expect(comment.reactions.toSorted()).toEqual(['-1', 'rocket'])
  })

  test('a connection that cannot be made', async () => {
    const { emulator, forge } = await world()
    await emulator.close()
    const error = await failure(forge.head('main'))
    expect(error.code).toBe('forge')
    expect(error.message).toMatch(
      /^127\.0\.0\.1:\d+ could not be reached, so Refit could not read branch main: .*ECONNREFUSED/,
    )
  })

  test('a repository that is not there, or not for this token', async () => {
    const { client } = await world()
    expect((await failure(client({ repository: 'acme/other' }).defaultBranch())).message).toMatch(
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
