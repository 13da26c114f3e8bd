import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { runCli } from '../../src/commands/cli.ts'
import { replayRecord } from '../../src/commands/replay.ts'
import { RefitError } from '../../src/core/error.ts'
import { prettyJson } from '../../src/core/json.ts'
import { renderHtml } from '../../src/report/html-report.ts'
import { parseRecord } from '../../src/report/record/parse.ts'
import { replay } from '../../src/report/record/replay.ts'
import type { RunRecord } from '../../src/report/run-record.ts'
import { multiclassProof, proofRecord, regressionProof } from '../report/proof-record.ts'
import { sampleRecords } from '../report/sample-record.ts'

const root = mkdtempSync(join(tmpdir(), 'refit-replay-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
afterEach(() => vi.restoreAllMocks())

/** Exit code and output of `refit replay` on a record. */
async function run(record: unknown, options: { json?: boolean; html?: string; body?: string; card?: string } = {}) {
  const file = 'record.json'
  writeFileSync(join(root, file), typeof record === 'string' ? record : prettyJson(record))
  let output = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output += String(text)
    return true
  })
  const code = await replayRecord({ root, record: file, ...options, json: options.json ?? false })
  return { code, output }
}

const broken = async (record: unknown): Promise<RefitError> => {
  try {
    await run(record)
  } catch (error) {
    if (error instanceof RefitError) return error
    throw error
  }
  throw new Error('no error')
}

describe('refit replay', () => {
  it('recomputes the verdict from the evaluation and says that it agrees', async () => {
    const { code, output } = await run(proofRecord)
    expect(output).toMatch(
      /^churn v4: pass, as recorded\. 9 gates recomputed, all agree\.\n {2}v4 is better than v3: auc/,
    )
    expect(code).toBe(0)
  })

  it('is a command of its own', async () => {
    await run(proofRecord)
    let output = ''
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      output += String(text)
      return true
    })
    const before = process.exitCode
    expect(await runCli(['node', 'refit', '-C', root, 'replay', 'record.json'], {})).toBe(0)
    expect(await runCli(['node', 'refit', '-C', root, 'replay', 'record.json', '--json'], {})).toBe(0)
    process.exitCode = before
    expect(output).toContain('churn v4: pass, as recorded')
    expect(output).toContain('"agrees": true')
  })

  it('writes page, pull request and model card again, the same as at the time', async () => {
    const { output } = await run(proofRecord, { html: 'out/report.html', body: 'out/body.md', card: 'out/card.md' })
    expect(readFileSync(join(root, 'out/report.html'), 'utf8')).toBe(renderHtml(proofRecord))
    expect(readdirSync(join(root, 'out')).sort()).toEqual(['body.md', 'card.md', 'report.html'])
    expect(output).toContain('wrote out/report.html')
    await expect(run(proofRecord, { html: 'record.json' })).rejects.toThrow('is the record itself')
  })

  it('finds a verdict that its own evaluation does not bear out', async () => {
    const worse = proofRecord.evaluation.comparisons.map((one) =>
      one.metric === 'auc' && one.versus === 'champion'
        ? { ...one, difference: -0.03, interval: { low: -0.04, high: -0.02, level: 0.95, method: 'DeLong' } }
        : one,
    )
    const forged: RunRecord = { ...proofRecord, evaluation: { ...proofRecord.evaluation, comparisons: worse } }
    const { code, output } = await run(forged)
    expect(code).toBe(1)
    expect(output).toContain('churn v4: the record says pass, its evaluation says fail.')
    expect(output).toContain('auc not worse than the champion by more than 0.005: recorded pass, recomputed fail')
    const json = JSON.parse((await run(forged, { json: true })).output) as { agrees: boolean; replayed: unknown }
    expect(json).toMatchObject({ agrees: false, recorded: { outcome: 'pass' }, replayed: { outcome: 'fail' } })
  })

  it('finds a gate whose result was changed, though the verdict is the same', async () => {
    const gates = proofRecord.gates.slice(1)
    const { code, output } = await run({ ...proofRecord, gates })
    expect(code).toBe(1)
    expect(output).toContain('pass, as recorded, but not every gate agrees')
    expect(output).toContain('recorded not at all, recomputed pass')
  })

  it('reads records from before the configuration was part of them', () => {
    const old: Record<string, unknown> = { ...proofRecord }
    delete old['judged']
    const parsed = parseRecord(JSON.stringify(old), 'r.json')
    expect(parsed.judged).toBeUndefined()
    expect(replay(parsed)).toMatchObject({ agrees: true, outcomeAgrees: true })
  })

  it('reads every record that Refit writes, and takes nothing away', () => {
    for (const record of [...Object.values(sampleRecords), proofRecord, multiclassProof, regressionProof]) {
      const text = prettyJson(record)
      expect(prettyJson(parseRecord(text, 'r.json'))).toBe(text)
    }
  })
})

