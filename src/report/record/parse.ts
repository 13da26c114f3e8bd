import type { z } from 'zod'
import { RefitError } from '../../core/error.ts'
import { refusePointer } from '../../core/lfs.ts'
import { oneLine } from '../../core/text.ts'
import type { RunRecord } from '../run-record.ts'
import { recordSchema } from './schema.ts'

const HINT = 'Take the record.json beside the artifact of the version, as the pull request wrote it (git log shows it).'
/** Mistakes told at once. */
const MAX_PROBLEMS = 5

/**
 * Reads a record.json. Throws RefitError `evaluation` with `file` as its place: no JSON, a member that is missing or of
 * another kind (the first five), or a record that contradicts itself.
 */
export function parseRecord(text: string, file: string): RunRecord {
  refusePointer('evaluation', text, { file })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const sentence = text.trim() === '' ? 'is empty' : `is no valid JSON: ${oneLine((error as Error).message)}`
    throw new RefitError('evaluation', sentence, { place: { file }, hint: HINT })
  }
  const parsed = recordSchema.safeParse(value)
  if (!parsed.success) {
    // Of a file that is something else one sentence is enough.
    const version = parsed.error.issues.find((issue) => issue.path[0] === 'schemaVersion')
    throw damaged((version ? [version] : parsed.error.issues).map(sentenceOf), file)
  }
  // The schema names what is read; whatever else a record holds is carried along as it is.
  const record = value as RunRecord
  const problems = contradictions(record)
  if (problems.length > 0) throw damaged(problems, file)
  return record
}

function damaged(sentences: readonly string[], file: string): RefitError {
  const [first, ...others] = sentences
    .slice(0, MAX_PROBLEMS)
    .map((sentence) => new RefitError('evaluation', sentence, { place: { file } }))
  const more = others.length > 0 ? { others } : {}
  return new RefitError('evaluation', first?.message ?? 'is no record of a run', {
    place: { file },
    hint: HINT,
    ...more,
  })
}

function sentenceOf(issue: z.core.$ZodIssue): string {
  if (issue.path.length === 0) return 'is no record of a run: it is no JSON object'
  const name = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .slice(1)
  if (issue.path.length === 1 && issue.path[0] === 'schemaVersion')
    return 'is no record of a run, or of a schemaVersion that this Refit does not read (it reads 1)'
  if (issue.code === 'invalid_type' && issue.message.endsWith('undefined')) return `has no ${name}`
  return `${name}: ${oneLine(issue.message.charAt(0).toLowerCase() + issue.message.slice(1))}`
}

/** What the schema cannot say. */
function contradictions(record: RunRecord): readonly string[] {
  const { evaluation } = record
  const found: string[] = []
  if (evaluation.task !== record.task) found.push(`says ${record.task}, but its evaluation is ${evaluation.task}`)
  if ((record.champion === null) !== (evaluation.champion === null))
    found.push('has a champion in one of champion and evaluation.champion only')
  evaluation.curves.forEach((curve, index) => {
    const others = [curve.low, curve.high, curve.other, curve.rows].filter((points) => points !== undefined)
    if ([curve.y, ...others].some((points) => points.length !== curve.x.length))
      found.push(`evaluation.curves[${index}]: its points are not in pairs`)
  })
  const ends = [evaluation.candidate, evaluation.baseline, evaluation.champion].flatMap((model) => model?.metrics ?? [])
  for (const { metric, interval } of [...ends, ...evaluation.comparisons]) {
    if (interval && interval.low > interval.high) found.push(`the interval of ${metric} ends before it begins`)
  }
  return found
}
