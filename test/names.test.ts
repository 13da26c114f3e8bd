import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
const SELF = 'test/names.test.ts'
/** Made from the sources, or made by others. */
const NOT_OURS = /^(?:dist\/|package-lock\.json$|docs\/images\/|bench\/results\/|test\/golden\/)/

/** Names that are not Refit's, and that anybody can register or has registered. */
const FORBIDDEN: readonly (readonly [string, RegExp])[] = [
  ['the repository of another project', /refit-ml/i],
  ['a package on npm', /\b(?:npx|bunx|pnpx|pnpm dlx|yarn dlx|npm exec)\s+(?:-\S+\s+)*refit\b/i],
  ['a package on npm', /\b(?:npm|pnpm|yarn|bun)\s+(?:i|install|add|update)\s+(?:-\S+\s+)*(?:@refit\/|refit\b)/i],
  [
    'a package on PyPI or elsewhere',
    /\b(?:pipx?|uv|uvx|brew|cargo|gem|go|apt(?:-get)?)\s+(?:install|run|add|tool)\s+(?:-\S+\s+)*refit\b/i,
  ],
  [
    'an image',
    /\b(?:docker\s+(?:run|pull)\s[^\n]*\brefit\b|(?:image|FROM):?\s+\S*\brefit(?::|@|\s|$)|ghcr\.io\/\S*refit|docker\.io\/\S*refit)/i,
  ],
  ['a domain', /\brefit\.(?:dev|io|ai|com|org|net|sh|ml|app|cloud|run|tools)\b/i],
  ['a module of a CDN', /\b(?:unpkg\.com|cdn\.jsdelivr\.net|esm\.sh)\/\S*refit/i],
]
/** `uses: <owner>/refit@<ref>` and addresses of a repository named refit: only what a person has to fill in. */
const ADDRESSES = /(?:uses:\s*|github(?:usercontent)?\.com[/:])([\w.-]+\/refit)\b(?:@|\/)?([^\s'"`)\\]*)/g
const BLANK = /^(?:0{40}|<commit>)(?:\/|$)/

const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
  .split('\0')
  .filter((path) => path !== '' && path !== SELF && !NOT_OURS.test(path))
const texts = files.map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))

test('no path of the repository leads to a name that is not Refit’s', () => {
  expect(files.length).toBeGreaterThan(400)
  const found = texts.flatMap(({ path, text }) =>
    FORBIDDEN.flatMap(([what, pattern]) => {
      const match = pattern.exec(text)
      return match ? [`${path}: ${what}: ${match[0]}`] : []
    }),
  )
  expect(found).toEqual([])
})

test('an address is given only as one that a person fills in, and at no commit that could be there', () => {
  const found = texts
    // Tests are free to make up an owner; nobody copies from them.
    .filter(({ path }) => !path.startsWith('test/'))
    .flatMap(({ path, text }) => [...text.matchAll(ADDRESSES)].map((match) => ({ path, match })))
  expect(found.length).toBeGreaterThan(3)
  const wrong = found.filter(({ match: [, repository, ref = ''] }) => repository !== 'OWNER/refit' || !BLANK.test(ref))
  expect(wrong.map(({ path, match }) => `${path}: ${match[0]}`)).toEqual([])
})

test('the package is no one’s to publish by accident, and its schemas name no address of their own', () => {
  expect(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))).toMatchObject({ private: true })
  for (const { text } of texts.filter(({ path }) => /^schema\/.*\.json$/.test(path)))
    expect(Object.keys(JSON.parse(text) as object)).not.toContain('$id')
})

test.each([
  'uses: refit-ml/refit@v1',
  'npx refit retrain',
  'npx --yes refit retrain',
  'npm install refit',
  'npm i -D @refit/core',
  'pip install refit',
  'docker run acme/refit',
  'image: ghcr.io/acme/refit:1',
  'https://refit.dev/schema.json',
])('the search would find “%s”', (text) => {
  expect(FORBIDDEN.some(([, pattern]) => pattern.test(text))).toBe(true)
})
