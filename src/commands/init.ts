import { access, mkdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { RefitError } from '../core/error.ts'
import { glob } from 'tinyglobby'
import { expandData } from '../config/expand.ts'
import { openSource } from '../data/source.ts'
import type { Address } from './address.ts'
import { configTemplate, workflow } from './templates.ts'
import { writeWhole } from './write-reports.ts'

export interface InitOptions {
  readonly root: string
  readonly configPath: string
  readonly data: string | undefined
  readonly label: string | undefined
  /** Where this Refit comes from; undefined where nobody knows. */
  readonly address: Address | undefined
}

/** A hint is no listing. */
const SHOWN_COLUMNS = 40
const WORKFLOW_PATH = '.github/workflows/refit.yml'
const DATA_FILES = [
  'data/**/*.{csv,csv.gz,parquet,jsonl,jsonl.gz,ndjson}',
  '*.{csv,csv.gz,parquet,jsonl,jsonl.gz,ndjson}',
]

/** Writes what is missing and never touches what is there. */
export async function init({ root, configPath, data, label, address }: InitOptions): Promise<void> {
  const written: string[] = []
  if (await exists(resolve(root, configPath))) {
    process.stdout.write(`${configPath} is there already; it stays as it is.\n`)
  } else {
    const source = data ?? (await guessData(root))
    if (source === undefined)
      throw new RefitError('usage', `no CSV, JSON Lines or Parquet file lies in ${root}`, {
        hint: 'Name the data: refit init --data "path/*.csv" --label column.',
      })
    if (label === undefined)
      throw new RefitError('usage', 'the label column is not known', {
        hint: `Name it: refit init --data "${source}" --label column.${await columnsText(root, source)}`,
      })
    await write(root, configPath, configTemplate(modelName(label), source, label, address))
    written.push(configPath)
  }
  if (!(await exists(join(root, WORKFLOW_PATH)))) {
    await write(root, WORKFLOW_PATH, workflow(address))
    written.push(WORKFLOW_PATH)
  }
  for (const path of written) process.stdout.write(`wrote ${path}\n`)
  if (address?.ref === undefined && written.includes(WORKFLOW_PATH))
    process.stdout.write(
      `Put in the repository and the commit of the Refit that you trust: ${WORKFLOW_PATH}, at “uses:”\n`,
    )
  process.stdout.write('Next: refit check --explain\n')
}

/** What there is to choose from; nothing where the data cannot be read, which is not what the user asked about. */
async function columnsText(root: string, source: string): Promise<string> {
  try {
    const data = expandData({ data: source, label: '' })
    const { columns } = await openSource(data, root)
    const more = columns.length > SHOWN_COLUMNS ? `, … (${columns.length} in all)` : ''
    return columns.length === 0 ? '' : ` Columns: ${columns.slice(0, SHOWN_COLUMNS).join(', ')}${more}.`
  } catch (error) {
    if (error instanceof RefitError) return ''
    throw error
  }
}

/** `Churned?` → `churned`: names are lower-case letters, digits and dashes. */
function modelName(label: string): string {
  return (
    label
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 63) || 'model'
  )
}

async function guessData(root: string): Promise<string | undefined> {
  const [first] = (await glob(DATA_FILES, { cwd: root, ignore: ['**/node_modules/**', '.refit/**'] })).toSorted()
  return first
}

async function write(root: string, path: string, content: string): Promise<void> {
  await mkdir(dirname(resolve(root, path)), { recursive: true })
  await writeWhole(resolve(root, path), content)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
