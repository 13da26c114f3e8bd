import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CUSTOMER_CONFIG, customersCsv } from '../support/customers.ts'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { startGateway } from '../../src/serving/gateway.ts'
import { runAction, type ActionRun } from '../support/action.ts'
import { startEmulator, type Emulator, type EmulatorOptions } from '../support/github-emulator/emulator.ts'

const JANUARY = customersCsv({ seed: 1, rows: 1500, month: '2026-01' })
const FEBRUARY = customersCsv({ seed: 2, rows: 900, month: '2026-02', shift: 6 })
const MARCH = customersCsv({ seed: 3, rows: 900, month: '2026-03', shift: 6 })

let emulator: Emulator
const start = async (options: EmulatorOptions = {}): Promise<void> => {
  emulator = await startEmulator({
    files: { '.github/refit.yml': CUSTOMER_CONFIG, 'data/2026-01.csv': JANUARY },
    collaborators: { ana: 'write', eve: 'read' },
    ...options,
  })
}
afterEach(async () => emulator.close())

const scheduled = (files: ActionRun['files'] = {}, more: Partial<ActionRun> = {}) =>
  runAction(emulator, { event: 'schedule', files, ...more })

describe('with a repository that allows it', () => {
  beforeEach(() => start())

  test('the first scheduled run trains version 1, opens one pull request, and says so everywhere', async () => {
    const run = await scheduled()
    expect(run.log).not.toContain('::error')
    expect(run.code).toBe(0)
    expect(run.outputs).toMatchObject({
      fired: 'true',
      outcome: 'proposed',
      verdict: 'pass',
      'candidate-version': '1',
      'pull-request-number': '1',
      'report-path': '.refit/churn/report.html',
    })
    expect(JSON.parse(run.outputs['metrics'] ?? '')).toHaveProperty('auc')
    expect(JSON.parse(run.outputs['models'] ?? '')).toHaveProperty('churn')
    const [pull] = emulator.state.pulls
    expect(pull).toMatchObject({ number: 1, head: 'refit/retrain/churn', base: 'main', draft: false })
    expect(JSON.parse(emulator.file('refit/retrain/churn', 'models/churn/manifest.json') ?? '')).toMatchObject({
      model: 'churn',
      version: 1,
      previous: null,
    })
    expect(emulator.file('main', 'models/churn/manifest.json')).toBeUndefined()
    expect(run.summary).toContain('churn')
    expect(run.summary).toContain('/pull/1)')
  })

  test('after the merge a quiet run writes nothing to GitHub but still a summary', async () => {
    await scheduled()
    emulator.merge(1)
    const before = emulator.writes().length
    const run = await scheduled()
    expect(run.code).toBe(0)
    expect(run.outputs).toMatchObject({ fired: 'false', verdict: '', 'pull-request-number': '' })
    expect(run.summary).toContain('Too few labels: 0 of 200')
    const after = emulator
      .writes()
      .slice(before)
      .filter((request) => !request.path.includes('/git/') || request.path.includes('retrain'))
    expect(after.filter((request) => request.path.includes('/pulls'))).toEqual([])
  })

  test('new data that moved opens a pull request; newer data updates the same one; the same data changes nothing', async () => {
    await scheduled()
    emulator.merge(1)
    const moved = await scheduled({ 'data/2026-02.csv': FEBRUARY })
    expect(moved.outputs).toMatchObject({
      fired: 'true',
      outcome: 'proposed',
      verdict: 'pass',
      'candidate-version': '2',
      'pull-request-number': '3',
    })
    expect(moved.outputs['reason']).toMatch(/auc fell from .* drifted/s)
    const body = emulator.state.pulls[1]?.body ?? ''
    expect(body).toContain('usage')

    const newer = await scheduled({ 'data/2026-02.csv': FEBRUARY, 'data/2026-03.csv': MARCH })
    expect(newer.outputs).toMatchObject({ outcome: 'updated', 'candidate-version': '2', 'pull-request-number': '3' })
    expect(emulator.state.pulls).toHaveLength(2)
    expect(emulator.state.pulls[1]?.body).not.toBe(body)

    const head = emulator.branch('refit/retrain/churn')
    const writes = emulator.writes().length
    const same = await scheduled({ 'data/2026-02.csv': FEBRUARY, 'data/2026-03.csv': MARCH })
    expect(same.outputs).toMatchObject({ outcome: 'unchanged', 'pull-request-number': '3' })
    expect(emulator.branch('refit/retrain/churn')).toBe(head)
    expect(
      emulator
        .writes()
        .slice(writes)
        .filter((request) => request.path.includes('/pulls')),
    ).toEqual([])
  })

  test('a merged pull request starts the rollout, which waits for a gateway and fails nothing', async () => {
    await scheduled()
    emulator.merge(1)
    const payload = {
      action: 'closed',
      pull_request: {
        number: 1,
        merged: true,
        head: { ref: 'refit/retrain/churn', repo: { full_name: emulator.repository } },
      },
    }
    const run = await runAction(emulator, {
      event: 'pull_request',
      payload,
      inputs: { 'gateway-url': 'http://127.0.0.1:9' },
    })
    expect(run.code).toBe(0)
    expect(run.outputs['rollout-stage']).toBe('staging')
    expect(emulator.branch('refit/state/churn')).toBeDefined()
    const again = await runAction(emulator, { event: 'push', inputs: { 'gateway-url': 'http://127.0.0.1:9' } })
    expect(again.outputs['rollout-stage']).toBe('staging')
  })

  test('with a gateway that follows the repository, ticks take the first version to production, visible under Deployments', async () => {
    await scheduled()
    emulator.merge(1)
    const gateway = await startGateway({
      repository: `file://${emulator.gitDir}`,
      host: '127.0.0.1',
      port: 0,
      clock: systemClock,
      log: silentLog,
      pollMs: 0,
      workspace: emulator.gitDir,
    })
    try {
      const tick = async (): Promise<string | undefined> => {
        const run = await runAction(emulator, { event: 'push', inputs: { 'gateway-url': gateway.url } })
        await gateway.sync()
        return run.outputs['rollout-stage']
      }
      expect([await tick(), await tick()]).toEqual(['staging', 'promoted'])
      const row = { tickets: 1, usage: 9.5, plan: 'pro' }
      const inputs = Object.entries(row).map(([name, value]) => ({
        name,
        shape: [1],
        datatype: typeof value === 'number' ? 'FP64' : 'BYTES',
        data: [value],
      }))
      const answer = await fetch(`${gateway.url}/v2/models/churn/infer`, {
        method: 'POST',
        body: JSON.stringify({ id: 'r1', inputs }),
      })
      expect(await answer.json()).toMatchObject({ id: 'r1', model_version: '1' })
      expect(emulator.state.deployments).toMatchObject([{ environment: 'production' }])
      expect(emulator.state.deployments[0]?.statuses.map((status) => status.state)).toEqual(['success', 'in_progress'])
      expect(emulator.state.comments.map((comment) => comment.body).join()).toContain('production')
    } finally {
      await gateway.close()
    }
  })

  test('a comment of somebody with write permission starts a retraining with its reason; a stranger’s starts nothing', async () => {
    const comment = (login: string, body: string) => {
      const { id } = emulator.addComment(issue, login, body)
      return {
        event: 'issue_comment',
        actor: login,
        payload: { action: 'created', issue: { number: issue }, comment: { id, body, user: { login } } },
      }
    }
    const issue = emulator.addIssue('ana', 'Tariff', 'We changed it').number
    const refused = await runAction(emulator, comment('eve', '/refit retrain churn please'))
    expect(refused.code).toBe(0)
    expect(refused.log).toContain('takes write permission')
    expect(emulator.writes()).toEqual([])

    const done = await runAction(emulator, comment('ana', 'As agreed:\r\n/refit retrain churn new tariff\r\n'))
    expect(done.code).toBe(0)
    expect(done.outputs).toMatchObject({ outcome: 'proposed' })
    expect(emulator.state.pulls[0]?.body).toContain('ana via issue')
  })

  test('closed pull requests of forks and foreign branches start nothing, and the summary says why', async () => {
    const closed = (headRef: string, repository: string) =>
      runAction(emulator, {
        event: 'pull_request',
        payload: {
          action: 'closed',
          pull_request: { number: 9, merged: true, head: { ref: headRef, repo: { full_name: repository } } },
        },
      })
    for (const run of [
      await closed('refit/retrain/churn', 'eve/models'),
      await closed('fix-typo', emulator.repository),
    ]) {
      expect(run.code).toBe(0)
      expect(run.outputs).toMatchObject({ fired: 'false', outcome: 'nothing' })
      expect(run.summary).toMatch(/start nothing|not one of Refit/)
    }
    expect(emulator.writes()).toEqual([])
  })

  test('workflow_dispatch with a reason retrains although nothing fired', async () => {
    await scheduled()
    emulator.merge(1)
    const run = await runAction(emulator, {
      event: 'workflow_dispatch',
      inputs: { reason: 'new tariff', model: 'churn' },
      files: { 'data/2026-02.csv': customersCsv({ seed: 5, rows: 150, month: '2026-02' }) },
    })
    expect(run.code).toBe(0)
    expect(run.outputs['reason']).toContain('new tariff')
    expect(run.outputs['verdict']).not.toBe('')
  })

  test('the dashboard shows every model; a ticked box has it retrained and is empty again', async () => {
    await scheduled()
    emulator.merge(1)
    await scheduled()
    await scheduled()
    const [board] = emulator.state.issues
    expect(board).toMatchObject({ title: 'Refit dashboard', state: 'open' })
    expect(board?.body).toContain('- [ ] <!-- refit:retrain=churn -->')
    expect(board?.body).toContain('Too few labels: 0 of 200')
    const writes = emulator.writes().length
    await scheduled()
    expect(
      emulator
        .writes()
        .slice(writes)
        .filter((request) => request.path.includes('/issues')),
    ).toEqual([])

    const body = board?.body.replace('- [ ] <!-- refit:retrain=churn -->', '- [x] <!-- refit:retrain=churn -->') ?? ''
    Object.assign(board as object, { body })
    const run = await runAction(emulator, {
      event: 'issues',
      payload: { action: 'edited', issue: { number: board?.number, body } },
      files: { 'data/2026-02.csv': customersCsv({ seed: 6, rows: 150, month: '2026-02' }) },
    })
    expect(run.code).toBe(0)
    expect(run.outputs['reason']).toContain('ticked on the dashboard')
    expect(run.outputs['verdict']).not.toBe('')
    expect(emulator.state.issues[0]?.body).toContain('- [ ] <!-- refit:retrain=churn -->')
    const none = await runAction(emulator, {
      event: 'issues',
      payload: { action: 'edited', issue: { number: board?.number, body: board?.body } },
    })
    expect(none.summary).toContain('o box of the dashboard is ticked')
  })

  test('GitHub answers 500 and then 403 with Retry-After: the run waits and succeeds', async () => {
    emulator.fail({ method: 'POST', path: /\/git\/blobs/, status: 500, times: 1 })
    emulator.fail({ method: 'POST', path: /\/pulls$/, status: 403, headers: { 'retry-after': '1' }, times: 1 })
    const run = await scheduled()
    expect(run.code).toBe(0)
    expect(emulator.state.pulls).toHaveLength(1)
  })
})

