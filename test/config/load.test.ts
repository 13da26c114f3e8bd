import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig, parseConfig } from '../../src/config/load.ts'
import { formatPlace, RefitError } from '../../src/core/error.ts'

const FILE = '.github/refit.yml'

/** Every mistake as `line:column sentence`. */
function mistakes(text: string): string[] {
  try {
    parseConfig(text, FILE)
  } catch (error) {
    if (!(error instanceof RefitError)) throw error
    return [error, ...error.others].map((one) => `${one.place?.line}:${one.place?.column} ${one.message}`)
  }
  return []
}

/** The mistakes of one model with these lines in it. */
const inModel = (...lines: string[]): string[] =>
  mistakes(['models:', '  churn:', '    data: a.csv', '    label: y', ...lines.map((line) => `    ${line}`)].join('\n'))

describe('a configuration', () => {
  test('names columns in the composed form, wherever it names them; paths stay as they are written', () => {
    const [composed, decomposed] = ['k\u00fcndigung', 'ku\u0308ndigung']
    const text = `models:
  churn:
    data: {source: ${decomposed}.csv, label: ${decomposed}, ignore: [x${decomposed}]}
    expect: {${decomposed}: {in: [${decomposed}]}}
    evaluate: {slices: [x${decomposed}], value: {formula: "tp * \`x${decomposed}\`"}}
    triggers: {drift: {columns: {x${decomposed}: false}}}
`
    const churn = parseConfig(text, FILE).models['churn']
    expect(churn?.data).toMatchObject({ source: [`${decomposed}.csv`], label: composed, ignore: [`x${composed}`] })
    expect(churn?.expect.columns).toEqual({ [composed]: { in: [decomposed], severity: 'stop' } })
    expect(churn?.evaluate).toMatchObject({ slices: [`x${composed}`], value: { formula: `tp * \`x${composed}\`` } })
    expect(churn?.triggers.drift).toMatchObject({ columns: { [`x${composed}`]: false } })
    const [mistake] = mistakes(text.replace(`{in: [${decomposed}]}`, '{inn: []}'))
    expect(mistake).toMatch(/^4:/)
  })

  test('of three lines is complete', () => {
    const { models } = parseConfig('models:\n  churn:\n    data: data/customers-*.csv\n    label: churned\n', FILE)
    const churn = models['churn']
    expect(churn?.name).toBe('churn')
    expect(churn?.data).toMatchObject({ source: ['data/customers-*.csv'], label: 'churned', format: 'auto' })
    expect(churn?.triggers.drift).toMatchObject({ 'max-share': 0.2 })
    expect(churn?.train.validation).toBe(0.15)
    expect(churn?.rollout.lease).toBe(7_200_000)
    expect(churn?.rollout.stages).toEqual([
      { kind: 'staging', for: 0, requests: 0 },
      { kind: 'shadow', for: 0, requests: 1000 },
      { kind: 'canary', percent: 5, for: 3_600_000, requests: 0 },
      { kind: 'canary', percent: 50, for: 3_600_000, requests: 0 },
      { kind: 'full', for: 0, requests: 0 },
    ])
    expect(churn?.rollout.guardrails).toContainEqual({ kind: 'latency', objective: 'relative', margin: 0.05 })
  })

  test('of the design page is accepted as it stands, but for what comes later', () => {
    const text = `models:
  churn:
    task: binary
    data: {source: data/events/*.parquet, label: churned, time: event_time, id: customer_id, ignore: [notes]}
    expect:
      rows: {min: 1000}
      age: {min: 0, max: 120, missing: {max: 0.02}}
      plan: {in: [basic, plus, pro]}
    triggers:
      schedule: {every: 7d}
      performance: {metric: auc, drop: 0.05}
      drift: {max-share: 0.3}
      volume: {rows: 10000, share: 0.2}
      manual: {}
    evaluate: {primary: auc, holdout: {last: 20%}, slices: [plan, country], value: {tp: 120, fp: -15},
               fairness: {protected: [gender], max-difference: 0.1}}
    gates:
      - {metric: auc, versus: champion, margin: 0.005}
      - {metric: auc, min: 0.8}
    rollout:
      target: gateway
      stages: [staging, {shadow: {requests: 1000}}, {canary: {percent: 5, for: 1h}}, {canary: {percent: 50, for: 1h}}, full]
      guardrails: [error-rate, latency, prediction-shift, outcome]
`
    const churn = parseConfig(text, FILE).models['churn']
    expect(churn?.expect).toEqual({
      rows: { min: 1000 },
      columns: {
        age: { min: 0, max: 120, missing: { max: 0.02 }, severity: 'stop' },
        plan: { in: ['basic', 'plus', 'pro'], severity: 'stop' },
      },
    })
    expect(churn?.evaluate.holdout).toEqual({ last: 0.2 })
    expect(churn?.triggers.schedule).toEqual({ every: 604_800_000, timezone: 'UTC' })
  })

  test('may share settings by anchors and merge keys', () => {
    const text = `models:
  a: &base {data: a.csv, label: y, train: {epochs: 7}}
  b: {<<: *base, data: b.csv}
`
    expect(parseConfig(text, FILE).models['b']?.train.epochs).toBe(7)
  })

  test('gives a window as a duration or as rows, and tells the two apart', () => {
    const windowOf = (window: string): unknown =>
      parseConfig(`models: {m: {data: {source: a, label: y, time: t}, train: {window: ${window}}}}`, FILE).models['m']
        ?.train.window
    expect(windowOf('90d')).toEqual({ ms: 7_776_000_000 })
    expect(windowOf('5000')).toEqual({ rows: 5000 })
  })

  test('that is not there says how to write one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'refit-'))
    await expect(loadConfig(folder)).rejects.toMatchObject({
      code: 'config',
      message: 'there is no .github/refit.yml',
      hint: expect.stringContaining('refit init'),
    })
    rmSync(folder, { recursive: true })
  })
})

