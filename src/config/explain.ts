import { Document, isMap, isScalar, isSeq, parse, type YAMLMap } from 'yaml'
import type { z } from 'zod'
import { hideSecrets } from '../core/secrets.ts'
import type { Config, GuardrailConfig, ModelConfig, StageConfig } from './schema.ts'
import { configSchema } from './schema.ts'
import { definitionOf } from './keys.ts'
import { duration, share } from './schema/scalars.ts'

type Plain = Readonly<Record<string, unknown>>

/**
 * The configuration that Refit works with, as YAML: every default written out, shorthands expanded, durations spelled
 * like `7d`, shares in percent. Lines that the user did not write end in `# default`. It is a valid configuration that
 * means the same, but that the signature in an address is not shown.
 */
export function effectiveYaml(config: Config, inputText: string): string {
  const input = (parse(inputText, { merge: true }) ?? {}) as { models?: Readonly<Record<string, Plain>> }
  const models = Object.fromEntries(Object.entries(config.models).map(([name, model]) => [name, spellModel(model)]))
  const document = new Document({ models }, { aliasDuplicateObjects: false })
  const map = document.getIn(['models'], true)
  if (isMap(map)) {
    for (const pair of map.items) {
      const name = String(isScalar(pair.key) ? pair.key.value : pair.key)
      if (isMap(pair.value)) mark(pair.value, writtenForm(input.models?.[name] ?? {}))
    }
  }
  return hideSecrets(document.toString({ lineWidth: 0, flowCollectionPadding: false }))
}

/** Whether the user's file itself names the target of a model's rollout; otherwise a run may know better. */
export function saysTarget(text: string, model: string): boolean {
  const written = parse(text, { merge: true }) as { models?: Readonly<Record<string, Plain | null>> } | null
  const rollout = written?.models?.[model]?.['rollout'] as Plain | null | undefined
  return rollout?.['target'] !== undefined
}

/** What the user wrote, with the shorthands of `data` and `label` in their long places. */
function writtenForm(model: Plain): Plain {
  const { data, label, ...rest } = model
  const long = typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as Plain) : { source: data }
  return { ...rest, data: label === undefined ? long : { ...long, label } }
}

/** Comments every line of a map whose value is not in `written`; lists are one line. */
function mark(map: YAMLMap, written: unknown): void {
  for (const pair of map.items) {
    const key = String(isScalar(pair.key) ? pair.key.value : pair.key)
    const own = typeof written === 'object' && written !== null ? (written as Plain)[key] : undefined
    const { value } = pair
    if (isMap(value) && value.items.length > 0) mark(value, own)
    else {
      if (isSeq(value) || isMap(value)) value.flow = true
      if (own === undefined && (isScalar(value) || isSeq(value) || isMap(value))) value.comment = ' default'
    }
  }
}

function spellModel(model: ModelConfig): Plain {
  const { name: _name, rollout, expect, ...rest } = model
  const { gateway: _gateway, ...plan } = rollout
  const shape = definitionOf(definitionOf(configSchema).shape?.['models'] as z.core.$ZodType).valueType
  return spell(shape as z.core.$ZodType, {
    ...rest,
    expect: { ...(Object.keys(expect.rows).length > 0 && { rows: expect.rows }), ...expect.columns },
    rollout: {
      ...plan,
      ...(rollout.gateway.url !== undefined && { gateway: rollout.gateway }),
      stages: rollout.stages.map(spellStage),
      guardrails: rollout.guardrails.map(spellGuardrail),
    },
  }) as Plain
}

/** Values as people write them, by the schema they were read with. */
function spell(schema: z.core.$ZodType, value: unknown): unknown {
  if (isForm(schema, duration)) return spellDuration(value as number)
  if (isForm(schema, share)) return spellShare(value as number)
  const definition = definitionOf(schema)
  const inner = definition.innerType ?? definition.in
  if (inner !== undefined) return spell(inner, value)
  if (Array.isArray(value)) {
    return value.map((item: unknown) => (definition.element === undefined ? item : spell(definition.element, item)))
  }
  if (typeof value === 'number' && definition.options?.some((option) => isForm(option, duration))) {
    return spellDuration(value)
  }
  if (typeof value !== 'object' || value === null) return value
  if ('ms' in value) return spellDuration(value.ms as number)
  if (Object.keys(value).length === 1 && typeof (value as { rows?: unknown }).rows === 'number' && definition.options) {
    return (value as { rows: number }).rows
  }
  const form = formOf(definition.options ?? [schema], value)
  const { shape, catchall, valueType } = definitionOf(form)
  const members = Object.entries(value).flatMap(([key, member]) => {
    if (member === undefined) return []
    const next = shape?.[key] ?? catchall ?? valueType
    return [[key, next === undefined ? member : spell(next, member)]]
  })
  return Object.fromEntries(members) as Plain
}

/** A description makes a copy of a schema; both share their definition. */
function isForm(schema: z.core.$ZodType, form: z.core.$ZodType): boolean {
  return schema._zod.def === form._zod.def
}

/** The form of a union that has the keys of the value. */
function formOf(options: readonly z.core.$ZodType[], value: object): z.core.$ZodType {
  const fits = (option: z.core.$ZodType): boolean => {
    const { shape } = definitionOf(option)
    return shape !== undefined && Object.keys(value).every((key) => key in shape)
  }
  return (
    options.find(fits) ?? (options.find((option) => definitionOf(option).valueType) as z.core.$ZodType) ?? options[0]
  )
}

function spellStage(stage: StageConfig): unknown {
  const { kind, ...settings } = stage
  const idle = settings.for === 0 && settings.requests === 0 && settings.max === undefined
  if (idle && (kind === 'staging' || kind === 'full')) return kind
  const said = {
    ...('percent' in settings && { percent: settings.percent }),
    ...(settings.for > 0 && { for: settings.for }),
    ...(settings.requests > 0 && { requests: settings.requests }),
    ...(settings.max !== undefined && { max: settings.max }),
  }
  return { [kind]: said }
}

function spellGuardrail(guardrail: GuardrailConfig): unknown {
  const { kind, ...settings } = guardrail
  return { [kind]: settings }
}

const UNITS = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

/** The largest unit that the duration is a whole number of; weeks only where there are several. */
function spellDuration(ms: number): string {
  for (const [unit, length] of UNITS) {
    if (ms > 0 && ms % length === 0 && (unit !== 'w' || ms > 2 * length)) return `${ms / length}${unit}`
  }
  return ms === 0 ? '0s' : `${ms}ms`
}

function spellShare(value: number): string {
  return `${Number((value * 100).toPrecision(12))}%`
}
