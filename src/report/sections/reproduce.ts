import { code, paragraph, table, volatile, link, type Block, type Inline, type Section } from '../document.ts'
import { recordPath } from '../record-view.ts'
import type { RunRecord } from '../run-record.ts'

/** The one command, and every digest that pins what it will do. */
export function reproduceSection(record: RunRecord): Section {
  const rows: (readonly Inline[])[] = [
    ['Candidate', code(record.candidateId)],
    ['Artifact', code(record.artifact.digest)],
    ['Data', code(record.data.fingerprint)],
    ['Held-out rows', code(record.evaluation.holdout.digest)],
    ['Seed', String(record.training.seed)],
    ['Refit', record.refitVersion],
  ]
  if (record.codeCommit !== null) rows.push(['Commit', volatile(code(record.codeCommit))])
  if (record.runUrl !== null) rows.push(['Run', volatile(link(record.runUrl, record.runUrl))])
  const blocks: Block[] = [
    { kind: 'code', language: 'sh', text: record.reproduce, volatile: true },
    table('What pins the result', ['What', 'Value'], rows),
    paragraph('Everything this run learned is in ', code(recordPath(record)), '.'),
  ]
  return { id: 'reproduce', title: 'Reproduce', importance: 7, blocks }
}
