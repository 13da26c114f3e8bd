import { describe, expect, test } from 'vitest'
import { effectiveYaml } from '../../src/config/explain.ts'
import { parseConfig } from '../../src/config/load.ts'

const explain = (text: string): string => effectiveYaml(parseConfig(text, 'refit.yml'), text)

const FULL = `models:
  churn:
    data: {source: data/*.csv, time: when, ignore: [notes]}
    label: churned
    expect: {rows: {min: 1000}, age: {min: 0, missing: {max: 0.02}}}
    triggers:
      schedule: {every: 168h, jitter: 90m}
      drift: false
      when: {at-least: 2}
      cooldown: 12h
      quiet-hours: {from: "22:00", to: "06:00", days: [sat, sun]}
      budget: {per-month: 4}
      performance: {detector: {adwin: {delta: 0.01}}, estimate: fire}
      custom: {rain: {module: ./rain.mjs, only-report: true}}
    train: {window: 90d, class-weights: {a: 2, b: 1}}
    evaluate: {holdout: {last: 0.2}}
    gates: [{metric: auc, min: 0.8}]
    rollout: {stages: [staging, canary, {canary: {percent: 50, for: 90m}}, full], lease: 1.5h, guardrails: [{latency: {objective: 90ms}}, outcome]}
  bike: {data: {source: b.csv, label: cnt}, train: {window: 500}, evaluate: {holdout: {files: [t.csv]}}}
`

describe('the effective configuration', () => {
  test('shows no signature of an address', () => {
    const text = "models:\n  m: {data: {source: 'https://host/a.csv?sig=s3cret&day=1', label: y}}\n"
    expect(explain(text)).toContain('https://host/a.csv?sig=***&day=1')
  })

  test('marks every line that the user did not write', () => {
    const lines = explain('models:\n  churn:\n    data: a.csv\n    label: y\n    train: {epochs: 7}\n').split('\n')
    expect(lines).toContain('      source: [a.csv]')
    expect(lines).toContain('      label: y')
    expect(lines).toContain('      epochs: 7')
    expect(lines).toContain('      patience: 4 # default')
    const plain = lines.filter((line) => line !== '' && !line.endsWith(':') && !line.endsWith('# default'))
    expect(plain.map((line) => line.trim())).toEqual(['source: [a.csv]', 'label: y', 'epochs: 7'])
  })

  test('spells durations with their unit and shares in percent', () => {
    const text = explain(FULL)
    for (const line of [
      'every: 7d',
      'window: 90d',
      'last: 20%',
      'validation: 15% # default',
      'lease: 90m',
      'ingest-lag: 10s # default',
      'window: 500',
    ]) {
      expect(text).toContain(`${line}\n`)
    }
    expect(text).toContain('{canary: {percent: 5, for: 1h}}, {canary: {percent: 50, for: 90m}}')
  })

  test('is itself a configuration that means the same', () => {
    expect(parseConfig(explain(FULL), 'refit.yml')).toEqual(parseConfig(FULL, 'refit.yml'))
    expect(explain(explain(FULL))).not.toContain('# default')
  })
})
