import { describe, expect, test } from 'vitest'
import { RefitError } from '../../src/core/error.ts'
import { fitFeatures } from '../../src/features/fit.ts'
import { parseFeatures, serializeFeatures } from '../../src/features/spec-file.ts'
import { repeat, rowsOf, tableOf } from './tables.ts'

const table = tableOf({ age: repeat(50, 20, 30, 44, null), plan: repeat(50, 'a', 'b', 'a', 'c') })
const spec = fitFeatures(table, rowsOf(200), {
  task: 'binary',
  label: { column: 'y', classes: ['no', 'yes'], mean: 0, sd: 1 },
  columns: ['age', 'plan'],
  maxCategories: 50,
})
interface Loose {
  inputs: [object, object]
  outputs: string[]
  label: object
}
const edited = (edit: (json: Loose) => void): Uint8Array => {
  const json = JSON.parse(new TextDecoder().decode(serializeFeatures(spec)))
  edit(json)
  return new TextEncoder().encode(JSON.stringify(json))
}

describe('features.json', () => {
  test('comes back as it was written', () => {
    expect(parseFeatures(serializeFeatures(spec))).toEqual(spec)
    const reading = {
      missing: ['', 'NA'],
      styles: { age: { decimal: ',', unit: '€' } },
      timeFormat: 'seconds',
    } as const
    expect(parseFeatures(serializeFeatures({ ...spec, reading }))).toEqual({ ...spec, reading })
  })

  test.each<[string, Uint8Array]>([
    ['is no JSON', serializeFeatures(spec).slice(0, -9)],
    ['is no JSON', Uint8Array.of(0xff, 0xfe)],
    ['is not valid at schemaVersion', edited((json) => Object.assign(json, { schemaVersion: 2 }))],
    ['is not valid at inputs.0.sd', edited((json) => Object.assign(json.inputs[0], { sd: 0 }))],
    ['is not valid at inputs.0.knots', edited((json) => Object.assign(json.inputs[0], { knots: [3, 2, 1] }))],
    ['is not valid at inputs.1', edited((json) => Object.assign(json.inputs[1], { evil: true }))],
    [
      'is not valid at reading.timeFormat',
      edited((json) => Object.assign(json, { reading: { missing: [], styles: {}, timeFormat: 'fortnights' } })),
    ],
    ['lists outputs that its inputs do not give', edited((json) => json.outputs.pop())],
    ['has 1 classes', edited((json) => Object.assign(json.label, { classes: ['no'] }))],
  ])('%s: refused with one sentence', (sentence, bytes) => {
    const parse = (): unknown => parseFeatures(bytes)
    expect(parse).toThrow(RefitError)
    expect(parse).toThrow(sentence)
  })
})
