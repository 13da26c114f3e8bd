/**
 * `refit retrain` on Adult (official split) to the written pull request, as a whole process; beside it a Python script
 * with scikit-learn and fairlearn that trains a network of the same size and computes the same metrics and intervals,
 * without any pull request.
 *
 *   npm run build && node_modules/.bin/node bench/adult.ts
 *
 * Needs the tables (../shared/data, or REFIT_DATA). REFIT_PYTHON names a Python that has scikit-learn and fairlearn.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { compare, measure, print, type Cost } from './whole-process.ts'

const tables = process.env['REFIT_DATA'] ?? resolve(import.meta.dirname, '../../shared/data')
if (!existsSync(join(tables, 'adult_train.csv'))) {
  console.log(`skipped: the tables are not in ${tables}`)
  process.exit(0)
}
const CONFIG = `models:
  income:
    data: {source: data/adult_train.csv, label: income, ignore: [fnlwgt], positive: '>50K'}
    evaluate: {holdout: {files: data/adult_test.csv}, slices: [race], fairness: {protected: [sex]}}
`
const root = await mkdtemp(join(tmpdir(), 'refit-bench-adult-'))
const git = (...args: string[]): void =>
  void execFileSync('git', ['-C', root, '-c', 'user.name=bench', '-c', 'user.email=bench@localhost', ...args], {
    stdio: 'pipe',
  })
await mkdir(join(root, 'data'))
await mkdir(join(root, '.github'))
await cp(join(tables, 'adult_train.csv'), join(root, 'data/adult_train.csv'))
await cp(join(tables, 'adult_test.csv'), join(root, 'data/adult_test.csv'))
await writeFile(join(root, '.github/refit.yml'), CONFIG)
git('init', '-q', '-b', 'main')
git('add', '.github')
git('commit', '-qm', 'Configuration')

const python = process.env['REFIT_PYTHON'] ?? 'python3'
const commands: Record<string, () => Promise<Cost>> = {
  'refit retrain, to the pull request': () =>
    measure(process.execPath, [resolve(import.meta.dirname, '../dist/cli.js'), 'retrain', '--force'], { cwd: root }),
}
try {
  execFileSync(python, ['-c', 'import sklearn, pandas, fairlearn'], { stdio: 'ignore' })
  // A tenth of refit’s resamples: with all 2,000 it takes minutes.
  commands['scikit-learn + fairlearn, 200 resamples'] = () =>
    measure(python, [resolve(import.meta.dirname, 'adult.py'), join(root, 'data'), '--quick'])
} catch {
  console.log(`skipped: ${python} has no scikit-learn, pandas and fairlearn; name one that has in REFIT_PYTHON`)
}
const costs = await compare(commands, 3)
print(costs)
const [own, peer] = Object.values(costs)
if (own !== undefined && peer !== undefined)
  console.log(`refit takes ${(own.seconds / peer.seconds).toFixed(2)} of the time`)
await rm(root, { recursive: true, force: true })
