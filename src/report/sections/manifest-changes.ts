import { code, details, paragraph, table, volatile, type Block, type Inline, type Section } from '../document.ts'
import type { RunRecord } from '../run-record.ts'

/** Lines shown before the fold. */
const SHOWN = 8
/** Of the schema’s change; the whole of it is among the changed files. */
const DIFF_LINES = 60
/** Fields that differ in every run and say nothing about the candidate. */
const CLOCKED = /(^|\.)(trainedAt|runUrl|codeCommit)$/

/** What the merge changes in `manifest.json`, line by line. */
export function manifestSection(record: RunRecord): Section {
  const changes = record.manifestChanges
  const rows = changes.map((change): readonly Inline[] => [
    code(change.path),
    ...[change.before === null ? 'new' : code(change.before), change.after === null ? 'gone' : code(change.after)].map(
      (value) => (CLOCKED.test(change.path) ? volatile(value) : value),
    ),
  ])
  const titles = ['Field', 'Before', 'After']
  const path = code(`models/${record.model}/manifest.json`)
  const first = table('Changes of the manifest', titles, rows.slice(0, SHOWN))
  const rest = rows.slice(SHOWN)
  const head = paragraph(
    path,
    rows.length > 0 ? ' and the files of the artifact in ' : ' does not change; the artifact lies in ',
    code(record.artifact.folder),
    '.',
  )
  const blocks: Block[] =
    rest.length > 0
      ? [head, first, details(`${rest.length} more fields`, [table('Further changes', titles, rest)])]
      : [head, first]
  const { schemaDiff } = record
  if (schemaDiff !== undefined) {
    const lines = schemaDiff.split('\n')
    const more = lines.length > DIFF_LINES ? [`… ${lines.length - DIFF_LINES} more lines in the file`] : []
    blocks.push(
      paragraph(
        code(`models/${record.model}/schema.json`),
        ' changes as well: this version has learned from rows that broke it, and who merges it allows such rows from now on.',
      ),
      { kind: 'code', language: 'diff', text: [...lines.slice(0, DIFF_LINES), ...more].join('\n') },
    )
  }
  return { id: 'manifest', title: 'What changes', importance: 6, blocks }
}
