import { expect, test } from 'vitest'
import { closePullRequest, mergePullRequest } from '../../src/commands/pull-requests.ts'
import { openGitHubProject } from '../../src/commands/open-project.ts'
import { silentLog } from '../../src/core/log.ts'
import { open, propose } from '../forge/local-world.ts'
import { makeRepository } from '../support/git.ts'

test('what is merged cannot be closed any more, nor merged again, and nothing says that it was', async () => {
  const forge = await open(makeRepository())
  const { number } = await propose(forge, { a: '1' })
  await forge.merge(number)
  await expect(closePullRequest(forge, number)).rejects.toThrow(/^pull request \d+ is merged already$/)
  await expect(mergePullRequest(forge, number)).rejects.toThrow(/^pull request \d+ is merged already$/)
  expect(await forge.pullRequest(number)).toMatchObject({ merged: true })
})

test.each([
  [{}, 'there is no token for GitHub', /Set GITHUB_TOKEN/],
  [{ GITHUB_ACTIONS: 'true' }, 'the input “token” is empty', /workflow’s own token/],
])('without a token the sentence is for whoever has to give one: %j', async (env, message, hint) => {
  const request = { by: 'test', reason: null, manual: false, runUrl: null, codeCommit: null }
  const options = { root: '.', configPath: 'refit.yml', clock: () => 0, log: silentLog, request }
  await expect(openGitHubProject({ ...options, token: '', repository: 'acme/models', env })).rejects.toMatchObject({
    message,
    hint: expect.stringMatching(hint) as string,
  })
})
