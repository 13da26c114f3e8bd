import { describe, expect, test, vi } from 'vitest'
import { silentLog, type Log } from '../../src/core/log.ts'
import { execute } from '../../src/commands/execute.ts'
import { openLocalProject } from '../../src/commands/open-project.ts'
import type { Work } from '../../src/commands/plan.ts'
import type { Project } from '../../src/commands/project.ts'
import type { Run } from '../../src/commands/run.ts'
import { printStatus } from '../../src/commands/status.ts'
import { openLocalForge } from '../../src/forge/local/local-forge.ts'
import { start } from '../../src/rollout/transitions.ts'
import { emptyState } from '../../src/rollout/recover.ts'
import { writeStored } from '../../src/rollout/state-store.ts'
import { makeRepository } from '../support/git.ts'
import { config, version } from '../rollout/world.ts'

const NOW = Date.UTC(2026, 5, 1)
const HOSTED = { GITHUB_ACTIONS: 'true', RUNNER_ENVIRONMENT: 'github-hosted' }
/** Nothing listens there. */
const NOBODY = 'http://127.0.0.1:9'
const rollout: Work = { kind: 'rollout', model: '' }
const rollback: Work = { kind: 'steer', command: 'rollback', model: '', reason: 'complaints' }

interface Setting {
  /** What stands below the model in the configuration. */
  readonly rollout?: string
  readonly env?: NodeJS.ProcessEnv
  /** REFIT_GATEWAY_URL, or the input gateway-url. */
  readonly gatewayUrl?: string
  /** A rollout that began when the default was the gateway. */
  readonly underWay?: boolean
}

async function open(setting: Setting): Promise<{ readonly project: Project; readonly warnings: readonly string[] }> {
  const lines = ['models:', '  churn:', '    data: data.csv', '    label: churned']
  if (setting.rollout !== undefined) lines.push(`    rollout: ${setting.rollout}`)
  const root = makeRepository({ '.github/refit.yml': `${lines.join('\n')}\n`, 'data.csv': 'x,churned\n1,yes\n' })
  if (setting.underWay === true) {
    const forge = await openLocalForge(root, { clock: () => NOW })
    const { state } = start({ ...emptyState('churn', 'production'), stable: version(1) }, version(2), config, NOW)
    await writeStored(forge, undefined, { ...state, todo: [] }, null, ['start'])
    forge.close()
  }
  const warnings: string[] = []
  const log: Log = { ...silentLog, warn: (text) => warnings.push(text) }
  const { env, gatewayUrl } = setting
  const request = { by: 'ana', reason: null, manual: false, runUrl: null, codeCommit: null }
  const project = await openLocalProject({
    root,
    configPath: '.github/refit.yml',
    clock: () => NOW,
    log,
    env,
    gatewayUrl,
    request,
  })
  return { project, warnings }
}

async function run(setting: Setting, work: Work = rollout): Promise<Run & { readonly warnings: readonly string[] }> {
  const { project, warnings } = await open(setting)
  return { ...(await execute(project, { work: [work], comment: undefined })), warnings }
}

async function statusOf(setting: Setting): Promise<string> {
  const { project } = await open(setting)
  const written: string[] = []
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0)
  try {
    await printStatus(project, undefined, false)
  } finally {
    write.mockRestore()
  }
  return written.join('')
}

