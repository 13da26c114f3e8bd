/**
 * Deliberate faults in what decides, one at a time, and whether a test notices: the score of the tests.
 *
 *     node_modules/.bin/node scripts/mutation.ts [rollout] [triggers] [gates] [stats] [--sample 1000] [--seed 1] [--file <path>]
 *
 * The faults are StrykerJS's (conditions, comparisons, arithmetic, logic, blocks, arrays, methods) and every number off by
 * one besides, which StrykerJS leaves out; sentences are left alone. StrykerJS itself was tried: its counters slow the
 * resampling tests so much that they time out. Each fault is put into a copy of the sources; the test files that reach
 * the changed file run in turn, the quickest first, until one fails.
 *
 * Results: bench/results/mutation.json (every survivor) and mutation.md. Why a survivor is no fault that a test could
 * notice stands in bench/mutation-reasons.json.
 */
import { fork, spawnSync, type ChildProcess } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { parseAst } from 'rolldown/parseAst'
import { createRandom } from '../src/core/random.ts'

interface PartRule {
  readonly sources: (path: string) => boolean
  /** Folders of the tests that are asked, in this order. */
  readonly tests: readonly string[]
}
const PARTS: Readonly<Record<string, PartRule>> = {
  rollout: { sources: (path) => path.startsWith('src/rollout/'), tests: ['test/rollout'] },
  triggers: { sources: (path) => path.startsWith('src/triggers/'), tests: ['test/triggers'] },
  gates: {
    sources: (path) => /^src\/evaluation\/gate[^/]*\.ts$/.test(path),
    tests: ['test/evaluation'],
  },
  stats: {
    sources: (path) => path.startsWith('src/stats/'),
    tests: ['test/stats', 'test/data', 'test/evaluation', 'test/triggers'],
  },
}

interface Fault {
  readonly file: string
  readonly line: number
  readonly start: number
  readonly end: number
  readonly kind: string
  readonly was: string
  readonly becomes: string
}
interface Survivor {
  readonly file: string
  readonly line: number
  /** The line of source, by which bench/mutation-reasons.json finds it again. */
  readonly source: string
  readonly kind: string
  readonly was: string
  readonly becomes: string
}
interface Score {
  readonly file: string
  readonly noticed: number
  readonly tried: number
  readonly possible: number
}
interface Result {
  readonly commit: string
  readonly sample: { readonly faults: number; readonly seed: number } | null
  readonly scores: readonly Score[]
  readonly survivors: readonly Survivor[]
}
interface Reason {
  readonly file: string
  readonly source: string
  readonly kind?: string
  readonly why: string
}

const RESULTS = 'bench/results/mutation.json'
const PAGE = 'bench/results/mutation.md'
const REASONS = 'bench/mutation-reasons.json'
const COPY = '.mutation'
/** A test file that takes this many times as long with a fault in it, and at least this long, hangs: it is noticed. */
const HANGS = { times: 10, ms: 60_000 }
/** After so many faults a test without any has to pass: a broken instrument notices everything. */
const CONTROL = 10

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      sample: { type: 'string' },
      seed: { type: 'string', default: '1' },
      file: { type: 'string', multiple: true },
      workers: { type: 'string', default: '2' },
      page: { type: 'boolean', default: false },
    },
  })
  const parts = positionals.length > 0 ? positionals : Object.keys(PARTS)
  const unknown = parts.find((part) => !(part in PARTS))
  if (unknown !== undefined) throw new Error(`unknown part “${unknown}”; one of ${Object.keys(PARTS).join(', ')}`)
  if (!values.page) {
    for (const part of parts) {
      const sample = values.sample === undefined ? undefined : Number(values.sample)
      const result = await run(part, {
        sample,
        seed: Number(values.seed),
        only: values.file,
        workers: Number(values.workers),
      })
      if (values.file !== undefined) continue
      writeFileSync(RESULTS, `${JSON.stringify({ ...read(RESULTS, {}), [part]: result }, null, 1)}\n`)
    }
  }
  writePage()
}

interface Options {
  readonly sample: number | undefined
  readonly seed: number
  readonly only: readonly string[] | undefined
  readonly workers: number
}

