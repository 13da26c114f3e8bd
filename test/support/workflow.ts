import { data, Evaluator, Lexer, Parser } from '@actions/expressions'
import { truthy } from '@actions/expressions/result'
import { parse } from 'yaml'

/** What starts a run, as GitHub hands it to expressions. */
export interface Happening {
  readonly event: string
  readonly payload?: object
  readonly inputs?: Readonly<Record<string, string>>
  readonly headRef?: string
}

interface Job {
  readonly if?: string
  readonly concurrency?: {
    readonly group: string
    readonly queue?: 'single' | 'max'
    readonly 'cancel-in-progress'?: boolean
  }
}

/** Where a run goes, by the workflow: `undefined` where its job is skipped. */
export interface Place {
  readonly group: string
  readonly queue: 'single' | 'max'
}

/** The one job of the workflow, with its expressions evaluated by GitHub's own evaluator. */
export function placeOf(workflow: string, happening: Happening, runId: number): Place | undefined {
  const { jobs, concurrency } = once(
    workflow,
    () => parse(workflow) as { jobs: Record<string, Job>; concurrency?: unknown },
  )
  const [job, ...others] = Object.values(jobs)
  // A skipped job enters no group; a group of the whole workflow is entered before any `if` is asked.
  if (concurrency !== undefined || job?.concurrency === undefined || others.length > 0)
    throw new Error('the model knows one job with a group of its own')
  const github = {
    event_name: happening.event,
    event: happening.payload ?? {},
    run_id: String(runId),
    head_ref: happening.headRef ?? '',
    repository: 'acme/models',
  }
  const contexts = { github, inputs: happening.inputs ?? {} }
  if (job.if !== undefined && !truthy(evaluate(job.if, contexts))) return undefined
  const group = job.concurrency.group.replaceAll(/\$\{\{(.*?)\}\}/gs, (_all, expression: string) =>
    evaluate(expression, contexts).coerceString(),
  )
  return { group, queue: job.concurrency.queue ?? 'single' }
}

function evaluate(expression: string, contexts: object): data.ExpressionData {
  const parsed = once(expression, () =>
    new Parser(new Lexer(expression).lex().tokens, Object.keys(contexts), []).parse(),
  )
  return new Evaluator(parsed, JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary).evaluate()
}

const known = new Map<string, unknown>()
function once<T>(text: string, read: () => T): T {
  if (!known.has(text)) known.set(text, read())
  return known.get(text) as T
}

export type Standing = 'running' | 'waiting' | 'cancelled' | 'skipped'

/**
 * GitHub's rules for concurrency groups: one of a group runs; of the others the newest waits and the one before is
 * cancelled (`single`), or up to 100 wait in order (`max`). Only groups displace; nothing here is cancelled while it runs.
 */
export class Runs {
  readonly #places = new Map<number, Place | undefined>()
  readonly #standing = new Map<number, Standing>()
  readonly #workflow: string

  constructor(workflow: string) {
    this.#workflow = workflow
  }

  start(happening: Happening): number {
    const id = this.#places.size + 1
    const place = placeOf(this.#workflow, happening, id)
    this.#places.set(id, place)
    if (place === undefined) this.#standing.set(id, 'skipped')
    else if (!this.#inGroup(place.group).some((other) => this.is(other) === 'running'))
      this.#standing.set(id, 'running')
    else {
      const waiting = this.#inGroup(place.group).filter((other) => this.is(other) === 'waiting')
      const room = place.queue === 'max' ? 100 : 1
      for (const other of place.queue === 'max' ? [] : waiting) this.#standing.set(other, 'cancelled')
      this.#standing.set(id, place.queue === 'max' && waiting.length >= room ? 'cancelled' : 'waiting')
    }
    return id
  }

  is(id: number): Standing {
    return this.#standing.get(id) as Standing
  }

  #inGroup(group: string): number[] {
    return [...this.#standing.keys()].filter((id) => this.#places.get(id)?.group.toLowerCase() === group.toLowerCase())
  }
}
