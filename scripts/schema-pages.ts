import { markdownTable } from 'markdown-table'

/** The members of JSON Schema that the configuration uses. */
interface Schema {
  readonly description?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly minimum?: number
  readonly maximum?: number
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
}

/** One table for each object of the schema, in the order of the file. */
export function describeSchema(root: object): string {
  const schema = root as Schema
  const resolve = (part: Schema): Schema =>
    part.$ref === undefined ? part : { ...schema.$defs?.[part.$ref.replace('#/$defs/', '')], ...part }
  const pages: string[] = []
  const visit = (path: string, part: Schema): void => {
    const rows: string[][] = []
    const deeper: [string, Schema][] = []
    for (const [name, raw] of Object.entries(part.properties ?? {})) {
      if (name === '$schema') continue
      const member = resolve(raw)
      rows.push([
        `\`${name}\``,
        typeText(member, resolve),
        member.default === undefined || isObject(member.default) ? '' : `\`${JSON.stringify(member.default)}\``,
        member.description ?? '',
      ])
      for (const object of objectsIn(member, resolve)) deeper.push([path === '' ? name : `${path}.${name}`, object])
    }
    if (rows.length > 0)
      pages.push(
        `## ${path === '' ? 'The file' : `\`${path}\``}\n\n${markdownTable([['Key', 'Type', 'Default', 'Meaning'], ...rows])}`,
      )
    for (const [name, object] of deeper) visit(name, object)
    if (typeof part.additionalProperties === 'object') {
      for (const object of objectsIn(resolve(part.additionalProperties), resolve)) visit(`${path}.<name>`, object)
    }
  }
  visit('', schema)
  return `${pages.join('\n\n')}\n`
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function variants(part: Schema): readonly Schema[] {
  return part.anyOf ?? part.oneOf ?? [part]
}

function objectsIn(part: Schema, resolve: (part: Schema) => Schema): readonly Schema[] {
  return variants(part)
    .map(resolve)
    .map((variant) => (variant.type === 'array' && variant.items !== undefined ? resolve(variant.items) : variant))
    .flatMap((variant) => variants(variant).map(resolve))
    .filter(
      (variant) =>
        variant.type === 'object' &&
        (variant.properties !== undefined || typeof variant.additionalProperties === 'object'),
    )
}

function typeText(part: Schema, resolve: (part: Schema) => Schema): string {
  const texts = variants(part).map((raw) => {
    const variant = resolve(raw)
    if (variant.const !== undefined) return `\`${JSON.stringify(variant.const)}\``
    if (variant.enum !== undefined) return variant.enum.map((value) => `\`${String(value)}\``).join(', ')
    if (variant.type === 'array')
      return `list of ${variant.items === undefined ? 'anything' : typeText(resolve(variant.items), resolve)}`
    return [variant.type ?? 'anything'].flat().join(' or ')
  })
  return [...new Set(texts)].join(' or ')
}