describe('in a folder of the workspace', () => {
  test.each([
    ['.github/refit.yml', '.github/refit.yml'],
    ['refit.yml', 'ml/refit.yml'],
    ['ml/refit.yml', 'ml/refit.yml'],
  ])(
    'config: %s is found at %s or beside it, and the report’s path is one that the next step finds',
    async (config, path) => {
      const at = path.startsWith('.github') ? `ml/${path}` : path
      await start({ files: { [at]: CUSTOMER_CONFIG, 'ml/data/2026-01.csv': JANUARY } })
      const run = await scheduled({}, { inputs: { 'working-directory': 'ml', config } })
      expect(run.log).not.toContain('::error')
      expect(run.outputs).toMatchObject({ outcome: 'proposed', 'report-path': 'ml/.refit/churn/report.html' })
      expect(run.summary).toContain('ml/.refit/churn/report.html')
    },
  )
})

describe('a program of the user’s', () => {
  test.runIf(process.platform === 'linux')(
    'finds no token, neither in its environment nor in that of whoever started it',
    async () => {
      const look = `pid=$$
while [ "$pid" -gt 1 ] && [ "$pid" != ${process.pid} ]; do
  if tr '\\0' '\\n' < /proc/$pid/environ | grep -q ghs_; then echo "process $pid has it" >&2; exit 3; fi
  pid=$(sed -n 's/^PPid:[^0-9]*//p' /proc/$pid/status)
done
[ "$pid" = ${process.pid} ] || { echo "the test was not reached" >&2; exit 4; }
cat data/2026-01.csv
`
      await start({
        files: {
          '.github/refit.yml': CUSTOMER_CONFIG.replace('source: data/*.csv', 'command: sh look.sh'),
          'look.sh': look,
          'data/2026-01.csv': JANUARY,
        },
      })
      const run = await scheduled()
      expect(run.log).not.toContain('::error')
      expect(run.outputs).toMatchObject({ outcome: 'proposed' })
      expect(run.log.replaceAll(`::add-mask::${emulator.token}`, '')).not.toContain(emulator.token)
    },
  )
})