async function run(part: string, { sample, seed, only, workers }: Options): Promise<Result> {
  const rule = PARTS[part] as PartRule
  const files = filesBelow('src').filter((path) => rule.sources(path) && (only?.includes(path) ?? true))
  const all = files.flatMap((file) => faultsOf(file))
  const faults = sample === undefined || sample >= all.length ? all : draw(all, sample, seed)
  console.log(`${part}: ${faults.length} of ${all.length} faults in ${files.length} files`)
  const tests = rule.tests.flatMap((folder) => filesBelow(folder)).filter((path) => path.endsWith('.test.ts'))
  const pool = await Promise.all(Array.from({ length: workers }, (_, i) => Worker.start(join(COPY, String(i)))))
  const [times] = (await Promise.all(pool.map((worker) => worker.times(tests)))) as [ReadonlyMap<string, number>]
  const reaching = reach(tests)
  const survivors: Survivor[] = []
  const noticed = new Map<string, number>()
  let next = 0
  await Promise.all(
    pool.map(async (worker) => {
      for (let i = next++; i < faults.length; i = next++) {
        const fault = faults[i] as Fault
        const place = (test: string): number => rule.tests.findIndex((folder) => test.startsWith(`${folder}/`))
        const asked = tests
          .filter((test) => reaching.get(test)?.has(fault.file))
          .sort((a, b) => place(a) - place(b) || (times.get(a) ?? 0) - (times.get(b) ?? 0))
        if (await worker.notices(fault, asked)) noticed.set(fault.file, (noticed.get(fault.file) ?? 0) + 1)
        else {
          const survivor = survivorOf(fault)
          survivors.push(survivor)
          console.log(`${survivor.file}:${survivor.line} ${survivor.kind}: ${survivor.was} → ${survivor.becomes}`)
        }
        if (i % CONTROL === 0 && asked[0] !== undefined) await worker.holds(asked[0])
        if ((i + 1) % 50 === 0) console.log(`${i + 1} of ${faults.length}: ${survivors.length} survive`)
      }
    }),
  )
  for (const worker of pool) worker.stop()
  const scores = files.map((file) => ({
    file,
    noticed: noticed.get(file) ?? 0,
    tried: faults.filter((fault) => fault.file === file).length,
    possible: all.filter((fault) => fault.file === file).length,
  }))
  survivors.sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1))
  return {
    commit: spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).stdout.trim(),
    sample: faults.length < all.length ? { faults: faults.length, seed } : null,
    scores: scores.filter(({ possible }) => possible > 0),
    survivors,
  }
}

function draw(all: readonly Fault[], n: number, seed: number): Fault[] {
  const left = [...all]
  const random = createRandom(seed)
  return Array.from({ length: n }, () => left.splice(random.below(left.length), 1)[0] as Fault)
}

// ---------------------------------------------------------------- faults

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

const COMPARISONS: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
}
const OTHERS: Readonly<Record<string, string>> = {
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '**': '*',
  '&&': '||',
  '||': '&&',
  '??': '&&',
  '+=': '-=',
  '-=': '+=',
  '*=': '/=',
  '/=': '*=',
  '++': '--',
  '--': '++',
}
const METHODS: Readonly<Record<string, string>> = {
  min: 'max',
  max: 'min',
  some: 'every',
  every: 'some',
  ceil: 'floor',
  floor: 'ceil',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
}
const DROPPED = new Set(['filter', 'slice', 'sort', 'toSorted', 'reverse', 'toReversed', 'trim'])

