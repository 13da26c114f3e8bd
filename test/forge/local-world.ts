import { afterEach } from 'vitest'
import { openLocalForge, type LocalForge } from '../../src/forge/local/local-forge.ts'

export const HEAD = 'refit/retrain/churn'
export const NOON = Date.UTC(2026, 7, 1, 12)
export const clock = (): number => NOON
export const open = (root: string): Promise<LocalForge> => openLocalForge(root, { clock })

const environment = { ...process.env }
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name]
  Object.assign(process.env, environment)
})

/** A commit on the retrain branch, on the newest base, and its pull request. */
export async function propose(forge: LocalForge, files: Record<string, string>, draft = false) {
  const base = (await forge.head(await forge.defaultBranch())) as string
  await forge.commit({
    branch: HEAD,
    expected: await forge.head(HEAD),
    base,
    message: 'Retrain churn',
    files: new Map(Object.entries(files)),
  })
  const request = {
    head: HEAD,
    base: await forge.defaultBranch(),
    title: 'Retrain churn',
    body: 'Better',
    draft,
    labels: [],
  }
  return (await forge.upsertPullRequest(request)).pullRequest
}
