import { createHash } from 'node:crypto'
import { parse, type DefaultTreeAdapterTypes } from 'parse5'
import { describe, expect, it } from 'vitest'
import { renderHtml } from '../../src/report/html-report.ts'
import { STYLE } from '../../src/report/render/style.ts'
import { ticks } from '../../src/report/render/svg.ts'
import type { RunRecord } from '../../src/report/run-record.ts'
import { foreignText, multiclassProof, proofRecord, regressionProof } from './proof-record.ts'
import { bootstrapRecord, passRecord, sampleRecords } from './sample-record.ts'

const allRecords: Readonly<Record<string, RunRecord>> = {
  ...sampleRecords,
  proof: proofRecord,
  'multiclass proof': multiclassProof,
  'regression proof': regressionProof,
}

type Node = DefaultTreeAdapterTypes.Node
type Element = DefaultTreeAdapterTypes.Element

function elements(html: string): Element[] {
  const errors: string[] = []
  const document = parse(html, { onParseError: (error) => errors.push(`${error.code} at line ${error.startLine}`) })
  expect(errors).toEqual([])
  const walk = (node: Node): Element[] => [
    ...('tagName' in node ? [node] : []),
    ...('childNodes' in node ? node.childNodes.flatMap(walk) : []),
  ]
  return walk(document)
}
const attribute = (element: Element, name: string): string | undefined =>
  element.attrs.find((entry) => entry.name === name)?.value
const textOf = (node: Node): string =>
  'value' in node ? node.value : 'childNodes' in node ? node.childNodes.map(textOf).join('') : ''

