import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Dictionary } from '../../src/data/readers/dictionary.ts'
import { numberOfBytes, numberOfText, numberStyle } from '../../src/data/readers/number-text.ts'
import { timeOfBytes, timeOfText } from '../../src/data/readers/time-text.ts'

const bytesOf = (text: string): [Buffer, number, number] => {
  const bytes = Buffer.from(`,${text},`)
  return [bytes, 1, bytes.length - 1]
}

describe('a number in text', () => {
  test('is what JavaScript makes of it, to the last bit, as bytes and as text', () => {
    const numbers = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.integer().map(String),
      fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.stringMatching(/^\d{1,12}$/)).map(([a, b]) => `${a}.${b}`),
    )
    fc.assert(
      fc.property(numbers, (text) => {
        // Integers beyond 2^53 are ids; everything else must agree.
        fc.pre(!/^-?\d+$/.test(text) || Number.isSafeInteger(Number(text)))
        expect(numberOfText(text)).toBe(Number(text))
        expect(numberOfBytes(...bytesOf(text), 'plain')).toBe(Number(text))
      }),
    )
  })

  test.each(['1e5', '+3', '.5', '5.', '-0.25', '1E-3', '007'])('%s is one', (text) => {
    expect(numberOfText(text)).toBe(Number(text))
    expect(numberOfBytes(...bytesOf(text), 'plain')).toBe(Number(text))
  })

  test.each([
    '',
    '-',
    '.',
    '0x10',
    'Infinity',
    '1_000',
    '12a',
    '1,234',
    '1 2',
    '--1',
    '1e',
    '12345678901234567890',
    '1e999',
  ])('%j is none', (text) => {
    expect(numberOfText(text)).toBeNaN()
    expect(numberOfBytes(...bytesOf(text), 'plain')).toBeNaN()
  })

  test('may have commas only where the column leaves no doubt about them', () => {
    expect(numberStyle(['1,234', '2,345'])).toBe('plain')
    expect(numberStyle(['1,234', '1,234,567'])).toBe('thousands')
    expect(numberStyle(['1,234.5', '12'])).toBe('thousands')
    expect(numberStyle(['1,5', '12,25'])).toBe('decimal-comma')
    expect(numberStyle(['1,5', '1,234,567'])).toBe('plain')
    expect(numberOfText('1,234,567.5', 'thousands')).toBe(1_234_567.5)
    expect(numberOfText('1,5', 'decimal-comma')).toBe(1.5)
  })
})

describe('a time in text', () => {
  test('is read in every ISO spelling, without a zone as UTC', () => {
    for (const [text, iso] of [
      ['2026-05-01', '2026-05-01T00:00:00.000Z'],
      ['2026/05/01', '2026-05-01T00:00:00.000Z'],
      ['2026-05-01 10:30', '2026-05-01T10:30:00.000Z'],
      ['2026-05-01 10:30:15', '2026-05-01T10:30:15.000Z'],
      ['2026-05-01T10:30:15Z', '2026-05-01T10:30:15.000Z'],
      ['2026-05-01T10:30:15.123456Z', '2026-05-01T10:30:15.123Z'],
      ['2026-05-01T10:30:15+02:00', '2026-05-01T08:30:15.000Z'],
      ['2026-05-01T10:30:15-0530', '2026-05-01T16:00:15.000Z'],
      ['2024-02-29', '2024-02-29T00:00:00.000Z'],
      ['1969-12-31', '1969-12-31T00:00:00.000Z'],
    ] as const) {
      expect(new Date(timeOfText(text)).toISOString()).toBe(iso)
      expect(timeOfBytes(...bytesOf(text))).toBe(timeOfText(text))
    }
  })

  test('agrees with Date over all of history', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          const iso = date.toISOString()
          expect(timeOfText(iso)).toBe(date.getTime())
          expect(timeOfBytes(...bytesOf(iso.slice(0, 19)))).toBe(Math.floor(date.getTime() / 1000) * 1000)
        },
      ),
    )
  })

  test.each([
    '2026-02-30',
    '2026-13-01',
    '01/05/2026',
    '2026-5-1',
    '20260501',
    '2026-05-01T25:00:00Z',
    '2026-05-01x',
    '2023-02-29',
  ])('%s is none', (text) => {
    expect(timeOfText(text)).toBeNaN()
    expect(timeOfBytes(...bytesOf(text))).toBeNaN()
  })
})

describe('a dictionary', () => {
  test('gives the same code to the same text, from bytes and from strings, for thousands of texts', () => {
    const dictionary = new Dictionary(new Set(['NA']))
    const texts = Array.from({ length: 5000 }, (_, i) => `wort ${i} ü`)
    const first = texts.map((text) => dictionary.ofBytes(...bytesOf(text)))
    expect(first).toEqual(texts.map((_, i) => i))
    expect(texts.map((text) => dictionary.ofText(text))).toEqual(first)
    expect(texts.map((text) => dictionary.ofBytes(...bytesOf(text)))).toEqual(first)
    expect(dictionary.texts).toEqual(texts)
  })

  test('knows missing texts and the one spelling of booleans', () => {
    const dictionary = new Dictionary(new Set(['NA']))
    expect(dictionary.ofText('NA')).toBe(-1)
    expect(dictionary.ofBytes(...bytesOf('NA'))).toBe(-1)
    expect(new Set(['true', 'True', 'TRUE', ' true '].map((text) => dictionary.ofText(text)))).toEqual(new Set([0]))
    expect(dictionary.ofText('Yes')).toBe(1)
    expect(dictionary.texts).toEqual(['true', 'Yes'])
  })
})
