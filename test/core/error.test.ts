import { describe, expect, test } from 'vitest'
import { withPlace } from '../../src/core/error.ts'

describe('a message with its place', () => {
  test('names the file once', () => {
    expect(withPlace('data/feb.csv is not written in UTF-8', { file: 'data/feb.csv', line: 3 })).toBe(
      'data/feb.csv:3 is not written in UTF-8',
    )
    expect(withPlace('data/feb.csv is empty', { file: 'data/feb.csv' })).toBe('data/feb.csv is empty')
    expect(withPlace('unknown key "treshold"', { file: '.github/refit.yml', line: 12, column: 5 })).toBe(
      '.github/refit.yml:12:5 unknown key "treshold"',
    )
    expect(withPlace('no place', undefined)).toBe('no place')
  })
})
