import { describe, expect, test } from 'vitest'
import { spellingsOf } from '../../src/data/label-spelling.ts'
import { failure, read, texts } from './support.ts'

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']

describe('one class is written in several ways', () => {
  test.each<[string, string[], string[][]]>([
    [
      'by digits and words',
      ['0', '1', 'false', 'true'],
      [
        ['0', 'false'],
        ['1', 'true'],
      ],
    ],
    ['by one stray word', ['0', '1', 'true'], [['1', 'true']]],
    [
      'beside an unknown',
      ['no', 'yes', 'N', 'Y', 'unknown'],
      [
        ['no', 'N'],
        ['yes', 'Y'],
      ],
    ],
    ['beside two others', ['0', '1', 'true', 'open', 'lost'], [['1', 'true']]],
    ['by a lone letter beside words', ['no', 'yes', 'y'], [['yes', 'y']]],
    [
      'by two pairs of letters',
      ['t', 'f', 'Y', 'N'],
      [
        ['t', 'Y'],
        ['f', 'N'],
      ],
    ],
    ['by case', ['Yes', 'yes', 'No'], [['Yes', 'yes']]],
    [
      'by blanks and dashes',
      ['not churned', 'Not  churned', 'not-churned', 'not_churned', 'x'],
      [['not churned', 'Not  churned', 'not-churned', 'not_churned']],
    ],
    [
      'by Unicode',
      ['gr\u00fcn', 'gru\u0308n', 'gr\u00fcn\u200b', 'rot'],
      [['gr\u00fcn', 'gru\u0308n', 'gr\u00fcn\u200b']],
    ],
    [
      'by a full stop, as in the files of Adult',
      ['<=50K', '>50K', '<=50K.', '>50K.'],
      [
        ['<=50K', '<=50K.'],
        ['>50K', '>50K.'],
      ],
    ],
    [
      'in two languages',
      ['nein', 'ja', 'no', 'yes'],
      [
        ['nein', 'no'],
        ['ja', 'yes'],
      ],
    ],
    ['by width', ['ＡＢ', 'AB', 'C'], [['ＡＢ', 'AB']]],
    ['by decimals', ['0', '1', '1.0'], [['1', '1.0']]],
    ['by negative and neg', ['neg', 'negative', 'pos'], [['neg', 'negative']]],
    ['although there are many classes', ['a', 'b', 'c', 'd', 'e', 'E'], [['e', 'E']]],
  ])('%s', (_how, classes, groups) => {
    expect(spellingsOf(classes)).toEqual(groups)
  })

  test.each([
    ['digits', ['0', '1', '2']],
    ['a pair', ['true', 'false']],
    ['a pair and a third', ['negative', 'neutral', 'positive']],
    ['signs', ['-1', '0', '1']],
    ['letters that are no pair', ['f', 'm', 'n']],
    ['words for no and yes beside three others', ['0', '1', 'true', 'open', 'lost', 'won']],
    ['an alphabet', LETTERS],
    ['digits and an alphabet', [...'0123456789', ...LETTERS]],
    ['names with the same words', ['yes, a little', 'yes', 'no']],
    ['versions', ['1.0.0', '1.0']],
  ])('not: %s', (_what, classes) => {
    expect(spellingsOf(classes)).toEqual([])
  })
})

describe('a label in several spellings', () => {
  const half = (from: number, words: readonly [string, string]): string =>
    `x,y\n${Array.from({ length: 60 }, (_, i) => `${i + from},${words[i % 2]}`).join('\n')}\n`

  test('is an error that names them and where each is first', async () => {
    const error = await failure(read({ 'a.csv': half(0, ['1', '0']), 'b.csv': half(60, ['True', 'False']) }))
    expect(error.message).toBe(
      'the label "y" writes one class in several ways: "1" (a.csv:2) and "true" (b.csv:2); "0" (a.csv:3) and "false" (b.csv:3)',
    )
    expect(error.place).toEqual({ file: 'b.csv', line: 3 })
    expect(error.hint).toContain('data.classes: [1, true]')
  })

  test('is an error also where the second is too rare to make a category of a number column', async () => {
    const rows = Array.from({ length: 400 }, (_, i) => `${i},${i === 300 ? 'yes' : i % 2}`)
    const error = await failure(read({ 'a.csv': `x,y\n${rows.join('\n')}\n` }))
    expect(error.message).toBe('the label "y" writes one class in several ways: "1" (a.csv:3) and "yes" (a.csv:302)')
  })

  test('in JSON, as values of several types', async () => {
    const lines = ['true', 'false', '"yes"', '"no"'].map((value) => `{"y": ${value}}`)
    const error = await failure(read({ 'a.jsonl': lines.join('\n') }))
    expect(error.message).toContain('"true" (a.jsonl:1) and "yes" (a.jsonl:3)')
  })

  test('is read where the configuration says that they are different classes', async () => {
    const data = await read({ 'a.csv': 'y\na\nA\nb\nB\n' }, { classes: ['a', 'A', 'b'] })
    expect(texts(data.table, 'y')).toEqual(['a', 'A', 'b', 'B'])
    const error = await failure(read({ 'a.csv': 'y\na\nA\nb\nB\n' }, { classes: ['a', 'A'] }))
    expect(error.message).toContain('"b" (a.csv:4) and "B" (a.csv:5)')
  })

  test('of a quantity says nothing: few texts among many numbers stay missing', async () => {
    const rows = Array.from({ length: 400 }, (_, i) => `${i},${i === 300 ? 'yes' : i / 2}`)
    const data = await read({ 'a.csv': `x,y\n${rows.join('\n')}\n` })
    expect(data.table.rows).toBe(400)
  })
})
