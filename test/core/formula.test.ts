import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileFormula, FormulaError } from '../../src/core/formula.ts'

const tp = { tp: 1, fp: 0, tn: 0, fn: 0 }
const fp = { tp: 0, fp: 1, tn: 0, fn: 0 }

describe('a formula', () => {
  test('is worth what it says, by the outcome and the columns of the row', () => {
    const formula = compileFormula('tp * amount * 0.02 - fp * 15')
    expect(formula.columns).toEqual(['amount'])
    expect(formula.indicators).toEqual(['tp', 'fp'])
    expect(formula.evaluate(tp, [500])).toBe(10)
    expect(formula.evaluate(fp, [500])).toBe(-15)
  })

  test.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['8 / 4 / 2', 1],
    ['7 - 4 - 2', 1],
    ['-2 * -3', 6],
    ['- (1 + 1)', -2],
    ['2 - -1', 3],
    ['+4', 4],
    ['.5e1 + 1.', 6],
    ['min(3, 1 + 1, 9) + max(1, 2)', 4],
    ['abs(-3) + round(2.6)', 6],
    ['1/0', Infinity],
  ])('%s is %d', (text, value) => expect(compileFormula(text).evaluate(tp, [])).toBe(value))

  test('names columns with other letters in backquotes, which makes them columns whatever they spell', () => {
    const formula = compileFormula('`net amount` + größe_2 + `tp` + `max`')
    expect(formula.columns).toEqual(['net amount', 'größe_2', 'tp', 'max'])
    expect(formula.indicators).toEqual([])
    expect(formula.evaluate(tp, [1, 20, 300, 4000])).toBe(4321)
  })

  test.each([
    ['', 0, 'ends'],
    ['tp * ', 5, 'ends'],
    ['tp * ; 3', 5, '“;”'],
    ['tp fp', 3, 'operator is missing'],
    ['(tp * 2', 0, 'closing parenthesis'],
    ['tp * 2)', 6, '“)”'],
    ['tp ** 2', 4, '“*”'],
    ['eval(1)', 0, 'no function “eval”'],
    ['constructor(1)', 0, 'no function “constructor”'],
    ['abs(1, 2)', 0, 'takes one value'],
    ['min()', 4, '“)”'],
    ['max(1 2)', 6, '“2”'],
    ['a.b', 1, '“.”'],
    ['tp["x"]', 2, '“[”'],
    ['😀', 0, '“😀”'],
    ['('.repeat(500), 100, 'nested too deeply'],
  ])('%s is wrong at %d', (text, at, part) => {
    let error: unknown
    try {
      compileFormula(text)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(FormulaError)
    expect((error as FormulaError).message).toContain(part)
    expect((error as FormulaError).at).toBe(at)
  })

  test('of any text is a formula or a FormulaError, never anything else', () => {
    expect.hasAssertions()
    const pieces = fc.constantFrom(
      'tp',
      'x',
      '1',
      '2.5',
      '+',
      '-',
      '*',
      '/',
      '(',
      ')',
      ',',
      'min',
      'abs',
      ' ',
      '`a b`',
      '$',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        let value: unknown
        try {
          const formula = compileFormula(parts.join(''))
          value = formula.evaluate(
            tp,
            formula.columns.map(() => 2),
          )
        } catch (error) {
          value = error instanceof FormulaError ? 0 : error
        }
        expect(typeof value).toBe('number')
      }),
      { numRuns: 300 },
    )
  })
})
