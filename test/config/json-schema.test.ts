import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { configJsonSchema } from '../../src/config/json-schema.ts'
import { findMetric, METRIC_NAMES, METRICS } from '../../src/config/metric-names.ts'

const validate = new Ajv2020({ strict: true, strictTypes: false, allowUnionTypes: true }).compile(configJsonSchema())
const valid = (text: string): boolean => validate(parse(text))

describe('the JSON Schema of the configuration', () => {
  test('accepts what Refit accepts', () => {
    expect(valid('models: {churn: {data: a.csv, label: y}}')).toBe(true)
    expect(
      valid('models: {churn: {data: {source: [a.csv], label: y}, triggers: {drift: false, schedule: {every: 7d}}}}'),
    ).toBe(true)
    expect(
      valid(
        'models: {m: {data: a, label: y, train: {window: 90d, validation: 20%}, rollout: {stages: [staging, {canary: {percent: 5, for: 1h}}, full]}}}',
      ),
    ).toBe(true)
    expect(
      valid(
        'models: {m: {data: a, label: y, train: {window: 900, validation: 0.2}, expect: {rows: {min: 3}, age: {max: 4}}}}',
      ),
    ).toBe(true)
  })

  test('refuses what Refit refuses', () => {
    expect(valid('{}')).toBe(false)
    expect(valid('models: {churn: {label: y}}')).toBe(false)
    expect(valid('models: {churn: {data: a, label: y, tsak: binary}}')).toBe(false)
    expect(valid('models: {Churn: {data: a, label: y}}')).toBe(false)
    expect(valid('models: {m: {data: a, label: y, triggers: {schedule: {every: weekly}}}}')).toBe(false)
    expect(valid('models: {m: {data: a, label: y, train: {model: mpl}}}')).toBe(false)
    expect(valid('models: {m: {data: a, label: y, expect: {age: {mn: 1}}}}')).toBe(false)
  })

  test('has a title, no id, a description for every setting, and defaults as people write them', () => {
    const schema = configJsonSchema() as { title: string; $id?: string; $schema: string }
    expect(schema.title).toBe('Refit configuration')
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema')
    expect(schema).not.toHaveProperty('$id')
    const text = JSON.stringify(schema)
    expect(text).toContain('"default":"15%"')
    expect(text).toContain('"default":"2h"')
    expect(text).not.toContain('"default":3600000')
  })
})

describe('the metric names', () => {
  test('are unique, and each has a task', () => {
    expect(new Set(METRIC_NAMES).size).toBe(METRICS.length)
    expect(METRICS.every((metric) => metric.tasks.length > 0)).toBe(true)
  })

  test('with a number in them take any that makes sense', () => {
    const known = (names: readonly string[]): readonly boolean[] => names.map((name) => findMetric(name) !== undefined)
    expect(known(['f3', 'f1.5', 'top-4-accuracy', 'pinball-p50', 'pinball-p2.5', 'lift@5%', 'gains@0.5%'])).toEqual(
      Array(7).fill(true),
    )
    const wrong = [
      'f0',
      'f01',
      'f1.50',
      'f-1',
      'top-0-accuracy',
      'top-1.5-accuracy',
      'pinball-p0',
      'pinball-p100',
      'lift@0%',
      'lift@100%',
      'lift@5',
    ]
    expect(known(wrong)).toEqual(Array(wrong.length).fill(false))
    expect(findMetric('f3')?.tasks).toEqual(['binary'])
  })
})
