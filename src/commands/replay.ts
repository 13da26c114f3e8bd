import { mkdir, readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { RefitError } from '../core/error.ts'
import { prettyJson } from '../core/json.ts'
import { count, escapeLog } from '../core/text.ts'
import { renderHtml } from '../report/html-report.ts'
import { renderModelCard } from '../report/model-card.ts'
import { renderPullRequest } from '../report/pull-request.ts'
import { parseRecord } from '../report/record/parse.ts'
import { replay, type GateDifference, type Replay } from '../report/record/replay.ts'
import type { RunRecord } from '../report/run-record.ts'
import { writeWhole } from './write-reports.ts'

export interface ReplayOptions {
  /** What relative paths are relative to. */
  readonly root: string
  readonly record: string
  readonly json: boolean
  /** Where to write the texts again; each only where a path is given. */
  readonly html?: string | undefined
  readonly body?: string | undefined
  readonly card?: string | undefined
}

/** More than a record ever has: something else was named by mistake. */
const MAX_BYTES = 256 * 1024 * 1024

/**
 * Recomputes the verdict of a record from its evaluation and says whether it is the recorded one. Returns the exit code:
 * 0 when they agree, 1 when not.
 */
export async function replayRecord(options: ReplayOptions): Promise<number> {
  const record = parseRecord(await readText(options), options.record)
  const result = replay(record)
  const written = await writeTexts(record, options)
  process.stdout.write(options.json ? prettyJson(asJson(record, result)) : escapeLog(asText(record, result, written)))
  return result.agrees ? 0 : 1
}

async function readText({ root, record }: ReplayOptions): Promise<string> {
  const place = { file: record }
  try {
    const content = await readFile(resolve(root, record))
    if (content.length > MAX_BYTES) throw new RefitError('usage', 'is too large for a record', { place })
    return content.toString('utf8')
  } catch (error) {
    if (error instanceof RefitError) throw error
    const { code } = error as NodeJS.ErrnoException
    const sentence = code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : 'cannot be read'
    throw new RefitError('usage', sentence, {
      place,
      hint: 'Name a record.json, for example models/<name>/versions/<n>/record.json.',
    })
  }
}

async function writeTexts(record: RunRecord, options: ReplayOptions): Promise<readonly string[]> {
  const texts = [
    [options.html, () => renderHtml(record)],
    [options.body, () => renderPullRequest(record).body],
    [options.card, () => renderModelCard(record)],
  ] as const
  const written: string[] = []
  for (const [path, render] of texts) {
    if (path === undefined) continue
    const target = resolve(options.root, path)
    if (target === resolve(options.root, options.record))
      throw new RefitError('usage', `${path} is the record itself`, { hint: 'Name another file to write to.' })
    await mkdir(dirname(target), { recursive: true })
    await writeWhole(target, render())
    written.push(path)
  }
  return written
}

function asText(record: RunRecord, result: Replay, written: readonly string[]): string {
  const name = `${record.model} v${record.candidateVersion}`
  const lines = result.agrees
    ? [
        `${name}: ${result.verdict.outcome}, as recorded. ${result.gates.length === 0 ? 'There is no gate to recompute.' : `${count(result.gates.length, 'gate')} recomputed, all agree.`}`,
      ]
    : [
        result.outcomeAgrees
          ? `${name}: ${result.verdict.outcome}, as recorded, but not every gate agrees.`
          : `${name}: the record says ${record.verdict.outcome}, its evaluation says ${result.verdict.outcome}.`,
        ...result.differences.map(differenceText),
      ]
  lines.push(`  ${result.verdict.reason}`)
  if (!result.agrees) lines.push('The record was changed by hand, or another version of Refit wrote it.')
  lines.push(...written.map((path) => `wrote ${path}`))
  return `${lines.join('\n')}\n`
}

function differenceText({ title, recorded, replayed, sentence }: GateDifference): string {
  return `  ${title}: recorded ${recorded ?? 'not at all'}, recomputed ${replayed ?? 'not at all'} (${sentence})`
}

function asJson(record: RunRecord, result: Replay) {
  return {
    model: record.model,
    version: record.candidateVersion,
    agrees: result.agrees,
    recorded: record.verdict,
    replayed: result.verdict,
    gates: result.gates.map(({ title, status, observed, sentence }) => ({ title, status, observed, sentence })),
    differences: result.differences,
  }
}