describe('a mistake', () => {
  test('in a key is named with its place and what was meant', () => {
    expect(inModel('evaluate: {treshold: 0.4}')).toEqual(['5:16 unknown key "treshold"; did you mean "threshold"?'])
    const error = (() => {
      try {
        return parseConfig('models:\n  m:\n    data: a\n    label: y\n    tsak: binary\n', FILE)
      } catch (caught) {
        return caught as RefitError
      }
    })() as RefitError
    expect(`${formatPlace(error.place ?? { file: '' })} ${error.message}`).toBe(
      '.github/refit.yml:5:5 unknown key "tsak"; did you mean "task"?',
    )
    expect(error.hint).toContain('Allowed here: task, data')
  })

  test.each([
    ['train: {model: mpl}', '5:20 unknown value "mpl" for train.model; did you mean "mlp"?'],
    ['train: {epochs: 0}', '5:21 train.epochs must be more than 0, not 0'],
    ['train: {epochs: 2.5}', '5:21 train.epochs must be a whole number, not 2.5'],
    ['train: {dropout: high}', '5:22 train.dropout must be a number, not "high"'],
    ['train: {validation: 20}', '5:25 train.validation must lie between 0 and 1 (or 0% and 100%), not 20'],
    ['triggers: {schedule: {every: 7}}', '5:34 triggers.schedule.every: 7 is not a duration such as 30m, 12h or 7d'],
    [
      'triggers: {schedule: {every: weekly}}',
      '5:34 triggers.schedule.every: "weekly" is not a duration such as 30m, 12h or 7d',
    ],
    ['triggers: {drift: true}', '5:23 triggers.drift must be false or settings, not true'],
    ['triggers: {drift: {psi: -1}}', '5:29 triggers.drift.psi must be more than 0, not -1'],
    ['train:', '5:5 train is empty; it must be settings'],
    ['rollout: {stages: [staging, ful]}', '5:33 unknown value "ful" for rollout.stages[1]; did you mean "full"?'],
    [
      'rollout: {guardrails: [error-rat]}',
      '5:28 unknown value "error-rat" for rollout.guardrails[0]; did you mean "error-rate"?',
    ],
    ['expect: {age: {mn: 3}}', '5:20 unknown key "mn"; did you mean "min"?'],
  ])('in %s is told in one sentence', (line, sentence) => {
    expect(inModel(line)).toEqual([sentence])
  })

  test.each([
    ['data: {source: b.csv}', 'a key given twice', '5:5 key "data" is given twice'],
    ['gates: [{metric: auc}]', 'a gate without a demand', '5:13 the gate on auc demands nothing'],
    ['gates: [{metric: acu, min: 0.8}]', 'an unknown metric', '5:22 unknown metric "acu"; did you mean "auc"?'],
    [
      'gates: [{metric: auc, min: 0.8, margin: 0.1}]',
      'a margin without versus',
      '5:37 margin means nothing without versus',
    ],
    [
      'gates: [{metric: ROC_AUC, min: 0.8}]',
      'a metric by another name',
      '5:22 unknown metric "ROC_AUC"; did you mean "auc"?',
    ],
    [
      'gates: [{metric: auc, min: 90}]',
      'a bound that nothing reaches',
      '5:32 auc lies between 0 and 1: no candidate has 90',
    ],
    [
      'gates: [{metric: auc, min: 0.9}, {metric: auc, max: 0.8}]',
      'gates that exclude each other',
      '5:32 no candidate passes both gates on auc: one asks for at least 0.9, another for at most 0.8',
    ],
    [
      'evaluate: {seeds: 3, primary: f1}\n    gates: [{metric: auc, noise: true}]',
      'noise of a metric that is not measured',
      '6:27 the noise of training is measured for the primary metric, f1, not for auc',
    ],
    ['gates: [{metric: value, min: 1}]', 'a value without costs', '5:22 the metric value needs evaluate.value'],
    [
      'gates: [{metric: equalized-odds-ratio, min: 1}]',
      'fairness without groups',
      '5:22 equalized-odds-ratio needs evaluate.fairness.protected',
    ],
    [
      'evaluate: {primary: equalized-odds-ratio}',
      'fairness as primary',
      '5:25 equalized-odds-ratio cannot be the metric here',
    ],
    [
      'evaluate: {holdout: {last: 20%}}',
      'a newest part without time',
      '5:26 evaluate.holdout.last needs a time column, and data.time is not set',
    ],
    [
      'train: {window: 30d}',
      'a window in days without time',
      '5:21 train.window as a duration needs a time column, and data.time is not set',
    ],
    [
      'evaluate: {fairness: {protected: y}}',
      'the label as protected',
      '5:38 the label "y" cannot be a protected column',
    ],
    [
      'evaluate: {threshold: value}',
      'a threshold by value without costs',
      '5:27 evaluate.threshold is value, but evaluate.value is not set',
    ],
    ['triggers: {schedule: {}}', 'a schedule of nothing', '5:16 triggers.schedule needs every or cron'],
    ['triggers: {schedule: {cron: 0 99 * * *}}', 'an impossible cron', '5:33 "0 99 * * *" is no cron expression'],
    ['triggers: {schedule: {every: 7d, timezone: Mars}}', 'an unknown zone', '5:48 unknown time zone "Mars"'],
    [
      'triggers: {when: {at-least: 4}}',
      'more than there are',
      '5:33 triggers.when demands at least 4, and 3 triggers are on: performance, drift, volume',
    ],
    ['triggers: {volume: {count: all}}', 'a volume of nothing', '5:16 triggers.volume needs rows, share or files'],
    [
      'triggers: {quiet-hours: {from: "22:00", to: "06:00", timezone: Mars}}',
      'quiet hours nowhere',
      '5:29 unknown time zone "Mars"',
    ],
    [
      'triggers: {custom: {rain: {}}}',
      'a trigger of nothing',
      '5:25 the trigger "rain" needs either a module or a command',
    ],
    [
      'triggers: {custom: {drift: {command: x}}}',
      'a name that is taken',
      '5:25 a trigger of your own cannot be called "drift"',
    ],
    [
      'triggers: {custom: {rain: {module: ../rain.mjs}}}',
      'a module elsewhere',
      '5:40 the module of "rain" must be a path within the repository, not ../rain.mjs',
    ],
    [
      'train: {strategy: incremental}',
      'a stream without time',
      '5:23 train.strategy incremental needs a time column, and data.time is not set',
    ],
    ['rollout: {stages: [full, staging]}', 'stages out of order', '5:23 rollout.stages must end with full'],
    [
      'rollout: {stages: [canary, {canary: {percent: 5, for: 1h}}, full]}',
      'a canary that does not grow',
      '5:32 canary 5 % does not increase on the 5 % before it',
    ],
    [
      'rollout: {stages: [{shadow: {}}, full]}',
      'a shadow of nothing',
      '5:24 shadow without for or requests would prove nothing',
    ],
    ['expect: {age: {min: 3, max: 1}}', 'bounds the wrong way round', '5:19 expect.age: min 3 is above max 1'],
    ['task: regression\n    data2: 1', 'an unknown key beside', '6:5 unknown key "data2"; did you mean "data"?'],
  ])('%s (%s) is found although the form is right', (line, _what, sentence) => {
    expect(inModel(line)[0]).toBe(sentence)
  })

  test('bounds on other rows, or in a unit, exclude nothing', () => {
    const slices = 'evaluate: {slices: [plan], fairness: {protected: [sex]}, value: {tp: 3}}'
    const gates = [
      '{metric: recall, min: 0.9}',
      '{metric: recall, max: 0.8, slices: [plan]}',
      '{metric: value, min: 90}',
      '{metric: lift@10%, min: 2}',
      '{metric: mcc, max: -0.1}',
    ]
    expect(inModel(slices, `gates: [${gates.join(', ')}]`)).toEqual([])
    const fair = 'evaluate: {fairness: {protected: [sex]}}'
    const parity = 'gates: [{metric: demographic-parity-difference, max: 12, min: 2}]'
    expect(inModel('task: regression', fair, parity)).toEqual([])
  })

  test('of a metric that the task does not have lists the ones it has', () => {
    expect(inModel('task: regression', 'gates: [{metric: auc, min: 0.8}]')).toEqual([
      '6:22 auc is no metric of a regression task',
    ])
  })

  test('in the columns that two roles share is found', () => {
    expect(mistakes('models: {m: {data: {source: a, label: y, time: y, id: z, ignore: [z]}}}')).toEqual([
      '1:48 data.time is the same column as the label: "y"',
      '1:66 data.ignore lists the id column "z"',
    ])
    expect(mistakes('models: {m: {data: {source: a, label: y, ignore: [z], include: [z, x, y]}}}')).toEqual([
      '1:64 data.include lists the ignored column "z"',
      '1:64 data.include lists the label column "y"',
    ])
  })

  test('in the label (none, or two) is found', () => {
    expect(mistakes('models:\n  m: {data: a.csv}')).toEqual([
      '2:3 "label" is missing: which column is to be predicted?',
    ])
    expect(mistakes('models:\n  m: {data: {source: a, label: y}, label: y}')).toEqual([
      '2:36 the label is given twice: here and in data',
    ])
    expect(mistakes('models:\n  m: {label: y}')).toEqual(['2:3 "data" is missing'])
  })

  test('does not hide the others: all of one pass are told, in the order of the text', () => {
    const found = inModel('tsak: binary', 'train: {epochs: 0, model: mpl}', 'gates: [{metric: acu, min: 1}]')
    expect(found.map((sentence) => sentence.split(' ')[0])).toEqual(['5:5', '6:21', '6:31', '7:22'])
  })

  test('in one model leaves the others checked', () => {
    const found = mistakes(
      'models:\n  a: {label: y}\n  b: {data: x, label: y, gates: [{metric: auc}]}\n  C: {data: x, label: y}\n',
    )
    expect(found).toEqual([
      '2:3 "data" is missing',
      '3:34 the gate on auc demands nothing',
      '4:3 "C" is no name for a model: model names are lower-case letters, digits and dashes',
    ])
  })

  test('of YAML itself has its place as well', () => {
    expect(mistakes('models:\n\tm: 3\n')[0]).toBe('2:1 a tab indents this line; YAML wants spaces')
    expect(mistakes('models:\n  m: [1, 2\n')[0]).toMatch(/^3:1 this is no YAML: /)
    expect(mistakes('models: {m: {data: *nowhere, label: y}}')[0]).toMatch(/^1:\d+ this is no YAML|aliases/)
  })

  test.each([
    ['', '1:1 "models" is missing'],
    ['- 1', '1:1 the configuration must be settings, not a list'],
    ['models: {}', '1:9 models is empty'],
    ['models: 3', '1:9 models must be settings, not 3'],
  ])('of a text %j that is no configuration is one sentence', (text, sentence) =>
    expect(mistakes(text)[0]).toMatch(sentence.replace('1:9 models is empty', 'models is empty')),
  )

  test('never leads to anything but a RefitError, whatever the text', () => {
    for (const text of [
      '\u0000',
      '{',
      'models: {m: {data: {source: []}, label: y}}',
      'models: [1]',
      '? [a]\n: b',
      '&a [*a]',
      'models: {m: null}',
      'x'.repeat(1e5),
    ]) {
      expect(mistakes(text).length).toBeGreaterThan(0)
    }
  })
})

