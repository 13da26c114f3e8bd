import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { OUTPUTS, runOutputs } from '../src/commands/outputs.ts'
import { COMMANDS } from '../src/commands/plan.ts'

const root = resolve(import.meta.dirname, '..')
const action = parse(readFileSync(resolve(root, 'action.yml'), 'utf8')) as {
  inputs: Record<string, { description: string; default?: string }>
  outputs: Record<string, { description: string }>
  runs: { using: string; main: string }
  branding: object
}
const source = readFileSync(resolve(root, 'src/action.ts'), 'utf8')

test('action.yml declares exactly the inputs that the code reads', () => {
  const read = [...source.matchAll(/getInput\('([^']+)'\)/g)].map((match) => match[1])
  expect([...new Set(read)].toSorted()).toEqual(Object.keys(action.inputs).toSorted())
})

test('action.yml declares exactly the outputs that the code sets, in the same order', () => {
  expect(Object.keys(action.outputs)).toEqual([...OUTPUTS])
  expect(Object.keys(runOutputs({ models: [], notes: [] })).toSorted()).toEqual([...OUTPUTS].toSorted())
})

test('the token is read from the input only, and defaults to the workflow’s own', () => {
  expect(action.inputs['token']?.default).toBe('${{ github.token }}')
  expect(source).not.toMatch(/env\[?'?\.?GITHUB_TOKEN/)
})

test('the description of the input “command” names every command', () => {
  for (const command of COMMANDS) expect(action.inputs['command']?.description).toContain(command)
})

test('every input and output has a description, and the Action runs on Node 24 from dist/', () => {
  for (const item of [...Object.values(action.inputs), ...Object.values(action.outputs)])
    expect(item.description.length).toBeGreaterThan(10)
  expect(action.runs).toEqual({ using: 'node24', main: 'dist/index.js' })
  expect(action.branding).toBeDefined()
})
