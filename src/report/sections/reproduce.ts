import { count } from '../../core/text.ts'
import { code, link, paragraph, strong, table, volatile, type Block, type Inline, type Section } from '../document.ts'
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
    ...sourceBlocks(record),
    { kind: 'code', language: 'sh', text: record.reproduce, volatile: true },
    table('What pins the result', ['What', 'Value'], rows),
    paragraph('Everything this run learned is in ', code(recordPath(record)), '.'),
  ]
  return { id: 'reproduce', title: 'Reproduce', importance: 7, blocks }
}

const HOW = {
  modified: 'changed since',
  untracked: 'not tracked',
  ignored: 'ignored by git',
  outside: 'outside of the repository',
} as const
/** Files named; the record has all of them. */
const SHOWN = 5

/** What of the run the commit does not hold, and what was not looked at. */
export function sourceDoubts({ source }: RunRecord): readonly Inline[] {
  if (source === undefined) return []
  if (source.status === 'not-looked') {
    return [
      [strong('Not looked at:'), ` Whether the commit holds all that this run used was not checked: ${source.why}.`],
    ]
  }
  const { differs, elsewhere, otherChanges, pushed } = source
  const named = differs
    .slice(0, SHOWN)
    .flatMap(({ path, how }, i): Inline[] => [i > 0 ? ', ' : '', code(path), ` (${HOW[how]})`])
  const more = differs.length > SHOWN ? ` and ${differs.length - SHOWN} more` : ''
  const committed = differs.some(({ how }) => how === 'modified' || how === 'untracked')
  return [
    ...(differs.length === 0
      ? []
      : [
          [
            strong('The commit lacks what this run used:'),
            ' ',
            ...named,
            `${more}. The command repeats the run only with ${differs.length === 1 ? 'that file' : 'these files'} as used here${committed ? '; commit what you mean to keep' : ''}.`,
          ],
        ]),
    ...(elsewhere.length === 0
      ? []
      : [
          `Rows came from elsewhere (${elsewhere.slice(0, SHOWN).join(', ')}): the fingerprint tells whether they are still the same.`,
        ]),
    ...(otherChanges === 0
      ? []
      : [`${count(otherChanges, 'other file')} of the checkout had changes that are not committed.`]),
    ...(pushed === false
      ? ['No remote branch has this commit yet: the command works in this clone only, until it is pushed.']
      : []),
  ]
}

function sourceBlocks(record: RunRecord): readonly Block[] {
  const lines = sourceDoubts(record)
  const grave = record.source?.status === 'looked' && record.source.differs.length > 0
  return lines.length === 0 ? [] : [{ kind: 'callout', status: grave ? 'unknown' : 'none', lines }]
}

/** The configuration is part of the proposal: where it is not in the commit, the first screen says so. */
export function configurationDoubt({ source }: RunRecord): Inline | undefined {
  if (source?.status !== 'looked') return undefined
  const config = source.differs.find(({ what }) => what === 'configuration')
  if (config === undefined) return undefined
  return [
    strong('Check this:'),
    ' The run used ',
    code(config.path),
    ` as it lies in the checkout (${HOW[config.how]}), which commit `,
    code(source.commit.slice(0, 12)),
    ' does not hold: see Reproduce.',
  ]
}
