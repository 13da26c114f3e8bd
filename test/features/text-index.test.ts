import { expect, test } from 'vitest'
import { textIndex } from '../../src/features/text-index.ts'

test('a number finds itself however a program spells it', () => {
  const find = textIndex(['basic', '50', '1.5'])
  expect(['50', '50.0', '5e1', ' 50', '1.50', 'basic'].map(find)).toEqual([1, 1, 1, 1, 2, 0])
})

test('what no file would read as that number does not', () => {
  const find = textIndex(['50', '9007199254740992', '1234'])
  expect(['0x32', '0b110010', '', 'Infinity', '9007199254740993', '1,234'].map(find)).toEqual(
    Array.from({ length: 6 }, () => undefined),
  )
  expect(find('9007199254740992')).toBe(1)
})
