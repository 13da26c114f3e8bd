import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openLocalForge, type LocalForge } from '../../src/forge/local/local-forge.ts'
import type { Collections } from '../../src/forge/local/records.ts'
import { makeBareRepository, makeRepository } from '../support/git.ts'
import { describeForge } from './contract/contract.ts'
import { FIRST_FILES, type Bench } from './contract/stage.ts'

const clock = (): number => Date.UTC(2026, 7, 1)

async function localBench(root: string): Promise<Bench> {
  const forge = await openLocalForge(root, { clock })
  const other = await openLocalForge(root, { clock })
  const read = async <N extends keyof Collections>(name: N): Promise<Collections[N]> =>
    JSON.parse(
      await readFile(join((forge as LocalForge).folder, `${name}.json`), 'utf8').catch(() => '[]'),
    ) as Collections[N]
  return {
    forge,
    other,
    gitDir: root,
    merge: async (number) => (await forge.merge(number)).oid,
    comments: async (number) => (await read('comments')).filter((one) => one.number === number),
    issues: () => read('issues'),
    checks: async () => (await read('checks')).map(({ name, conclusion, summary }) => ({ name, conclusion, summary })),
    deployments: async () =>
      (await read('deployments')).map(({ id, environment, statuses }) => ({
        id,
        environment,
        states: statuses.map((status) => status.state),
        descriptions: statuses.map((status) => status.description),
      })),
    dispatches: async () => (await read('dispatches')).map(({ eventType, payload }) => ({ eventType, payload })),
    close: async () => [forge, other].forEach((one) => one.close()),
  }
}

describeForge('LocalForge on a bare repository', () => localBench(makeBareRepository(FIRST_FILES)))

describeForge('LocalForge on a work tree', () => localBench(makeRepository(FIRST_FILES)))
