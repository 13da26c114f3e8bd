import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

const SRC = resolve(import.meta.dirname, '../src')

/** Which folders of src/ a folder may import from, at run time. Types may come from anywhere below `commands`. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  core: [],
  config: ['core'],
  stats: ['core'],
  data: ['core', 'config', 'stats'],
  features: ['core', 'config', 'stats', 'data'],
  training: ['core', 'config', 'stats', 'data', 'features'],
  evaluation: ['core', 'config', 'stats', 'data', 'features'],
  triggers: ['core', 'config', 'stats', 'data', 'features'],
  report: ['core', 'config', 'stats', 'data', 'features', 'training', 'evaluation', 'triggers'],
  registry: ['core', 'config'],
  forge: ['core', 'config'],
  rollout: ['core', 'config', 'stats', 'registry', 'forge'],
  serving: ['core', 'config', 'stats', 'data', 'features', 'training', 'registry', 'rollout'],
  commands: [
    'core',
    'config',
    'stats',
    'data',
    'features',
    'training',
    'evaluation',
    'triggers',
    'report',
    'registry',
    'forge',
    'rollout',
    'serving',
  ],
  '.': ['core', 'commands'],
}

interface Import {
  readonly file: string
  readonly target: string
  readonly typeOnly: boolean
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'"()]*?\sfrom\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g

function importsOf(file: string): readonly Import[] {
  return [...readFileSync(file, 'utf8').matchAll(IMPORT)].map((match) => ({
    file,
    target: (match[2] ?? match[3]) as string,
    typeOnly: match[1] !== undefined,
  }))
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join(SRC, name))
const imports = files.flatMap(importsOf)
const folderOf = (path: string): string => {
  const [first = '.', ...rest] = relative(SRC, path).split(/[\\/]/)
  return rest.length === 0 ? '.' : first
}

test('imports between the folders of src/ point one way', () => {
  expect(files.length).toBeGreaterThan(20)
  const wrong = imports
    .filter(({ target, typeOnly }) => target.startsWith('.') && !typeOnly)
    .map(({ file, target }) => ({ file, from: folderOf(file), to: folderOf(resolve(dirname(file), target)) }))
    .filter(({ from, to }) => from !== to && !(ALLOWED[from] ?? []).includes(to))
    .map(({ file, to }) => `${relative(SRC, file)} imports from ${to}/`)
  expect(wrong).toEqual([])
})

test('nothing imports commands/, not even a type, but the entry points', () => {
  const wrong = imports.filter(
    ({ file, target }) => target.includes('/commands/') && !['.', 'commands'].includes(folderOf(file)),
  )
  expect(wrong.map(({ file }) => relative(SRC, file))).toEqual([])
})

/** Who alone may know a package at run time. */
const OWNERS: readonly (readonly [RegExp, RegExp])[] = [
  [/^@octokit\//, /^forge\/github\//],
  [/^@actions\//, /^action(-log)?\.ts$/],
  [/^@tensorflow\//, /^training\/engine\.ts$/],
]

test.each(OWNERS)('%s is known only by %s', (library, owner) => {
  const wrong = imports.filter(
    ({ file, target, typeOnly }) =>
      library.test(target) && !typeOnly && !owner.test(relative(SRC, file).replaceAll('\\', '/')),
  )
  expect(wrong.map(({ file, target }) => `${relative(SRC, file)} imports ${target}`)).toEqual([])
})
