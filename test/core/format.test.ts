import { describe, expect, it } from 'vitest'
import {
  formatBytes,
  formatInterval,
  formatLevel,
  formatNumber,
  formatPercent,
  formatProbability,
} from '../../src/core/format.ts'

describe('formatNumber', () => {
  it('writes numbers as people read them', () => {
    expect([0.8712, 1234, 1234.5, 234.56, 12.345, 0, -0.5, 1e18].map((value) => formatNumber(value))).toEqual([
      '0.871',
      '1,234',
      '1,235',
      '234.6',
      '12.35',
      '0',
      '−0.500',
      '1.0e18',
    ])
  })
  it('never calls a missing value 0', () => {
    expect([null, undefined, Number.NaN].map((value) => formatNumber(value))).toEqual(Array(3).fill('undefined'))
    expect(formatNumber(null, { missing: '–' })).toBe('–')
  })
  it('signs differences', () => {
    expect(formatNumber(0.021, { signed: true })).toBe('+0.021')
    expect(formatNumber(-0.021, { signed: true })).toBe('−0.021')
    expect(formatNumber(0, { signed: true, digits: 3 })).toBe('0.000')
  })
  it('keeps the first digit of a value that would round to zero', () => {
    expect(formatNumber(0.00032, { digits: 3 })).toBe('0.0003')
    expect(formatNumber(-1.3e-30)).toBe('−1.3e−30')
    expect(formatNumber(0.0005, { digits: 3 })).toBe('0.001')
  })
  it('has no negative zero', () => {
    expect(formatNumber(-0)).toBe('0')
    expect(formatNumber(-0.3, { digits: 0 })).toBe('0')
  })
  it('writes infinity', () => {
    expect(formatNumber(Infinity)).toBe('∞')
    expect(formatNumber(-Infinity)).toBe('−∞')
  })
})

describe('the other formats', () => {
  it('writes intervals', () => {
    expect(formatInterval({ low: 0.012, high: 0.03 }, { signed: true, digits: 3 })).toBe('+0.012 … +0.030')
    // What rounding leaves of a 0, and a small unit, which is no rounding.
    expect(formatInterval({ low: -3e-16, high: 0.17 }, { signed: true })).toBe('0 … +0.170')
    expect(formatInterval({ low: -3e-16, high: 2e-15 })).toBe('−3.0e−16 … 2.0e−15')
    expect(formatInterval(null)).toBe('undefined')
  })
  it('writes percentages', () => {
    expect([0.12, 0.0004, 0.031, 1, 0, 0.999, null].map((share) => formatPercent(share))).toEqual([
      '12 %',
      '0.04 %',
      '3.1 %',
      '100 %',
      '0 %',
      '99.9 %',
      'undefined',
    ])
    expect(formatPercent(0.031, { signed: true })).toBe('+3.1 %')
    expect(formatLevel(0.95)).toBe('95 %')
    expect(formatLevel(0.999)).toBe('99.9 %')
    expect(formatLevel(1 - 0.05 / 3)).toBe('98.3 %')
    expect(formatLevel(1 - 0.05 / 55)).toBe('99.91 %')
  })
  it('writes probabilities and sizes', () => {
    expect([0.5, 0.03, 0.00412, 1e-9].map((p) => formatProbability(p))).toEqual(['0.50', '0.03', '0.0041', '< 0.0001'])
    expect([812, 12_400, 3_100_000, 999_600].map((bytes) => formatBytes(bytes))).toEqual([
      '812 B',
      '12.4 kB',
      '3.1 MB',
      '1.0 MB',
    ])
  })
})
