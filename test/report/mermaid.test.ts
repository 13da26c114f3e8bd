import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BarChart } from '../../src/report/document.ts'
import { renderPullRequest } from '../../src/report/pull-request.ts'
import {
  barsAsMermaid,
  drawnSeries,
  intervalsAsText,
  linesAsMermaid,
  stepsAsMermaid,
} from '../../src/report/render/mermaid.ts'
import { mermaidAsText } from '../../src/report/render/terminal-chart.ts'
import { parseMermaid } from '../support/mermaid.ts'
import { proofRecord, regressionProof } from './proof-record.ts'
import { sampleRecords } from './sample-record.ts'

const label = fc.string({
  unit: fc.constantFrom(...'"`[]{}()<>;#%|&,:\\-= \n', 'a', 'é', '漢', '%%{', 'end', 'click'),
  maxLength: 40,
})
const bars = (labels: readonly string[], value = 0.3): BarChart => ({
  kind: 'bars',
  title: labels[0] ?? '',
  unit: 'PSI',
  limit: 0.2,
  bars: labels.map((text) => ({ label: text, value, status: 'none' })),
})

describe('diagrams', () => {
  it('are read by Mermaid, for every sample record', async () => {
    for (const record of [...Object.values(sampleRecords), proofRecord, regressionProof]) {
      const diagrams = [...renderPullRequest(record).body.matchAll(/```mermaid\n([\s\S]*?)```/g)].map(
        (match) => match[1] ?? '',
      )
      expect(diagrams.length).toBeGreaterThan(1)
      for (const diagram of diagrams) expect(await parseMermaid(diagram)).toMatch(/^(xychart|flowchart-v2)$/)
    }
  })
  it('are refused by that same reader when they are wrong', async () => {
    await expect(parseMermaid('xychart-beta\n    title "x"\n    bar [1, [2]')).rejects.toThrow(/Parse error/)
  })
  it('stay diagrams whatever the labels say', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(label, { minLength: 1, maxLength: 5 }), async (labels) => {
        expect(await parseMermaid(barsAsMermaid(bars(labels)))).toBe('xychart')
        const steps = { kind: 'steps' as const, title: '', steps: labels.map((name) => ({ name, detail: name })) }
        expect(await parseMermaid(stepsAsMermaid(steps))).toBe('flowchart-v2')
      }),
      { numRuns: 60 },
    )
  })
  it('write numbers that Mermaid can read, however small', async () => {
    for (const value of [1e-9, 0, 3.2e-7, 123_456_789, Number.NaN]) {
      expect(await parseMermaid(barsAsMermaid(bars(['a', 'b'], value)))).toBe('xychart')
    }
  })
  it('draw all models on one grid, with the colours that the legend below names', () => {
    const { body } = renderPullRequest(proofRecord)
    const roc = /```mermaid\n([^`]*ROC curve[^`]*)```\n\n(.*)\n/.exec(body)
    expect(roc?.[1]?.match(/^ {4}line \[/gm)).toHaveLength(3)
    expect(roc?.[1]).toContain('"plotColorPalette": "#8b949e, #c2703d, #4c7fd0"')
    expect(roc?.[2]).toBe('🟦 candidate v4 · 🟧 champion v3 · ⬜ baseline')
    const terminal = mermaidAsText(roc?.[1] ?? '', 80) ?? ''
    expect(terminal.split('\n').map((line) => [...line][0])).toEqual(['R', '🟦', '🟧', '⬜'])
  })
  it('read values off between points that lie elsewhere', () => {
    const series = (x: number[], y: number[]) => ({ name: 'a', tone: 'candidate' as const, x, y })
    const chart = { kind: 'lines' as const, title: '', x: '', y: '', diagonal: null, unit: false }
    const [line] = drawnSeries({ ...chart, series: [series([0, 0.5, 1], [0, 1, 1])] })
    expect(line?.values[0]).toBe(0)
    expect(line?.values[6]).toBeCloseTo(0.5)
    expect(line?.values.at(-1)).toBe(1)
    expect(linesAsMermaid({ ...chart, series: [] })).toBe('')
    expect(linesAsMermaid({ ...chart, series: [series([0, 1], [0, Number.NaN])] })).toBe('')
  })
  it('thin out a long training', async () => {
    const x = Array.from({ length: 1000 }, (_, i) => i + 1)
    const source = linesAsMermaid({
      kind: 'lines',
      title: 'Loss',
      x: 'epoch',
      y: 'loss',
      diagonal: null,
      unit: false,
      series: [{ name: 'loss', tone: 'candidate', x, y: x.map((epoch) => 1 / epoch) }],
    })
    expect(source.length).toBeLessThan(1500)
    expect(await parseMermaid(source)).toBe('xychart')
  })
})

describe('intervals as text', () => {
  it('puts better on the right for metrics of both directions', () => {
    const row = { value: -0.05, low: -0.07, high: -0.03, margin: 0.01, status: 'none' as const, digits: 3, label: 'm' }
    const [head = '', higher = '', lower = ''] = intervalsAsText([
      { ...row, direction: 'higher' },
      { ...row, direction: 'lower' },
    ]).split('\n')
    const zero = head.indexOf('0')
    expect(higher.indexOf('●')).toBeLessThan(zero)
    expect(lower.indexOf('●')).toBeGreaterThan(zero)
    expect(higher.charAt(zero)).toBe('│')
  })
})

describe('intervals on a common scale', () => {
  it('can be compared with each other', () => {
    const row = { margin: 0, status: 'none' as const, digits: 3, label: 'm', direction: 'higher' as const }
    const rows = [
      { ...row, value: 0.1, low: 0.05, high: 0.2 },
      { ...row, value: 0.01, low: 0.005, high: 0.02 },
    ]
    const [, , own = ''] = intervalsAsText(rows).split('\n')
    const [, large = '', small = ''] = intervalsAsText(rows, true).split('\n')
    expect(small.indexOf('●')).toBeLessThan(large.indexOf('●'))
    expect(own.indexOf('●')).toBe(large.indexOf('●'))
  })
})

describe('diagrams on a terminal', () => {
  it('show the same labels and numbers', () => {
    const text = mermaidAsText(barsAsMermaid(bars(['usage', 'plan'], 0.25)), 80) ?? ''
    expect(text).toMatch(/usage +█+ 0\.250/)
    expect(
      mermaidAsText(
        stepsAsMermaid({
          kind: 'steps',
          title: '',
          steps: [
            { name: 'merge', detail: '' },
            { name: 'canary 5 %', detail: '1h' },
          ],
        }),
        80,
      ),
    ).toBe('merge → canary 5 %, 1h')
    expect(mermaidAsText('pie title x', 80)).toBeUndefined()
  })
})