describe('renderHtml', () => {
  it('has a list of sections, and the column for it', () => {
    expect(renderHtml(passRecord)).toMatch(/<div class="page indexed">[^]*<nav /)
  })

  it.each(Object.keys(allRecords))(
    'is valid for the %s record, with ids used once and links that lead somewhere',
    (name) => {
      const all = elements(renderHtml(allRecords[name] as RunRecord))
      const ids = all.flatMap((element) => attribute(element, 'id') ?? [])
      expect(new Set(ids).size).toBe(ids.length)
      for (const element of all) {
        const references = [
          attribute(element, 'aria-labelledby')?.split(' '),
          attribute(element, 'href')?.match(/^#(.*)/)?.[1],
        ].flat()
        expect(ids).toEqual(expect.arrayContaining(references.filter((reference) => reference !== undefined)))
      }
    },
  )

  it('needs no network and runs nothing', () => {
    const html = renderHtml(passRecord)
    const all = elements(html)
    expect(all.filter((element) => /^(script|img|link|iframe|object|form)$/.test(element.tagName))).toEqual([])
    expect(all.flatMap((element) => element.attrs.filter((entry) => /^(style|src|on.*)$/.test(entry.name)))).toEqual([])
    const style = textOf(all.find((element) => element.tagName === 'style') as Element)
    expect(style).not.toMatch(/url\(|@import/)
    const policy = all.find((element) => attribute(element, 'http-equiv') === 'Content-Security-Policy')
    const digest = createHash('sha256').update(style).digest('base64')
    expect(attribute(policy as Element, 'content')).toContain(`default-src 'none'; style-src 'sha256-${digest}'`)
  })

  it('can be read without seeing it', () => {
    const all = elements(renderHtml(proofRecord))
    const of = (name: string): Element[] => all.filter((element) => element.tagName === name)
    expect(attribute(of('html')[0] as Element, 'lang')).toBe('en')
    expect(of('h1')).toHaveLength(1)
    expect(of('main')).toHaveLength(1)
    expect(attribute(of('a')[0] as Element, 'href')).toBe('#main')
    expect(of('table').length).toBeGreaterThan(15)
    for (const table of of('table')) expect(textOf(table.childNodes[0] as Node)).not.toBe('')
    for (const cell of of('th')) expect(attribute(cell, 'scope')).toMatch(/^(row|col)$/)
    for (const drawing of of('svg')) {
      const described = attribute(drawing, 'role') === 'img' && attribute(drawing, 'aria-labelledby') !== undefined
      expect(described || attribute(drawing, 'aria-hidden') === 'true').toBe(true)
    }
    const regions = all.filter((element) => attribute(element, 'role') === 'region')
    for (const region of regions)
      expect([attribute(region, 'tabindex'), attribute(region, 'aria-label')?.length]).not.toContain(0)
    const names = regions.flatMap((region) => attribute(region, 'aria-label') ?? [])
    const titles = of('h2').map(textOf)
    expect(new Set([...names, ...titles]).size).toBe(names.length + titles.length)
    const levels = all.flatMap((element) => /^h([1-6])$/.exec(element.tagName)?.[1] ?? [])
    expect(levels[0]).toBe('1')
    expect(levels.slice(1)).not.toContain('1')
    // No level is skipped on the way down.
    levels.forEach((level, i) => expect(Number(level) - Number(levels[i - 1] ?? 0)).toBeLessThanOrEqual(1))
  })

  it('draws candidate and champion in the same axes, and tells the numbers as text', () => {
    const html = renderHtml(proofRecord)
    const all = elements(html)
    const titles = all.filter((element) => element.tagName === 'title').map(textOf)
    const drawn = ['ROC curve', 'Precision and recall', 'Reliability', 'Cumulative gains', 'Validation loss by epoch']
    expect(titles).toEqual(expect.arrayContaining(drawn))
    // roc 3, pr 2, reliability 2, gains 2, scores 2 × 2, loss 2
    expect(all.filter((element) => element.tagName === 'polyline').length).toBe(3 + 2 + 2 + 2 + 4 + 2)
    expect(html).toContain('+0.073 … +0.101')
    expect(renderHtml(bootstrapRecord)).not.toContain('champion v')
    expect(renderHtml(regressionProof)).toContain('Residuals by prediction')
    expect(renderHtml(multiclassProof)).toContain('Confusion matrix')
  })

  it('answers before it explains: verdict, numbers and every gate stand above the first section', () => {
    const html = renderHtml(proofRecord)
    const first = html.slice(0, html.indexOf('<nav'))
    expect(first).toContain('Ready to merge')
    for (const gate of proofRecord.gates) expect(first).toContain(gate.title.replaceAll('×', '×'))
    expect(first).toContain('95 %: +0.073 … +0.101')
  })

  it('links every metric, test and reading to its definition', () => {
    for (const record of Object.values(allRecords)) {
      const all = elements(renderHtml(record))
      const links = all.filter((element) => attribute(element, 'class') === 'term')
      const named = new Set(links.map(textOf))
      for (const { metric } of record.evaluation.candidate.metrics) expect([...named]).toContain(metric)
      expect([...named]).toEqual(expect.arrayContaining(['Difference', 'Reading', 'Gate']))
    }
  })

  it('stays below 300 kB with 200 slices', () => {
    const { slices } = proofRecord.evaluation
    const many = Array.from({ length: 200 }, (_, i) => ({
      ...(slices[i % slices.length] as (typeof slices)[0]),
      value: `v${i}`,
    }))
    const html = renderHtml({ ...proofRecord, evaluation: { ...proofRecord.evaluation, slices: many } })
    expect(Buffer.byteLength(html)).toBeLessThan(300_000)
    expect(html).toContain('plan = v199')
  })

  it('shows foreign text as text, wherever an evaluation can take it from', () => {
    const text = '</title><script>alert(1)</script><img src=x onerror=alert(1)> " \' & \u202e'
    const html = renderHtml(foreignText(text))
    const all = elements(html)
    expect(all.filter((element) => /^(script|img)$/.test(element.tagName))).toEqual([])
    expect(all.flatMap((element) => element.attrs.filter((entry) => /^(style|src|on.*)$/.test(entry.name)))).toEqual([])
    expect(html).not.toContain('\u202e')
  })

  it('shows foreign text as text', () => {
    const text = '</title><script>alert(1)</script><img src=x onerror=alert(1)> " \' & \u202e'
    const evil: RunRecord = {
      ...passRecord,
      model: text,
      requestedBy: text,
      verdict: { outcome: 'pass', reason: text },
      runUrl: 'javascript:alert(1)',
      rollout: { ...passRecord.rollout, environment: text },
      data: { ...passRecord.data, columns: passRecord.data.columns.map((column) => ({ ...column, name: text })) },
      triggers: passRecord.triggers.map((trigger) => ({
        ...trigger,
        sentence: text,
        evidence: trigger.evidence.map((column) => ({ ...column, column: text, note: text })),
      })),
    }
    const html = renderHtml(evil)
    const all = elements(html)
    expect(all.filter((element) => /^(script|img)$/.test(element.tagName))).toEqual([])
    expect(all.some((element) => attribute(element, 'href')?.startsWith('javascript:'))).toBe(false)
    expect(html).not.toContain('\u202e')
  })
})

describe('the colours of the page', () => {
  const themes = ['light', 'dark'] as const
  const colorsOf = (theme: (typeof themes)[number]): ReadonlyMap<string, string> => {
    const blocks = [...STYLE.matchAll(/:root\{([^}]*)\}/g)].map((match) => match[1] ?? '')
    const own = theme === 'light' ? blocks.slice(0, 1) : blocks.slice(0, 2)
    return new Map(
      own.flatMap((block) =>
        [...block.matchAll(/--([\w-]+):(#[0-9a-f]{3,6})/g)].map((match) => [match[1] ?? '', match[2] ?? '']),
      ),
    )
  }
  /** WCAG 2.2, relative luminance. */
  const luminance = (color: string): number => {
    const hex = color.length === 4 ? color.slice(1).replace(/./g, '$&$&') : color.slice(1)
    const [r = 0, g = 0, b = 0] = [0, 2, 4].map((at) => {
      const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const contrast = (a: string, b: string): number => {
    const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
    return (high + 0.05) / (low + 0.05)
  }
  /** Mixes as color-mix(in srgb) does. */
  const mix = (a: string, b: string, share: number): string => {
    const part = (color: string, at: number): number =>
      Number.parseInt(color.length === 4 ? (color[at + 1] ?? '0').repeat(2) : color.slice(1 + at * 2, 3 + at * 2), 16)
    return `#${[0, 1, 2]
      .map((at) =>
        Math.round(part(a, at) * share + part(b, at) * (1 - share))
          .toString(16)
          .padStart(2, '0'),
      )
      .join('')}`
  }

  it.each(themes)('can be told apart in the %s theme (WCAG AA: text 4.5, drawings 3)', (theme) => {
    const colors = colorsOf(theme)
    const color = (name: string): string => colors.get(name) ?? `no ${name}`
    const texts = [
      ...['bg', 'card', 'fill'].flatMap((under) => ['text', 'soft', 'candidate'].map((name) => [name, under])),
      ...['good', 'bad', 'unknown'].flatMap((name) => [
        [name, 'card'],
        [name, `${name}-bg`],
        ['card', name],
      ]),
      ...['bad-bg', 'unknown-bg'].flatMap((under) => ['text', 'soft'].map((name) => [name, under])),
    ]
    const weak = texts.filter(([name = '', under = '']) => !(contrast(color(name), color(under)) >= 4.5))
    const drawn = ['candidate', 'champion', 'baseline', 'good', 'bad', 'unknown']
    const faint = drawn.filter((name) => !(contrast(color(name), color('card')) >= 3))
    const shade = Math.max(...[...STYLE.matchAll(/--s:(\d+)%/g)].map((match) => Number(match[1]))) / 100
    const dark = ['candidate', 'bad'].filter(
      (name) => !(contrast(color('text'), mix(color(name), color('card'), shade)) >= 4.5),
    )
    expect([texts.length, shade]).toEqual([22, 0.4])
    expect({ weak, faint, dark }).toEqual({ weak: [], faint: [], dark: [] })
  })
  it('moves nothing for those who asked for that, and prints without folds', () => {
    expect(STYLE).toContain('@media(prefers-reduced-motion:reduce)')
    expect(STYLE).toMatch(/@media print\{.*details-content/)
    expect(STYLE).toContain(':focus-visible')
  })
})

describe('ticks', () => {
  it('are round, few, and cover the values', () => {
    for (const [low, high] of [
      [0, 1],
      [0.31, 0.92],
      [-3, 1200],
      [5, 5],
      [0, 1e-7],
      [-0.2, -0.1],
    ] as const) {
      const all = ticks(low, high)
      expect(all.length).toBeGreaterThanOrEqual(2)
      expect(all.length).toBeLessThanOrEqual(8)
      expect(all[0]).toBeLessThanOrEqual(low)
      expect(all.at(-1)).toBeGreaterThanOrEqual(high)
    }
  })
})
