import { describe, expect, test } from 'vitest'
import type { Expectations } from '../../src/config/schema.ts'
import { checkSentinel } from '../../src/data/misread.ts'
import { checkQuality } from '../../src/data/quality.ts'
import { read } from './support.ts'
import { tableOf } from './tables.ts'

const sentences = (values: readonly (number | null)[]): readonly string[] => {
  const [column] = tableOf({ x: values }).columns
  return checkSentinel({ name: 'x', role: 'feature' }, column).map(({ sentence }) => sentence)
}
const told = (share: string, value: string, text: string, others = '10 … 80'): string =>
  `x: ${share} are ${value}, far from all others (${others}), and count as that number; if it means “missing”, add "${text}" to data.missing`

describe('a number that may mean “missing”', () => {
  test.each<[string, (number | null)[], string[]]>([
    ['the smallest', [10, -999, 80, -999, null, -999], [told('3 of 5 values (60 %)', '−999', '-999')]],
    ['the largest', [10, 9999, 80, 9999, 9999], [told('3 of 5 values (60 %)', '9,999', '9999')]],
    [
      'at both ends',
      [10, 9999, 80, 9999, 9999, -999, -999, -999],
      [told('3 of 8 values (38 %)', '9,999', '9999', '−999 … 80')],
    ],
    [
      'of 32 bits',
      [10, 80, ...Array<number>(3).fill(-2147483648)],
      [told('3 of 5 values (60 %)', '−2,147,483,648', '-2147483648')],
    ],
    ['of 16 bits', [10, 80, ...Array<number>(3).fill(32767)], [told('3 of 5 values (60 %)', '32,767', '32767')]],
    ['beside one other value', [1, 1, 99, 99, 99], [told('3 of 5 values (60 %)', '99', '99', '1 … 1')]],
    ['twice only', [10, -999, 80, -999], []],
    ['as far from the others as they are from each other', [10, 80, -60, 99, 99, 99], []],
    ['one further than that', [10, 0, 49, 99, 99, 99], [told('3 of 6 values (50 %)', '99', '99', '0 … 49')]],
    ['exactly as far', [49.5, 0, 99, 99, 99], []],
    ['that no program writes', [10, 80, -1000, -1000, -1000], []],
    ['alone', [-999, -999, -999], []],
    ['of nothing', [null, null], []],
  ])('%s', (_what, values, expected) => {
    expect(sentences(values)).toEqual(expected)
  })
})

test('it is told of features alone, with the setting that cures it, and files without rows are', async () => {
  const rows = Array.from(
    { length: 60 },
    (_, i) => `${i % 4 === 0 ? -999 : i},${i % 6 === 0 ? -999 : i},${i % 2},${i / 7}`,
  )
  const csv = { 'a.csv': ['x,y,label,z', ...rows].join('\n'), 'b.csv': 'x,y,label,z\n', 'c.csv': 'x,y,label,z\n' }
  const expectations = { rows: {}, columns: {} } as Expectations
  const found = async (config: object): Promise<readonly (string | undefined)[][]> => {
    const { table, report } = await read(csv, { source: ['*.csv'], ignore: ['y'], ...config })
    return checkQuality(table, report, expectations).map(({ rule, column, sentence }) => [rule, column, sentence])
  }
  const empty = ['empty-file', undefined, 'b.csv and 1 other of the 3 files hold no row']
  expect(await found({})).toEqual([['sentinel', 'x', told('15 of 60 values (25 %)', '−999', '-999', '1 … 59')], empty])
  expect(await found({ missing: { only: ['-999'] } })).toEqual([empty])
})