describe('a damaged record', () => {
  it('is refused with the file and one clear sentence', async () => {
    expect((await broken('')).message).toBe('is empty')
    expect((await broken('{"schemaVersion": 1,')).message).toMatch(/^is no valid JSON: /)
    expect((await broken([])).message).toMatch(/is no record of a run/)
    expect((await broken({ ...proofRecord, schemaVersion: 2 })).message).toContain('does not read (it reads 1)')
    const error = await broken({ ...proofRecord, verdict: { outcome: 'good', reason: 1 } })
    expect(error.place).toEqual({ file: 'record.json' })
    expect(error.message).toMatch(/^verdict\.outcome: /)
    expect(error.others.map((other) => other.message)).toEqual([expect.stringMatching(/^verdict\.reason: /)])
    const { evaluation } = proofRecord
    const [first, ...rest] = evaluation.candidate.metrics
    const metrics = [{ ...first, value: 'high' }, ...rest]
    expect(
      (await broken({ ...proofRecord, evaluation: { ...evaluation, candidate: { ...evaluation.candidate, metrics } } }))
        .message,
    ).toMatch(/^evaluation\.candidate\.metrics\[0\]\.value: /)
  })
  it('is refused where it contradicts itself', async () => {
    const { evaluation } = proofRecord
    expect((await broken({ ...proofRecord, task: 'regression' })).message).toContain('its evaluation is binary')
    expect((await broken({ ...proofRecord, champion: null })).message).toContain('in one of champion and')
    const curves = evaluation.curves.map((curve, i) => (i === 0 ? { ...curve, y: curve.y.slice(1) } : curve))
    expect((await broken({ ...proofRecord, evaluation: { ...evaluation, curves } })).message).toContain('curves[0]')
  })
  it('that is missing, or a folder, is named', async () => {
    await expect(replayRecord({ root, record: 'none.json', json: false })).rejects.toThrow('does not exist')
    await expect(replayRecord({ root, record: '.', json: false })).rejects.toThrow('is a folder')
  })
  it('gives a sentence or a report, never a crash, whichever member is gone or of another kind', () => {
    const paths: (readonly (string | number)[])[] = []
    const walk = (value: unknown, path: readonly (string | number)[]): void => {
      if (path.length > 0) paths.push(path)
      if (Array.isArray(value)) value.slice(0, 2).forEach((item, i) => walk(item, [...path, i]))
      else if (value !== null && typeof value === 'object')
        for (const [key, item] of Object.entries(value)) walk(item, [...path, key])
    }
    const text = JSON.stringify(proofRecord)
    walk(JSON.parse(text), [])
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.constantFrom(undefined, null, 'x', -1, [], {}), (path, value) => {
        const copy = JSON.parse(text) as never
        const at = path.slice(0, -1).reduce((node: Record<string, unknown>, key) => node[key] as never, copy)
        const last = path.at(-1) as string
        if (value === undefined) delete at[last]
        else at[last] = value
        let wrong: unknown
        try {
          const record = parseRecord(JSON.stringify(copy), 'r.json')
          replay(record)
          renderHtml(record)
        } catch (error) {
          if (!(error instanceof RefitError)) wrong = error
        }
        expect([path.join('.'), value, wrong]).toEqual([path.join('.'), value, undefined])
      }),
      { numRuns: 150 },
    )
  })
})
