import { describe, expect, test } from 'vitest'
import { silentLog } from '../../src/core/log.ts'
import { createGitHubForge } from '../../src/forge/github/github-forge.ts'
import { failure } from './contract/stage.ts'
import { DRAFT, HEAD, world } from './github-world.ts'

describe.concurrent('a permission that is missing is named, with the lines that grant it', () => {
  test('contents', async () => {
    const { propose, emulator } = await world({ permissions: { contents: 'read' } })
    const error = await failure(propose())
    expect(error.code).toBe('permission')
    expect(error.message).toBe('the token may not write the files of a commit: it lacks contents: write')
    expect(error.hint).toBe('Add to the job in the workflow:\n    permissions:\n      contents: write')
    expect(emulator.branch(HEAD)).toBeUndefined()
  })

  test.each([
    'Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n',
    'Changes must be made through a pull request.',
    'Cannot update this protected ref.',
  ])('a rule that protects the branch: %j', async (message) => {
    const { propose, emulator } = await world()
    emulator.fail({ method: 'POST', path: /git\/refs$/, status: 422, body: { message } })
    const error = await failure(propose())
    const words = message.replace(/\s+/g, ' ').trim().replace(/\.$/, '')
    expect(error.message).toBe(`GitHub could not move branch ${HEAD}: ${words}`)
    expect(error.hint).toMatch(/^Exempt refit\/\*\* from the rule/)
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
    const { client } = await world()
    const error = await failure(client({ token: 'ghp_wrongwrongwrongwrongwrong' }).defaultBranch())
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
    const { forge, emulator, propose, said, client } = await world()
    await propose()
    await forge.upsertPullRequest(DRAFT)
    const weak = client({ token: emulator.addToken('github-actions[bot]', { contents: 'read' }) })
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
