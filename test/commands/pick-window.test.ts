import { expect, test } from 'vitest'
import { pickWindow, windowSplit } from '../../src/commands/pick-window.ts'
import { parseConfig } from '../../src/config/load.ts'
import type { ModelConfig } from '../../src/config/schema.ts'
import { createRandom } from '../../src/core/random.ts'
import { splitRows } from '../../src/data/split.ts'
import { fitFeatures } from '../../src/features/fit.ts'
import { fitLabel } from '../../src/features/label.ts'
import { tableOf } from '../data/tables.ts'

const HOUR = 3_600_000
const ROWS = 3000

/** A row an hour; what `a` and `b` mean turns 500 rows before the end. */
const random = createRandom(5)
const a = Array.from({ length: ROWS }, () => random.normal())
const b = Array.from({ length: ROWS }, () => random.normal())
const y = a.map((x, i) =>
  random.next() < 1 / (1 + Math.exp(-3 * (i < ROWS - 500 ? x : -x) - (b[i] as number))) ? 'yes' : 'no',
)
const table = tableOf({ 't@': a.map((_, i) => i * HOUR), a, b, y })

function pick(rest: string) {
  const text = `models:\n  m:\n    data: {source: x.csv, label: y, time: t@}\n${rest}`
  const model = parseConfig(text, 'refit.yml').models['m'] as ModelConfig
  const { data, evaluate } = model
  const split = splitRows({
    table,
    data,
    holdout: evaluate.holdout,
    validation: 0.15,
    window: model.train.window,
    seed: 42,
  })
  const label = fitLabel(table, split.train, { column: 'y', task: 'binary' })
  const spec = fitFeatures(table, split.train, { task: 'binary', label, columns: ['a', 'b'], maxCategories: 50 })
  return { model, split, window: pickWindow({ model, table, split, spec }) }
}

test('after a change the window is recent, says why, and leaves the holdout alone', () => {
  const { model, split, window } = pick('    evaluate: {holdout: {last: 2%}}\n')
  expect(window?.of).toBe(2940)
  expect(window?.rows).toBeLessThan(700)
  expect(window?.reason).toMatch(
    /^the newest \d+ rows \(\d+ %, since 1970-.*Z\): on its newer half .* more than chance$/,
  )
  const part = windowSplit(model, table, split, Date.parse(window?.from as string))
  expect(part.train.length + part.validation.length).toBe(window?.rows)
  expect(part.validation.length).toBe(Math.round(0.15 * (window?.rows as number)))
  expect(Math.min(...part.validation)).toBeGreaterThan(Math.max(...part.train))
  expect(part.holdout).toEqual(split.holdout)
  expect(Math.max(...part.validation)).toBeLessThan(Math.min(...split.holdout))
})

test('with the change held out, nothing of it is seen, and all rows are taken', () => {
  const { window } = pick('    evaluate: {holdout: {last: 20%}}\n')
  expect(window).toMatchObject({ rows: 2400, of: 2400, from: null })
  expect(window?.reason).toMatch(
    /^all rows: of \d+ shorter windows none predicted its newer half better beyond chance$/,
  )
})

test('there is no choice where a window is configured, or the holdout asks about all of history', () => {
  expect(pick('    train: {window: all}\n').window).toBeUndefined()
  expect(pick('    train: {window: 500}\n').window).toBeUndefined()
  expect(pick('    evaluate: {holdout: {share: 20%}}\n').window).toBeUndefined()
})
