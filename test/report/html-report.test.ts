import { createHash } from 'node:crypto'
import { parse, type DefaultTreeAdapterTypes } from 'parse5'
import { describe, expect, it } from 'vitest'
import { renderHtml } from '../../src/report/html-report.ts'
import { ticks } from '../../src/report/render/svg.ts'
import type { RunRecord } from '../../src/report/run-record.ts'
import { bootstrapRecord, passRecord, sampleRecords } from './sample-record.ts'

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
  it.each(Object.keys(sampleRecords))(
    'is valid for the %s record, with ids used once and links that lead somewhere',
    (name) => {
      const all = elements(renderHtml(sampleRecords[name] as RunRecord))
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
    const all = elements(renderHtml(passRecord))
    const of = (name: string): Element[] => all.filter((element) => element.tagName === name)
    expect(attribute(of('html')[0] as Element, 'lang')).toBe('en')
    expect(of('h1')).toHaveLength(1)
    expect(of('main')).toHaveLength(1)
    expect(attribute(of('a')[0] as Element, 'href')).toBe('#main')
    for (const table of of('table')) expect(textOf(table.childNodes[0] as Node)).not.toBe('')
    for (const cell of of('th')) expect(attribute(cell, 'scope')).toMatch(/^(row|col)$/)
    for (const drawing of of('svg')) {
      const described = attribute(drawing, 'role') === 'img' && attribute(drawing, 'aria-labelledby') !== undefined
      expect(described || attribute(drawing, 'aria-hidden') === 'true').toBe(true)
    }
    const regions = all.filter((element) => attribute(element, 'role') === 'region')
    for (const region of regions)
      expect([attribute(region, 'tabindex'), attribute(region, 'aria-label')?.length]).not.toContain(0)
    const levels = all.flatMap((element) => /^h([1-6])$/.exec(element.tagName)?.[1] ?? [])
    expect(levels[0]).toBe('1')
    expect(new Set(levels.slice(1))).toEqual(new Set(['2']))
  })

  it('draws candidate, champion and the loss, and tells the numbers as text', () => {
    const html = renderHtml(passRecord)
    const all = elements(html)
    const titles = all.filter((element) => element.tagName === 'title').map(textOf)
    expect(titles).toEqual(expect.arrayContaining(['ROC curve', 'Calibration', 'Validation loss by epoch']))
    expect(all.filter((element) => element.tagName === 'polyline').length).toBe(3 + 2 + 2)
    expect(html).toContain('+0.073 … +0.101')
    expect(renderHtml(bootstrapRecord)).not.toContain('champion v')
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
