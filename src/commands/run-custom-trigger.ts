import { resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { runChild, type ChildResult } from '../core/child.ts'
import { formatDuration } from '../core/clock.ts'
import { quietEnvironment } from '../core/environment.ts'
import { RefitError } from '../core/error.ts'
import { hideValues } from '../core/secrets.ts'
import { clip, escapeLog, oneLine } from '../core/text.ts'
import { isUnobserved, result } from '../triggers/input.ts'
import type { TriggerResult } from '../triggers/types.ts'
import type { CustomTriggerRequest } from './custom-triggers.ts'
import { refuseForeignCode } from './own-code.ts'
import type { Project } from './project.ts'

const LONGEST_SENTENCE = 300
const MOST_EVIDENCE = 10
/** Exit code of a command that found the model stale: far from 1 and 2, with which programs fail. */
const FIRED = 10

const number = z.number().nullish()
const answerSchema = z.object({
  fired: z.boolean().optional(),
  value: number,
  threshold: number,
  unit: z.string().nullish(),
  direction: z.enum(['above', 'below']).nullish(),
  evidence: z.array(z.string()).nullish(),
  sentence: z.string().nullish(),
})
type Answer = z.output<typeof answerSchema>

/** Imports the user's module and calls it, in a process of its own: it can be stopped, and it sees no token. */
const RUNNER = `
let text = ''
for await (const chunk of process.stdin) text += chunk
const { module, input } = JSON.parse(text)
const { default: trigger } = await import(module)
if (typeof trigger !== 'function') throw new Error('the module has no default export that is a function')
const answer = await trigger(input)
process.stdout.write('\\n' + JSON.stringify(answer ?? null) + '\\n')
`

/**
 * Runs a trigger of the user's own. Only code of the default branch is run where a token is about; it can read none in
 * its environment or in ours; it is stopped when its time is over. Whatever goes wrong makes it `unchecked`, with the reason, and nothing else.
 */
export async function runCustomTrigger(project: Project, request: CustomTriggerRequest): Promise<TriggerResult> {
  const { name } = request
  try {
    return await run(project, request)
  } catch (error) {
    if (!(error instanceof RefitError)) throw error
    return result(name, 'unchecked', error.message)
  }
}

async function run(project: Project, request: CustomTriggerRequest): Promise<TriggerResult> {
  const { name, config, base, facts } = request
  const { root } = project
  const module = config.module === undefined ? undefined : resolve(root, config.module)
  if (module !== undefined && !module.startsWith(resolve(root) + sep)) {
    throw failure(`the module ${config.module as string} lies outside of the repository`)
  }
  await refuseForeignCode(project, base)
  const input = publicFacts(facts)
  const settings = { cwd: root, env: quietEnvironment(config.env), timeout: config.timeout }
  const ended =
    module === undefined
      ? await runChild(config.command as string, { ...settings, shell: true, input: JSON.stringify(input) })
      : await runChild(process.execPath, {
          ...settings,
          args: ['--input-type=module', '-e', RUNNER],
          input: JSON.stringify({ module: pathToFileURL(module).href, input }),
        })
  // What it says is shown, and what it was trusted with is not.
  const done = { ...ended, stdout: hideValues(ended.stdout, settings.env) }
  if (done.timedOut) throw failure(`it was stopped after ${formatDuration(config.timeout)}`)
  return module === undefined ? fromCommand(name, done) : fromModule(name, done)
}

const failure = (sentence: string): RefitError => new RefitError('usage', sentence)

/** What a trigger is told: plain JSON, documented in docs/triggers.md. */
function publicFacts(facts: CustomTriggerRequest['facts']): object {
  const { now, model, champion, counts, performance, newFiles } = facts
  return {
    model,
    now: new Date(now).toISOString(),
    champion: {
      version: champion.version,
      trainedAt: Number.isFinite(champion.trainedAt) ? new Date(champion.trainedAt).toISOString() : null,
      rows: champion.rows,
      metrics: champion.metrics.map(({ metric, value }) => ({ metric, value })),
    },
    newRows: isUnobserved(counts) ? null : { rows: counts.rows, labelled: counts.labelled },
    newFiles: typeof newFiles === 'number' ? newFiles : null,
    performance:
      'value' in performance ? { metric: performance.metric, value: performance.value, rows: performance.n } : null,
  }
}

function fromModule(name: string, { code, stdout, stderr }: ChildResult): TriggerResult {
  if (code !== 0) throw failure(`its module failed: ${reasonOf(stderr, code)}`)
  const answer = lastJson(stdout)
  if (answer?.fired === undefined)
    throw failure('its module must return {fired, value, threshold, sentence} with fired true or false')
  return told(name, answer.fired, answer)
}

function fromCommand(name: string, { code, stdout, stderr }: ChildResult): TriggerResult {
  if (code !== 0 && code !== FIRED) throw failure(`its command failed: ${reasonOf(stderr, code)}`)
  const answer = lastJson(stdout) ?? {}
  if (code === FIRED && answer.fired === false) {
    throw failure(
      `its command contradicts itself: exit code ${FIRED} means fired, and its last line says that it is not`,
    )
  }
  return told(name, code === FIRED || answer.fired === true, answer)
}

function told(name: string, fired: boolean, answer: Answer): TriggerResult {
  const { value, threshold, unit, direction, sentence, evidence } = answer
  const plain = fired ? 'it fired and gave no reason' : 'it saw no reason'
  return result(name, fired ? 'fired' : 'quiet', clean(sentence ?? '') || plain, {
    value: value ?? null,
    threshold: threshold ?? null,
    unit: clean(unit ?? ''),
    ...(direction && { direction }),
    ...(evidence && evidence.length > 0 && { notes: evidence.slice(0, MOST_EVIDENCE).map(clean) }),
  })
}

const clean = (text: string): string => clip(oneLine(escapeLog(text)).trim(), LONGEST_SENTENCE)

/** The last line that is not empty, where it is JSON of the right form. */
function lastJson(stdout: string): Answer | undefined {
  const line = stdout.trimEnd().split('\n').at(-1) ?? ''
  try {
    return answerSchema.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}

/** Node puts the message before the stack, other programs put it last. */
function reasonOf(stderr: string, code: number | null): string {
  const lines = stderr.split('\n').map((line) => line.trim())
  const message = lines.find((line) => /^(?:[A-Z]\w*)?Error\b/.test(line)) ?? lines.findLast((line) => line !== '')
  return `${code === null ? 'it was killed' : `exit code ${code}`}${message === undefined ? '' : ` (${clean(message)})`}`
}
