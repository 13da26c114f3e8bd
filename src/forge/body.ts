import type { IssueDraft } from './forge.ts'

/** GitHub refuses longer pull request, issue and comment bodies. */
export const MAX_BODY = 65_536
/** Check-run summary. */
export const MAX_CHECK_SUMMARY = 65_535
/** Description of a deployment and of its statuses. */
export const MAX_DESCRIPTION = 140

const NOTE = '\n\n---\n*Cut here, because a body has a limit; the full report is attached to the workflow run.*\n'

/**
 * A body that fits into `limit` characters: whole, or cut at the end of a line, with open code fences and `<details>`
 * closed and a note that says so. Losing the tail of a report is better than losing an hour of training to a 422.
 */
export function fitBody(body: string, limit = MAX_BODY): string {
  if (body.length <= limit) return body
  // Room for the note and for every fence and fold that may have to be closed.
  const room = limit - NOTE.length - 200
  const hard = body.slice(0, room)
  const lineEnd = hard.lastIndexOf('\n')
  const kept = lineEnd > room / 2 ? hard.slice(0, lineEnd) : hard.replace(/[\ud800-\udbff]$/, '')
  const openFence = (kept.match(/^```/gm)?.length ?? 0) % 2 === 1
  const folds = (kept.match(/<details\b/g)?.length ?? 0) - (kept.match(/<\/details>/g)?.length ?? 0)
  return kept + (openFence ? '\n```' : '') + '\n</details>'.repeat(Math.min(Math.max(folds, 0), 10)) + NOTE
}

/** One line of at most `limit` characters. */
export function fitLine(text: string, limit = MAX_DESCRIPTION): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= limit ? line : `${line.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

/** Equal but for white space: GitHub changes line ends and trims, and that is no news. */
export function sameText(a: string, b: string): boolean {
  return a.replace(/\s+/g, ' ').trim() === b.replace(/\s+/g, ' ').trim()
}

/** What an issue is to say, given what it says. */
export function issueBody({ marker, body }: IssueDraft, existing: string | undefined): string {
  return withMarker(marker, typeof body === 'string' ? body : body(existing))
}

/** The body with its marker, which stands first so that no cut can lose it. */
export function withMarker(marker: string, body: string): string {
  return fitBody(body.includes(marker) ? body : `${marker}\n${body}`)
}
