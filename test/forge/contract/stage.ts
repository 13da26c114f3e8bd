import { RefitError } from '../../../src/core/error.ts'
import type { CommitResult, Forge, PullRequest, PullRequestDraft } from '../../../src/forge/forge.ts'

/** A forge under test, and its repository seen with git itself. */
export interface Bench {
  readonly forge: Forge
  /** A second client of the same repository: another run. */
  readonly other: Forge
  /** A folder in which git can be run. */
  readonly gitDir: string
  merge(number: number): Promise<string>
  /** Ids of the comments on a pull request. */
  comments(
    number: number,
  ): Promise<readonly { readonly id: number; readonly body: string; readonly reactions: readonly string[] }[]>
  issues(): Promise<
    readonly { readonly number: number; readonly title: string; readonly body: string; readonly state: string }[]
  >
  checks(): Promise<readonly { readonly name: string; readonly conclusion: string; readonly summary: string }[]>
  deployments(): Promise<
    readonly {
      readonly id: number
      readonly environment: string
      readonly states: readonly string[]
      readonly descriptions: readonly string[]
    }[]
  >
  dispatches(): Promise<readonly { readonly eventType: string; readonly payload: unknown }[]>
  close(): Promise<void>
}

export const FIRST_FILES = {
  'README.md': '# Models\n',
  '.github/refit.yml': 'models: {}\n',
  'models/churn/manifest.json': '{"version": 1}\n',
  'models/churn/versions/1/weights.bin': Uint8Array.from([0, 255, 1, 254, 128, 10, 13, 0]),
}

export const HEAD = 'refit/retrain/churn'
export const text = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes)

export async function failure(work: Promise<unknown>): Promise<RefitError> {
  const error: unknown = await work.then(
    () => new Error('it should have failed'),
    (thrown: unknown) => thrown,
  )
  if (error instanceof RefitError) return error
  throw error
}

/** The bench of the test that is running, and what most tests do on it. */
export interface Stage {
  now(): { readonly bench: Bench; readonly forge: Forge; readonly main: string }
  commit(
    files: Readonly<Record<string, string | Uint8Array | null>>,
    branch?: string,
    expected?: string,
    base?: string | null,
  ): Promise<CommitResult>
  draft(changes?: Partial<PullRequestDraft>): PullRequestDraft
  propose(changes?: Partial<PullRequestDraft>): Promise<PullRequest>
}

export function createStage(now: Stage['now']): Stage {
  const commit: Stage['commit'] = (files, branch = HEAD, expected, base) =>
    now().forge.commit({
      branch,
      expected,
      ...(base === undefined ? {} : { base }),
      message: 'Retrain churn',
      files: new Map(Object.entries(files)),
    })
  const draft: Stage['draft'] = (changes = {}) => ({
    head: HEAD,
    base: 'main',
    title: 'Retrain churn: v2',
    body: 'Better.\n\n| a | b |\n|---|---|\n',
    draft: false,
    labels: ['refit'],
    ...changes,
  })
  const propose: Stage['propose'] = async (changes = {}) => {
    const { forge, main } = now()
    await commit({ 'models/churn/manifest.json': '{"version": 2}\n' }, HEAD, undefined, main)
    return (await forge.upsertPullRequest(draft(changes))).pullRequest
  }
  return { now, commit, draft, propose }
}