function faultsOf(file: string): Fault[] {
  const source = readFileSync(file, 'utf8')
  const faults: Fault[] = []
  const add = (kind: string, { start, end }: { start: number; end: number }, becomes: string): void => {
    const line = source.slice(0, start).split('\n').length
    faults.push({ file, line, start, end, kind, was: source.slice(start, end), becomes })
  }
  const text = ({ start, end }: Node): string => source.slice(start, end)
  /** Where the operator between two nodes stands. */
  const operator = (left: Node, right: Node, sign: string): { start: number; end: number } => {
    const start = source.indexOf(sign, left.end)
    return start < 0 || start >= right.start ? { start: left.end, end: left.end } : { start, end: start + sign.length }
  }
  const visit = (node: Node): void => {
    // Types are gone before anything runs; imports and classes of errors decide nothing.
    if (
      node.type.startsWith('TS') &&
      !['TSAsExpression', 'TSNonNullExpression', 'TSSatisfiesExpression'].includes(node.type)
    )
      return
    if (node.type === 'ImportDeclaration') return
    switch (node.type) {
      case 'BinaryExpression':
      case 'LogicalExpression':
      case 'AssignmentExpression': {
        const [left, right, sign] = [node['left'] as Node, node['right'] as Node, node['operator'] as string]
        if (sign === '+' && [left, right].some(isText)) break
        for (const becomes of COMPARISONS[sign] ?? (OTHERS[sign] === undefined ? [] : [OTHERS[sign]])) {
          // a ?? b || c does not parse: the whole is put in brackets.
          add(node.type, node, `(${text(left)} ${becomes} ${text(right)})`)
          const at = operator(left, right, sign)
          const last = faults.at(-1) as Fault
          faults[faults.length - 1] = { ...last, line: source.slice(0, at.start).split('\n').length }
        }
        break
      }
      case 'UpdateExpression': {
        const sign = node['operator'] as string
        const argument = text(node['argument'] as Node)
        const other = OTHERS[sign] as string
        add('UpdateExpression', node, node['prefix'] === true ? other + argument : argument + other)
        break
      }
      case 'UnaryExpression':
        if (['-', '!', '+'].includes(node['operator'] as string))
          add('UnaryExpression', node, `(${text(node['argument'] as Node)})`)
        break
      case 'IfStatement':
      case 'ConditionalExpression':
      case 'WhileStatement': {
        add('Condition', node['test'] as Node, 'true')
        add('Condition', node['test'] as Node, 'false')
        break
      }
      case 'Literal': {
        const value = node['value']
        if (typeof value === 'boolean') add('Boolean', node, String(!value))
        if (typeof value === 'number') add('Number', node, String(Number.isInteger(value) ? value + 1 : value * 1.5))
        break
      }
      case 'ArrayExpression':
        if ((node['elements'] as unknown[]).length > 0) add('Array', node, '[]')
        break
      case 'BlockStatement':
        if ((node['body'] as unknown[]).length > 0) add('Block', node, '{}')
        break
      case 'CallExpression': {
        const callee = node['callee'] as Node
        if (callee.type !== 'MemberExpression' || callee['computed'] === true) break
        const property = callee['property'] as Node
        const name = property['name'] as string
        if (METHODS[name] !== undefined) add('Method', property, METHODS[name])
        if (DROPPED.has(name)) add('Method', node, text(callee['object'] as Node))
        break
      }
    }
    for (const child of Object.values(node)) {
      if (Array.isArray(child)) for (const one of child) if (isNode(one)) visit(one)
      if (isNode(child)) visit(child)
    }
  }
  visit(parseAst(source, { lang: 'ts' }) as unknown as Node)
  return faults
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

function isText(node: Node): boolean {
  return node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node['value'] === 'string')
}

function survivorOf({ file, line, kind, was, becomes }: Fault): Survivor {
  const short = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(0, 100)
  const source = (readFileSync(file, 'utf8').split('\n')[line - 1] as string).trim()
  return { file, line, source, kind, was: short(was), becomes: short(becomes) }
}

// ---------------------------------------------------------------- which tests reach a file

function reach(tests: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const direct = new Map<string, readonly string[]>()
  const importsOf = (file: string): readonly string[] => {
    const known = direct.get(file)
    if (known !== undefined) return known
    const source = readFileSync(file, 'utf8')
    const found = [...source.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+\.ts)'/g)].map(([, path]) =>
      relative('.', resolve(dirname(file), path as string)),
    )
    const existing = found.filter((path) => existsSync(path))
    direct.set(file, existing)
    return existing
  }
  return new Map(
    tests.map((test) => {
      const seen = new Set<string>()
      const open = [test]
      for (let file = open.pop(); file !== undefined; file = open.pop()) {
        if (seen.has(file)) continue
        seen.add(file)
        open.push(...importsOf(file))
      }
      return [test, seen]
    }),
  )
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

// ---------------------------------------------------------------- workers: one Vitest each, on a copy of its own

type Order = { readonly write?: { readonly file: string; readonly text: string }; readonly test: string }
type Answer = { readonly failed: boolean; readonly ms: number }

class Worker {
  readonly #folder: string
  #child: ChildProcess | undefined
  #times: ReadonlyMap<string, number> = new Map()

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async start(folder: string): Promise<Worker> {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    for (const path of ['src', 'test', 'schema', 'package.json', 'action.yml', 'examples', 'docs', 'README.md']) {
      if (existsSync(path)) cpSync(path, join(folder, path), { recursive: true })
    }
    return new Worker(folder)
  }

  /** Milliseconds of each test file without a fault. @throws Error where one fails: then no score means anything. */
  async times(tests: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const times = new Map<string, number>()
    for (const test of tests) {
      const { failed, ms } = await this.#ask({ test })
      if (failed) throw new Error(`${test} fails without any fault`)
      times.set(test, ms)
    }
    this.#times = times
    return times
  }

