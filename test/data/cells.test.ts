import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Dictionary } from '../../src/data/readers/dictionary.ts'
import { isMissingNumber } from '../../src/data/readers/missing-text.ts'
import { looksLikeNumber, numberOfBytes, numberOfText, numberStyle, PLAIN } from '../../src/data/readers/number-text.ts'
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
        expect(numberOfBytes(...bytesOf(text), PLAIN)).toBe(Number(text))
      }),
    )
  })

  test.each(['1e5', '+3', '.5', '5.', '-0.25', '1E-3', '007'])('%s is one', (text) => {
    expect(numberOfText(text)).toBe(Number(text))
    expect(numberOfBytes(...bytesOf(text), PLAIN)).toBe(Number(text))
  })

  test.each([
    '',
    '-',
    '.',
    ',',
    '0x10',
    '0x32',
    'Infinity',
    '1_000',
    '12a',
    '1,234',
    '1 2',
    '--1',
    '1e',
    '12345678901234567890',
    '1e999',
    '9,007,199,254,740,993',
    '$60.46',
    '60.5%',
    '2.418,40',
    '0,75',
    '1.2.3',
    "12'34",
    '030 123 456',
    '(5)',
  ])('%j is none where nothing is known of its column', (text) => {
    expect(numberOfText(text)).toBeNaN()
    expect(numberOfBytes(...bytesOf(text), PLAIN)).toBeNaN()
  })

  test.each([
    ['1,234,567', 1_234_567],
    ['1,234.5', 1234.5],
    ["2'418", 2418],
    ['2\u2019418.25', 2418.25],
    ['1 234', 1234],
    ['1\u00a0234\u00a0567', 1_234_567],
    ['1\u202f234.5', 1234.5],
    ['\u22125', -5],
    ['\u22121,234.5', -1234.5],
  ])('%j can be nothing but %d', (text, value) => {
    expect(numberOfText(text)).toBe(value)
  })

  test('beside decimal commas has no decimal points: 2.720 is 2720, and 2.72 is none', () => {
    const style = numberStyle(['2.720', '657,26'])
    expect(style).toEqual({ decimal: ',' })
    const read = (text: string): number => numberOfText(text, style)
    expect(['2.720', '657,26', '2.418,40', '1.234.567', '-0,5', '1\u00a0234,5', '1e3'].map(read)).toEqual([
      2720, 657.26, 2418.4, 1_234_567, -0.5, 1234.5, 1000,
    ])
    for (const text of ['2.72', '1.5', '12.34,5', '1,234,567', '0.720']) {
      expect(read(text)).toBeNaN()
      expect(numberOfBytes(...bytesOf(text), style)).toBeNaN()
    }
    expect(numberOfBytes(...bytesOf('657,26'), style)).toBe(657.26)
    // Only `numberOfText` knows separators: the bytes alone must not say 2.72.
    expect(numberOfBytes(...bytesOf('2.720'), style)).toBeNaN()
  })

  test.each<[string, readonly string[], object]>([
    ['nothing', ['1,234', '2,345'], {}],
    ['nothing, whatever the points are', ['2.720', '3.100'], {}],
    ['a decimal point by a group of three', ['1,234', '1,234,567'], { decimal: '.' }],
    ['a decimal point beside a comma', ['1,234.5', '12'], { decimal: '.' }],
    ['a decimal point in another cell', ['1,234', '12.5'], { decimal: '.' }],
    ['a decimal comma', ['1,5', '12,25'], { decimal: ',' }],
    ['a decimal comma by two points', ['1.234.567'], { decimal: ',' }],
    ['a decimal comma behind blanks', ['1 234,567'], { decimal: ',' }],
    ['nothing where cells contradict each other', ['1,5', '1,234,567'], {}],
    ['nothing by an address', ['192.168.1.1'], {}],
    ['a currency', ['$5', '6'], { unit: '$' }],
    ['percentages', ['5%', '0', '7.5 %'], { decimal: '.', unit: '%' }],
    ['no unit where shares stand beside percentages', ['5%', '0.5'], { decimal: '.' }],
    ['no unit where there are two', ['$5', '€5'], {}],
  ])('in a column shows %s', (_what, texts, style) => {
    expect(numberStyle(texts)).toEqual(style)
  })

  test('has the decimal mark that is configured, whatever the cells show', () => {
    expect(numberOfText('1,234', numberStyle(['1,234'], '.'))).toBe(1234)
    expect(numberOfText('1,234', numberStyle(['1,234'], ','))).toBe(1.234)
  })

  test('may carry the unit of its column, and no other', () => {
    const dollars = { decimal: '.', unit: '$' } as const
    const read = (text: string): number => numberOfText(text, dollars)
    expect(['$60.46', '-$60.46', '$-60.46', '60.46 $', '$1,234', '60.46'].map(read)).toEqual([
      60.46, -60.46, -60.46, 60.46, 1234, 60.46,
    ])
    expect(['€60', '60%', '$60$', '-$-5'].map(read)).toEqual([NaN, NaN, NaN, NaN])
  })

  test('among percentages needs the sign: 0.6 may be 60 %', () => {
    const percent = { unit: '%' }
    expect(['60.5%', '60.5 %', '0', '0.6', '12'].map((text) => numberOfText(text, percent))).toEqual([
      60.5,
      60.5,
      0,
      NaN,
      NaN,
    ])
    expect(numberOfBytes(...bytesOf('12'), percent)).toBeNaN()
  })

  test.each(['1.234,5', '(12.50)', '12 kg', '7,5h', '5-', '1,234', '1.5K', 'EUR 5', '$ 5 '.trim()])(
    '%s looks like one, or begins with a letter',
    (text) => {
      expect(looksLikeNumber(text)).toBe(!/^\p{L}/u.test(text))
    },
  )

  test.each(['A1', '10.0.0.1', '01/02/2026', '2026-01-01', '10:30', '1524831183200260097', 'x'])(
    '%s does not look like one',
    (text) => {
      expect(looksLikeNumber(text)).toBe(false)
    },
  )
})

describe('a text among numbers', () => {
  const missing = new Set(['', 'kaputt'])
  test.each([
    '\\N',
    '#N/A',
    '<NA>',
    'n/a',
    'none',
    'None',
    'NaT',
    '-',
    '--',
    '.',
    '#DIV/0!',
    'NULL',
    '?',
    '\u2014',
    'kaputt',
    '',
  ])('%j means “missing”', (text) => {
    expect(isMissingNumber(text, missing)).toBe(true)
  })
  test.each(['0', '-1', 'x', 'n/k', 'KAPUTT', 'N'])('%j does not', (text) => {
    expect(isMissingNumber(text, missing)).toBe(false)
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