describe('without a named gateway', () => {
  test('the merge is the promotion, and nothing asks for a gateway', async () => {
    const { models, warnings } = await run({})
    expect(models[0]).toMatchObject({ note: 'rollout.target is none: a merge is the promotion', error: undefined })
    expect(warnings).toEqual([])
  })

  test('the status says nothing of what serves the model, and of a gateway what is known', async () => {
    expect(await statusOf({})).toContain('serving    not looked at: no gateway is configured')
    expect(await statusOf({ rollout: '{target: none}', underWay: true })).toContain('serving    not looked at')
    expect(await statusOf({ gatewayUrl: NOBODY })).toContain('serving    nothing yet')
    expect(await statusOf({ underWay: true })).not.toContain('not looked at')
  })

  test('neither does a run that asks for it', async () => {
    const status: Work = { kind: 'status', model: '' }
    expect((await run({}, status)).models[0]?.note).toContain('what serves it was not looked at')
    expect((await run({ gatewayUrl: NOBODY }, status)).models[0]?.note).toContain('nothing is served')
  })

  test('a gateway that the environment names is the target', async () => {
    const { models } = await run({ gatewayUrl: NOBODY })
    expect(models[0]?.note).toBe('churn has no version on the default branch yet')
  })

  test('an explicit none stays none, whatever the environment names', async () => {
    const { models } = await run({ rollout: '{target: none}', gatewayUrl: NOBODY })
    expect(models[0]?.note).toBe('rollout.target is none: a merge is the promotion')
  })

  test('an explicit none says what it leaves standing, and lets it be taken back', async () => {
    const none = { rollout: '{target: none}', underWay: true }
    expect((await run(none)).models[0]?.note).toContain('nobody takes the rollout of v2 further, which is at staging')
    expect((await run(none, rollback)).models[0]).toMatchObject({
      error: undefined,
      rollout: { phase: 'rolling-back' },
    })
  })

  test('a command without a rollout is refused, not passed over', async () => {
    const { models } = await run({}, rollback)
    expect(models[0]?.error).toMatchObject({
      code: 'usage',
      message: expect.stringContaining('nothing to roll back') as string,
    })
  })

  test('a rollout that is under way goes on, and the run says what to write', async () => {
    const { models, warnings } = await run({ underWay: true })
    expect(models[0]?.rollout?.rolloutId).not.toBeNull()
    expect(warnings[0]).toContain('refit/state/churn has rollouts of a gateway')
    expect(warnings[0]).toContain('rollout: {target: none}')
  })
})

describe('on a runner of GitHub’s own', () => {
  test.each([
    '{target: gateway}',
    '{gateway: {url: "http://127.0.0.1:8080"}}',
    '{gateway: {url: "http://localhost:9000/"}}',
    '{gateway: {url: "http://[::1]:8080"}}',
    '{gateway: {url: "http://0.0.0.0:8080"}}',
    '{gateway: {url: "http://127.1:8080"}}',
  ])('a gateway at the runner itself is an error at once: %s', async (text) => {
    const { models } = await run({ rollout: text, env: HOSTED })
    expect(models[0]).toMatchObject({ outcome: 'error' })
    expect(models[0]?.error).toMatchObject({
      code: 'rollout',
      message: expect.stringContaining('which is this runner itself') as string,
      hint: expect.stringContaining('rollout.gateway.url') as string,
    })
  })

  test('one that the environment names is refused as well, without what stands before the @', async () => {
    const { models } = await run({ env: HOSTED, gatewayUrl: 'http://user:secret@127.0.0.1:8080' })
    expect(models[0]?.error?.message).toBe('the gateway of churn is at 127.0.0.1:8080, which is this runner itself')
  })

  test('so it is for a retraining, whose merge could never be rolled out', async () => {
    const work: Work = { kind: 'refresh', model: '', manual: true, reason: null }
    expect((await run({ rollout: '{target: gateway}', env: HOSTED }, work)).models[0]?.error?.code).toBe('rollout')
  })

  test('so it is for a rollout under way that relied on the former default', async () => {
    expect((await run({ underWay: true, env: HOSTED })).models[0]?.error?.code).toBe('rollout')
  })

  test('an address elsewhere is asked, and the environment’s comes first', async () => {
    const away = { rollout: '{target: gateway}', env: HOSTED, gatewayUrl: 'http://gateway.invalid' }
    expect((await run(away)).models[0]?.error).toBeUndefined()
  })

  test('traffic is taken back all the same: a rollback needs no gateway that answers', async () => {
    const { models } = await run({ rollout: '{target: gateway}', env: HOSTED, underWay: true }, rollback)
    expect(models[0]).toMatchObject({ error: undefined, rollout: { phase: 'rolling-back' } })
  })

  test('and it is left as it is: neither does a hold', async () => {
    const hold: Work = { kind: 'steer', command: 'hold', model: '', reason: 'complaints' }
    const { models } = await run({ rollout: '{target: gateway}', env: HOSTED, underWay: true }, hold)
    expect(models[0]?.error).toBeUndefined()
  })

  test('a runner of one’s own may have a gateway beside it', async () => {
    const env = { GITHUB_ACTIONS: 'true', RUNNER_ENVIRONMENT: 'self-hosted' }
    const { models } = await run({ rollout: `{gateway: {url: "${NOBODY}"}}`, env })
    expect(models[0]?.error).toBeUndefined()
  })
})