describe('when something is wrong', () => {
  test('a missing permission is named together with the YAML that grants it, and the token is not shown', async () => {
    await start({ permissions: { pull_requests: 'read' } })
    const run = await scheduled()
    expect(run.code).toBe(1)
    expect(run.log).toContain('pull-requests: write')
    expect(run.log.replaceAll(`::add-mask::${emulator.token}`, '')).not.toContain(emulator.token)
    expect(run.summary).toContain('pull-requests: write')
    expect(run.outputs).toMatchObject({ outcome: 'error' })
  })

  test('a mistyped key is an annotation on its line before anything runs', async () => {
    await start({
      files: {
        '.github/refit.yml': `${CUSTOMER_CONFIG}    triggers:\n      drift: {max-shar: 0.3}\n`,
        'data/2026-01.csv': JANUARY,
      },
    })
    const run = await scheduled()
    expect(run.code).toBe(1)
    expect(run.log).toMatch(
      /::error file=\.github\/refit\.yml,line=6,col=15::.*unknown key .*max-shar.*did you mean .*max-share/s,
    )
    expect(emulator.requests).toEqual([])
  })

  test('without a configuration the error says how to get one', async () => {
    await start({ files: { 'README.md': 'empty' } })
    const run = await scheduled()
    expect(run.code).toBe(1)
    expect(run.log).toContain('there is no configuration at .github/refit.yml')
    expect(run.log).not.toMatch(/\n\s+at .*\(/)
  })
})
