import { beforeEach, describe, expect, test } from 'vitest'
import type { Forge } from '../../../src/forge/forge.ts'
import { type Stage, type Bench } from './stage.ts'

/** Comments, issues, checks, deployments, dispatches. */
export function describeNotes(stage: Stage): void {
  describe('what stands beside the code', () => {
    let bench: Bench
    let forge: Forge
    let main: string
    beforeEach(() => {
      ;({ bench, forge, main } = stage.now())
    })
    const { propose } = stage

    test('one comment for each marker, brought up to date', async () => {
      const { number } = await propose()
      await forge.upsertComment(number, '<!-- refit:status -->', 'Staging')
      await forge.upsertComment(number, '<!-- refit:status -->', 'Canary at 5 %')
      await forge.upsertComment(number, '<!-- refit:help -->', 'Commands: …')
      const comments = await bench.comments(number)
      expect(comments).toHaveLength(2)
      expect(
        comments.some((one) => one.body.includes('Canary at 5 %') && one.body.includes('<!-- refit:status -->')),
      ).toBe(true)
      await forge.react(comments[0]?.id as number, 'eyes')
      await forge.react(comments[0]?.id as number, 'eyes')
      expect((await bench.comments(number)).find((one) => one.id === comments[0]?.id)?.reactions).toEqual(['eyes'])
    })

    test('what a command came to takes the place of what it had come to before', async () => {
      const { number } = await propose()
      await forge.upsertComment(number, '<!-- refit:status -->', 'Staging')
      const id = (await bench.comments(number))[0]?.id as number
      const after = async (reaction: 'eyes' | '-1' | 'rocket'): Promise<readonly string[]> => {
        await forge.react(id, reaction)
        return ((await bench.comments(number))[0]?.reactions ?? []).toSorted()
      }
      expect(await after('eyes')).toEqual(['eyes'])
      expect(await after('-1')).toEqual(['-1', 'eyes'])
      expect(await after('rocket')).toEqual(['eyes', 'rocket'])
      expect(await after('rocket')).toEqual(['eyes', 'rocket'])
      expect(await after('-1')).toEqual(['-1', 'eyes'])
    })

    test('one issue for each marker: made, changed, closed, opened again', async () => {
      const issue = {
        marker: '<!-- refit:dashboard -->',
        title: 'Refit dashboard',
        body: 'All fresh',
        state: 'open' as const,
      }
      expect(await forge.upsertIssue({ ...issue, state: 'closed' })).toBeUndefined()
      const made = await forge.upsertIssue(issue)
      await forge.upsertIssue({ ...issue, body: 'churn is stale' })
      expect(await bench.issues()).toMatchObject([{ number: made?.number, state: 'open', title: 'Refit dashboard' }])
      expect((await bench.issues())[0]?.body).toContain('churn is stale')
      expect(await forge.findIssue(issue.marker)).toMatchObject({ number: made?.number })
      expect((await forge.findIssue(issue.marker))?.body).toContain('churn is stale')
      expect(await forge.findIssue('<!-- refit:other -->')).toBeUndefined()
      await forge.upsertIssue({ ...issue, state: 'closed' })
      expect((await bench.issues())[0]?.state).toBe('closed')
      expect((await forge.upsertIssue(issue))?.number).toBe(made?.number)
      expect(await bench.issues()).toHaveLength(1)
    })

    test('issues and pull requests share their numbers', async () => {
      const issue = await forge.upsertIssue({ marker: '<!-- x -->', title: 'x', body: 'x', state: 'open' })
      expect((await propose()).number).toBe((issue?.number as number) + 1)
    })

    test('one check run for each commit and name', async () => {
      const check = {
        name: 'Refit: churn',
        headOid: main,
        conclusion: 'neutral' as const,
        title: 'Inconclusive',
        summary: 'x'.repeat(70_000),
      }
      await forge.checkRun(check)
      await forge.checkRun({ ...check, conclusion: 'success', summary: 'Better' })
      expect(await bench.checks()).toEqual([{ name: 'Refit: churn', conclusion: 'success', summary: 'Better' }])
    })

    test('a deployment is made once, its statuses follow, and a success replaces the one before', async () => {
      const deployment = (version: number) => ({
        ref: main,
        environment: 'production',
        description: `churn v${version}`,
        production: true,
        payload: { rolloutId: `r${version}`, model: 'churn' },
      })
      const first = await forge.createDeployment(deployment(1))
      expect(await forge.createDeployment(deployment(1))).toEqual(first)
      await forge.deploymentStatus(first.id, { state: 'success', description: 'All traffic' })
      const second = await forge.createDeployment(deployment(2))
      expect(second.id).not.toBe(first.id)
      await forge.deploymentStatus(second.id, {
        state: 'in_progress',
        description: `Canary ${'very '.repeat(50)}slow`,
      })
      await forge.deploymentStatus(second.id, { state: 'success', description: 'All traffic' })
      await forge.deploymentStatus(second.id, { state: 'success', description: 'All traffic' })
      const found = await bench.deployments()
      expect(found.find((one) => one.id === first.id)?.states).toEqual(['success', 'inactive'])
      const replaced = found.find((one) => one.id === second.id)
      expect(replaced?.states).toEqual(['in_progress', 'success'])
      expect(replaced?.descriptions[0]?.length).toBeLessThanOrEqual(140)
    })

    test('models share an environment, with each other and with strangers: a success leaves theirs alone', async () => {
      const deploy = async (payload: Readonly<Record<string, string>>): Promise<number> => {
        const common = { ref: main, environment: 'production', description: 'x', production: true }
        const { id } = await forge.createDeployment({ ...common, payload })
        await forge.deploymentStatus(id, { state: 'success', description: 'All traffic' })
        return id
      }
      await deploy({ app: 'web' })
      await deploy({ model: 'fraud', rolloutId: 'r1' })
      await deploy({ model: 'churn', rolloutId: 'r2' })
      await deploy({ model: 'churn', rolloutId: 'r3' })
      const states = (await bench.deployments()).toSorted((a, b) => a.id - b.id).map((one) => one.states)
      expect(states).toEqual([['success'], ['success'], ['success', 'inactive'], ['success']])
    })

    test('a dispatch carries its payload', async () => {
      await forge.dispatch('refit-rollout', { model: 'churn', version: '2' })
      expect(await bench.dispatches()).toEqual([
        { eventType: 'refit-rollout', payload: { model: 'churn', version: '2' } },
      ])
    })
  })
}