  /** @throws Error where a test fails although the fault was taken out again. */
  async holds(test: string): Promise<void> {
    if ((await this.#ask({ test })).failed) throw new Error(`${test} fails without any fault, after others`)
  }

  async notices(fault: Fault, tests: readonly string[]): Promise<boolean> {
    const source = readFileSync(fault.file, 'utf8')
    const write = { file: fault.file, text: source.slice(0, fault.start) + fault.becomes + source.slice(fault.end) }
    try {
      for (const test of tests) if ((await this.#ask({ write, test }, this.#times.get(test))).failed) return true
      return false
    } finally {
      writeFileSync(join(this.#folder, fault.file), source)
      this.#child?.send({ write: { file: fault.file, text: source } })
    }
  }

  #ask(order: Order, usual = 0): Promise<Answer> {
    const child = (this.#child ??= fork(import.meta.filename, ['--worker', this.#folder], {
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    }))
    return new Promise((settle) => {
      const end = (answer: Answer): void => {
        clearTimeout(timer)
        child.removeAllListeners('message')
        child.removeAllListeners('exit')
        settle(answer)
      }
      const timer = setTimeout(
        () => {
          this.stop()
          end({ failed: true, ms: 0 })
        },
        Math.max(HANGS.ms, HANGS.times * usual),
      )
      child.once('message', (answer) => end(answer as Answer))
      child.once('exit', () => {
        this.#child = undefined
        end({ failed: true, ms: 0 })
      })
      child.send(order)
    })
  }

  stop(): void {
    const pid = this.#child?.pid
    this.#child = undefined
    if (pid === undefined) return
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      // Already gone.
    }
  }
}

async function work(folder: string): Promise<void> {
  process.chdir(folder)
  const { createVitest } = await import('vitest/node')
  const vitest = await createVitest('test', {
    root: process.cwd(),
    config: false,
    watch: false,
    include: ['test/**/*.test.ts'],
    testTimeout: 300_000,
    maxWorkers: 1,
    pool: 'forks',
    env: { NO_COLOR: '1' },
    reporters: [{}],
  })
  process.on('message', (order: Partial<Order>) => {
    if (order.write !== undefined) {
      const path = resolve(order.write.file)
      writeFileSync(path, order.write.text)
      vitest.invalidateFile(path)
    }
    if (order.test === undefined) return
    void ask(order.test)
  })
  const ask = async (test: string): Promise<void> => {
    const started = performance.now()
    const specification = vitest.getRootProject().createSpecification(resolve(test))
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications([specification])
    // The answer holds the modules of earlier runs as well (and `bail` counts them): only the one that was asked.
    const asked = testModules.find(({ moduleId }) => moduleId === resolve(test))
    const failed = unhandledErrors.length > 0 || asked?.ok() !== true
    process.send?.({ failed, ms: performance.now() - started } satisfies Answer)
  }
}

// ---------------------------------------------------------------- the page

function writePage(): void {
  const results = read<Readonly<Record<string, Result>>>(RESULTS, {})
  const reasons = read<readonly Reason[]>(REASONS, [])
  const why = (one: Survivor): string | undefined =>
    reasons.find(
      ({ file, source, kind }) => file === one.file && source === one.source && (kind ?? one.kind) === one.kind,
    )?.why
  const rows: string[] = []
  const listed: string[] = []
  for (const [part, { commit, sample, scores, survivors }] of Object.entries(results)) {
    const sum = (pick: (score: Score) => number): number => scores.reduce((total, score) => total + pick(score), 0)
    const [noticed, tried, possible] = [sum((s) => s.noticed), sum((s) => s.tried), sum((s) => s.possible)]
    const explained = survivors.filter((one) => why(one) !== undefined).length
    const drawn = sample === null ? `all ${possible}` : `${tried} of ${possible}, seed ${sample.seed}`
    rows.push(
      `| ${part} | ${scores.length} | ${drawn} | ${noticed} | ${((100 * noticed) / tried).toFixed(1)} % | ${explained} | ${survivors.length - explained} | ${commit} |`,
    )
    for (const score of scores) {
      const own = survivors.filter(({ file }) => file === score.file)
      if (own.length === 0) continue
      listed.push('', `### ${score.file}: ${score.noticed} of ${score.tried}`, '')
      for (const one of own) {
        listed.push(
          `- ${one.line}: \`${quoted(one.was)}\` → \`${quoted(one.becomes)}\`. ${why(one) ?? 'No test notices.'}`,
        )
      }
    }
  }
  const head = [
    '# Deliberate faults and the tests that notice them',
    '',
    'Repeat with `node_modules/.bin/node scripts/mutation.ts`; what counts as a fault stands at its top.',
    '',
    '| Part | Files | Faults tried | Noticed | Share | Survive for a reason | Survive otherwise | Commit |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
    '## Survivors',
    ...listed,
    '',
  ]
  writeFileSync(PAGE, head.join('\n'))
}

function quoted(text: string): string {
  return text.replaceAll('`', 'ˋ')
}

function read<T>(path: string, otherwise: T): T {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : otherwise
}

if (process.argv[2] === '--worker') await work(process.argv[3] as string)
else await main()
