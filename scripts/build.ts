/**
 * Bundles src/ into dist/: `index.js` (the Action) and `cli.js`, sharing lazy chunks, so that neither a check nor
 * `--version` loads TensorFlow.js. The output is deterministic: CI rebuilds it and compares it with the committed one.
 */
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const dist = join(root, 'dist')
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }

// CommonJS dependencies ask for these three, which ES modules do not have.
const banner = [
  "import { createRequire as __refitCreateRequire } from 'node:module';",
  "import { fileURLToPath as __refitFileURLToPath } from 'node:url';",
  'const require = __refitCreateRequire(import.meta.url);',
  'const __filename = __refitFileURLToPath(import.meta.url);',
  "const __dirname = __refitFileURLToPath(new URL('.', import.meta.url));",
].join('\n')

const bundle = await rolldown({
  cwd: root,
  input: { index: 'src/start-action.ts', cli: 'src/start-cli.ts' },
  platform: 'node',
  external: [/^node:/, '@tensorflow/tfjs-node'],
  transform: { define: { 'process.env.REFIT_VERSION': JSON.stringify(version) } },
  // The toolkit's modules only define things. Told so, the bundler leaves out what is not called: an HTTP client
  // (undici) and a second Octokit, which would cost more than half of the Action's start.
  treeshake: { moduleSideEffects: (id) => !/node_modules\/(@actions|undici)\//.test(id) },
  logLevel: 'warn',
  onLog(level, log, handler) {
    // tfjs uses eval only to hide `require` from bundlers; zod and others mark comments that rolldown skips.
    if (log.code === 'EVAL' || log.code === 'INVALID_ANNOTATION') return
    handler(level, log)
  },
})
await rm(dist, { recursive: true, force: true })
await mkdir(dist, { recursive: true })
const { output } = await bundle.write({
  dir: dist,
  format: 'esm',
  minify: true,
  banner,
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
  comments: { legal: false },
})

// Beside the chunks, because the engine looks there first; only the SIMD build: every supported Node has WASM SIMD.
const wasm = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json'))
await copyFile(join(wasm, 'dist/tfjs-backend-wasm-simd.wasm'), join(dist, 'chunks/tfjs-backend-wasm-simd.wasm'))
await writeFile(join(dist, 'package.json'), `${JSON.stringify({ type: 'module' }, null, 2)}\n`)

// What the licences of the bundled packages ask for: their texts travel with the code.
const packages = new Set<string>()
for (const chunk of output) {
  if (chunk.type !== 'chunk') continue
  for (const id of chunk.moduleIds) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id.replace(/\\/g, '/'))
    if (match?.[1] !== undefined) packages.add(match[1])
  }
}
const licences = new Map<string, string[]>()
for (const folder of [...packages].toSorted()) {
  const meta = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    name: string
    version: string
    license?: string
  }
  const file = (await readdir(folder)).find((name) => /^licen[cs]e/i.test(name))
  const text =
    file === undefined
      ? `Licence: ${meta.license ?? 'not stated'}`
      : (await readFile(join(folder, file), 'utf8')).trim()
  licences.set(text, [...(licences.get(text) ?? []), `${meta.name} ${meta.version}`])
}
const parts = [...licences].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`)
await writeFile(join(dist, 'licenses.txt'), parts.join(`\n${'-'.repeat(80)}\n\n`))
