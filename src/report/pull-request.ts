import { sha256 } from '../core/json.ts'
import { code, paragraph, type Block, type Section, type TableBlock } from './document.ts'
import { fitSections } from './fit.ts'
import { recordPath } from './record-view.ts'
import { sectionMarkdown, type MarkdownOptions } from './render/markdown.ts'
import type { RunRecord } from './run-record.ts'
import { reportSections } from './sections/index.ts'
import { pullRequestTitle } from './sections/verdict.ts'
import { withdrawnSection, type Withdrawal } from './sections/withdrawn.ts'

/** GitHub takes 65,536 characters; the rest is room for what a forge or a person adds. */
export const MAX_BODY = 58_000

export interface RenderedPullRequest {
  readonly title: string
  readonly body: string
  readonly draft: boolean
  readonly labels: readonly string[]
}

/**
 * The pull request that proposes a candidate. Pure: the same record gives the same text. An inconclusive candidate is
 * a draft. A failed one is rendered as well (for the summary and a laptop), though no pull request is opened for it.
 */
export function renderPullRequest(record: RunRecord): RenderedPullRequest {
  const sections = reportSections(record)
  const digest = sha256(`${pullRequestTitle(record)}\n${render(record, sections, { stable: true })}`).slice(0, 32)
  const marker = `<!-- refit:model=${token(record.model)} candidate=${token(record.candidateId)} digest=${digest} -->`
  return {
    title: pullRequestTitle(record),
    body: `${marker}\n${render(record, sections, {})}\n`,
    draft: record.verdict.outcome !== 'pass',
    labels: ['refit'],
  }
}

const WITHDRAWN = '<!-- refit:withdrawn -->'

/** The text of a pull request whose verdict no longer holds. `record`: what it showed, where that can still be read. */
export function renderWithdrawal(record: RunRecord | undefined, withdrawal: Withdrawal): string {
  const section = withdrawnSection(withdrawal, record)
  if (record === undefined) return `${WITHDRAWN}\n${sectionMarkdown(section, {})}\n`
  const sections = reportSections(record).map((one) => (one.id === section.id ? section : one))
  const { body } = renderPullRequest(record)
  return `${body.slice(0, body.indexOf('\n'))}\n${WITHDRAWN}\n${render(record, sections, {})}\n`
}

/** Whether the verdict that a body shows has been taken back. */
export const isWithdrawn = (body: string): boolean => body.includes(WITHDRAWN)

const BEGIN = /^<!-- refit:(?:model=|withdrawn)/m
const END = '<!-- refit:end -->'

/**
 * The bot's text as the body of its pull request, with what people wrote above and below the bot's own part of the body
 * that is there. What they wrote within that part goes with the next update.
 */
export function withTextAround(fresh: string, existing = ''): string {
  const there = existing.replaceAll('\r\n', '\n')
  const begin = there.search(BEGIN)
  const end = there.lastIndexOf(END)
  const above = begin < 0 ? there : there.slice(0, begin)
  const below = begin < 0 || end < begin ? '' : there.slice(end + END.length)
  return [above.trim(), `${fresh.trimEnd()}\n${END}`, below.trim()].filter((text) => text !== '').join('\n\n')
}

function render(record: RunRecord, sections: readonly Section[], options: MarkdownOptions): string {
  const whole = paragraph('The whole report is in ', code(recordPath(record)), ' and in the HTML page of this run.')
  return fitSections(sections, MAX_BODY - 400, {
    render: (section) => sectionMarkdown(section, options),
    cut: (block, rows) => cutTable(block, rows, record),
    drop: (section) => ({ ...section, blocks: [paragraph('No room here.'), whole] }),
  })
}

function cutTable(block: TableBlock, rows: number, record: RunRecord): readonly Block[] {
  if (block.rows.length <= rows) return [block]
  return [
    { ...block, rows: block.rows.slice(0, rows) },
    paragraph(`${rows} of ${block.rows.length} rows are shown; all are in `, code(recordPath(record)), '.'),
  ]
}

/** What a body says about itself; undefined for a body that is none of ours. */
export interface BodyMarker {
  readonly model: string
  readonly candidate: string
  readonly digest: string
}

export function readMarker(body: string): BodyMarker | undefined {
  const match = /^<!-- refit:model=(\S+) candidate=(\S+) digest=([0-9a-f]+) -->/m.exec(body)
  return match ? { model: match[1] ?? '', candidate: match[2] ?? '', digest: match[3] ?? '' } : undefined
}

/**
 * A digest of what a body says, without what changes from run to run and means nothing (timings, the age of the model,
 * the run's address): equal digests need no update. A body without our marker is digested as it is.
 */
export function bodyDigest(body: string): string {
  return readMarker(body)?.digest ?? sha256(body.replace(/\r\n/g, '\n').trim()).slice(0, 32)
}

/** Nothing that could end the comment. */
const token = (text: string): string => text.replace(/[^\w.:-]+/g, '_').replace(/--+/g, '-')
