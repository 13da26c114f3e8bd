import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { FILE_COLUMNS } from '../../../src/commands/demo/columns.ts'
import { DEMO_CONFIG, LESSON } from '../../../src/commands/demo/config.ts'
import { WORKFLOW } from '../../../src/commands/templates.ts'
import { groupingColumns } from '../../../src/config/groupings.ts'
import { configSchema } from '../../../src/config/schema.ts'

const read = (path: string): Promise<string> =>
  readFile(new URL(`../../../examples/churn/${path}`, import.meta.url), 'utf8')

describe('the configuration of the demo', () => {
  it('is valid and names columns that the simulated data have', () => {
    const result = configSchema.safeParse(parse(DEMO_CONFIG))
    expect(result.error?.issues).toBeUndefined()
    const model = result.data?.models['churn']
    const data = model?.data as { label: string; time: string; id: string; ignore: string[] }
    const { rows: _, ...expected } = model?.expect ?? {}
    const named = [data.label, data.time, data.id, ...data.ignore, ...Object.keys(expected)]
    named.push(...groupingColumns([...(model?.evaluate.slices ?? []), ...(model?.evaluate.fairness?.protected ?? [])]))
    expect(named.filter((column) => !(FILE_COLUMNS as readonly string[]).includes(column))).toEqual([])
  })

  it('stays valid with the rule that the demo ends with', () => {
    const taught = DEMO_CONFIG.replace(LESSON.before, LESSON.after)
    const result = configSchema.safeParse(parse(taught))
    expect(result.data?.models['churn']?.expect['monthly_usage']).toMatchObject({ min: 0, max: 744 })
  })
})

describe('the example repository', () => {
  it('has the configuration of the demo', async () => {
    expect(await read('.github/refit.yml')).toBe(DEMO_CONFIG)
  })

  it('has the workflow that `refit init` writes', async () => {
    expect(await read('.github/workflows/refit.yml')).toBe(WORKFLOW)
  })
})
