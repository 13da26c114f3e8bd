import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const DIST = resolve(import.meta.dirname, '../../dist')
/** What the entry asks for is all that is old here; that an old Node understands it is tried by `.ci/run`, with one. */
const PRETEND = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'18.20.4'}})`

test.each([
  ['cli.js', 'stderr'],
  ['index.js', 'stdout'],
] as const)('dist/%s on Node 18 says one sentence and nothing else', (entry, stream) => {
  const run = spawnSync(process.execPath, ['--import', PRETEND, join(DIST, entry), 'demo'], { encoding: 'utf8' })
  expect(run.status).toBe(1)
  expect(run[stream]).toMatch(/^(::error::)?Refit needs Node 20 or newer, and this is Node 18\.20\.4\. [^\n]+\n$/)
  expect(run[stream === 'stderr' ? 'stdout' : 'stderr']).toBe('')
})

/** A file and everything that is loaded with it, before its first line runs. */
function loadedWith(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  const imports = readFileSync(file, 'utf8').matchAll(
    /(?:^|;|\n)\s*(?:import|export)(?:[^'"()]*from)?\s*["'](\.[^'"]+)["']/g,
  )
  for (const [, target = ''] of imports) loadedWith(join(dirname(file), target), seen)
  return seen
}

test.each(['cli.js', 'index.js'])('dist/%s loads nothing that an old Node does not understand', (entry) => {
  const files = [...loadedWith(join(DIST, entry))]
  const code = files.map((file) => readFileSync(file, 'utf8')).join('\n')
  expect(code.length).toBeLessThan(4000)
  // Node 14 and 12 lack one or the other: ??, ?., top-level await, ||=, private members, 1_000.
  expect(code).not.toMatch(/\?\?|\?\.[^\d]|\bawait\b|\|\|=|&&=|#[a-z]+[;=({]|\d_\d/)
})
