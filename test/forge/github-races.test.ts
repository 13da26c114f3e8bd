import { describe, expect, test } from 'vitest'
import { failure } from './contract/stage.ts'
import { DRAFT, HEAD, LIMITED, world } from './github-world.ts'

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
    const { forge, emulator, propose, client } = await world()
    await propose()
    const rival = client()
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

test('a box that somebody ticks after the issues were listed is in what the new text is made from', async () => {
  const { forge, emulator } = await world()
  const marker = '<!-- refit:dashboard -->'
  await forge.upsertIssue({ marker, title: 'Dashboard', body: '- [ ] churn', state: 'open' })
  const [issue] = emulator.state.issues
  emulator.fail({
    method: 'GET',
    path: /\/issues\/\d+$/,
    status: 0,
    meanwhile: () => Object.assign(issue as object, { body: `${marker}\n- [x] churn` }),
  })
  const seen: (string | undefined)[] = []
  const body = (existing?: string): string => {
    seen.push(existing)
    return '- [x] churn, 2 rows more'
  }
  await forge.upsertIssue({ marker, title: 'Dashboard', body, state: 'open' })
  expect(seen).toEqual([`${marker}\n- [x] churn`])
})

test('a branch is not forced where GitHub only asks to wait: it could hold a commit that nobody has seen', async () => {
  const { forge, emulator, main, propose } = await world()
  const first = await propose()
  emulator.fail({ path: /graphql/, ...LIMITED, times: 9 })
  const files = new Map([['models/churn/manifest.json', '{"version": 3}\n']])
  const request = { branch: HEAD, expected: first, base: main, message: 'Again', files }
  expect((await failure(forge.commit(request))).message).toMatch(/^GitHub’s rate limit stops Refit/)
  expect(emulator.branch(HEAD)).toBe(first)
})

describe('a name that git cannot keep', () => {
  test.each(['refit', 'refit/retrain'])('beside a branch %s is told with what is in its way', async (name) => {
    const { emulator, main, propose } = await world()
    emulator.state.git.updateRef(`refs/heads/${name}`, main, undefined)
    const error = await failure(propose())
    expect(error.message).toBe(`the branch ${HEAD} cannot be made beside the branch ${name}`)
    expect(error.hint).toMatch(new RegExp(`^Rename or delete the branch ${name}:`))
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