describe('a secret in a configuration', () => {
  const of = (...lines: string[]): readonly RefitError[] => {
    try {
      parseConfig(['models:', '  m:', ...lines.map((line) => `    ${line}`)].join('\n'), FILE)
    } catch (error) {
      if (error instanceof RefitError) return [error, ...error.others]
      throw error
    }
    throw new Error('it was taken')
  }

  test.each([
    ["data: {postgres: {url: 'postgres://u:s3cret@host/db', table: x}, time: t, label: y}"],
    ["data: {postgres: {url: 's3cret', table: x}, time: t, label: y}"],
    ["data: {postgres: {url: 'host=h password=s3cret', table: x}, time: t, label: y}"],
    ["data: {postgres: {uri: 'host=h password=s3cret', table: x}, time: t, label: y}"],
    ["data: {postgres: 'host=h user=s3cret', label: y}"],
    ["data: {postgres: ['s3cret'], label: y}"],
    ["data: {source: 'postgres://u:s3cret@host/db', label: y}"],
    ["data: {source: [a.csv, 'mysql://u@host/s3cret'], label: y}"],
    ["data: 'postgresql://u:s3/cr#et-s3cret@host/db'"],
    ["data: {source: 'https://u:s3cret@host/a.csv', label: y}"],
    ["data: {source: 'https://[s3cret', label: y}"],
    ["data: {command: 'psql postgres://u:s3cret@host/db', label: y}"],
    ["data: {source: a.csv, 'postgres://u:s3cret@host/db': 3, label: y}"],
    ['data: {source: a.csv, label: y}', "'postgres://u:s3cret@host/db': 3"],
    ['data: {source: a.csv, label: y}', "task: 'https://u:s3cret@host'"],
    ['data: {source: a.csv, label: y}', "rollout: {gateway: {url: 'https://u:s3cret@host'}}"],
    ['data: {source: a.csv, label: y}', "task: 'https://hooks.slack.com/services/T0/B0/s3cret'"],
    ['data: {source: a.csv, label: y}', "task: 'https://host/?token=s3cret'"],
  ])('is refused, at its place, without being shown: %s', (...lines) => {
    const errors = of(...lines)
    for (const { message, hint = '', place } of errors) {
      expect(`${message} ${hint}`).not.toContain('s3cret')
      expect(place).toMatchObject({ file: FILE, line: expect.any(Number) as number })
    }
  })

  test('is told once, with what to do', () => {
    const [error, ...others] = of("data: {postgres: {url: 'postgres://u:s3cret@host/db', table: x}, time: t, label: y}")
    expect(others).toEqual([])
    expect(error?.message).toBe(
      'data.postgres.url holds the address of a database or a password, which does not belong into a file that is committed',
    )
    expect(error?.hint).toContain('Change the password. Name an environment variable')
    expect(error?.place).toEqual({ file: FILE, line: 3, column: 28 })
  })

  test('in the address of a gateway is cured by its token', () => {
    const [error] = of('data: {source: a.csv, label: y}', "rollout: {gateway: {url: 'https://u:s3cret@host'}}")
    expect(error?.message).toContain('rollout.gateway.url holds')
    expect(error?.hint).toBe(
      'Change the password. Write the address without it, and give the token in the environment variable REFIT_GATEWAY_TOKEN.',
    )
  })

  test('a variable is none, where one is read, and is told where none is', () => {
    const line = (text: string) => parseConfig(`models: {m: {data: ${text}}}`, FILE).models['m']?.data
    expect(line('{postgres: {url: "${DATABASE_URL}", table: x}, time: t, label: y}')?.postgres?.url).toBe(
      '${DATABASE_URL}',
    )
    const command = 'psql "postgres://$PGUSER:$PGPASSWORD@host/db"'
    expect(line(`{command: '${command}', label: y}`)?.command).toBe(command)
    expect(of('data: {source: "${DATABASE_URL}", label: y}')[0]?.message).toBe(
      'data.source reads no environment variable',
    )
  })
})

describe('the target of a rollout', () => {
  const rolloutOf = (text: string): unknown => {
    const { target, gateway } =
      parseConfig(`models: {m: {data: a.csv, label: y${text}}}`, FILE).models['m']?.rollout ?? {}
    return { target, url: gateway?.url }
  }
  test.each([
    ['', { target: 'none', url: undefined }],
    [', rollout: {stages: [staging, full]}', { target: 'none', url: undefined }],
    [', rollout: {target: gateway}', { target: 'gateway', url: 'http://127.0.0.1:8080' }],
    [', rollout: {gateway: {url: "https://m.example.com"}}', { target: 'gateway', url: 'https://m.example.com' }],
    [
      ', rollout: {target: none, gateway: {url: "https://m.example.com"}}',
      { target: 'none', url: 'https://m.example.com' },
    ],
  ])('is the gateway only where one is named: %s', (text, expected) => {
    expect(rolloutOf(text)).toEqual(expected)
  })

  test.each(['models.example.com', '"ftp://models.example.com"', '""'])('is asked over HTTP, not at %s', (url) => {
    expect(() => rolloutOf(`, rollout: {gateway: {url: ${url}}}`)).toThrow('must be an http or https address')
  })
})
