import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { count } from '../../core/text.ts'
import type { PullRequest } from '../../forge/forge.ts'
import { openLocalForge } from '../../forge/local/local-forge.ts'
import { renderTerminalPullRequest } from '../../report/terminal.ts'
import { execute } from '../execute.ts'
import type { ModelRun } from '../run.ts'
import { DATA_FOLDER, exportMonth } from './export.ts'
import { exportSummary, monthTitle, news } from './months.ts'
import { review } from './reviewer.ts'
import { rollOut, type RolloutEnd } from './roll-out.ts'
import { openProject, type Story } from './story.ts'
import { monthStart } from './timeline.ts'
import { commitPaths } from './workspace.ts'

/** Runs happen in the morning of the first day of the next month. */
const MORNING_MS = 6 * 3_600_000
const MINUTE_MS = 60_000

/** The end of a month: its file arrives and the labels of the month before. */
export async function receiveExport(story: Story, month: number): Promise<void> {
  const { folder, business, clock, narrator } = story
  clock.passTo(monthStart(business.start, month + 1) + MORNING_MS)
  const written = await exportMonth(business, month, folder)
  const message = `Export ${monthTitle(business, month)}`
  await commitPaths(folder, [DATA_FOLDER], { author: 'warehouse', message, time: clock.now() })
  narrator.tell(`${exportSummary(business, month)} ${count(written.length, 'file')} written.`)
  clock.pass(10 * MINUTE_MS)
}

/** One scheduled run, and what follows from it: the review, the merge, the rollout. */
export async function liveThrough(story: Story, month: number): Promise<void> {
  const { business, narrator } = story
  narrator.chapter(monthTitle(business, month))
  for (const text of news(business, month)) narrator.tell(text)
  await receiveExport(story, month)
  const run = await refresh(story)
  await follow(story, run, month + 1)
}

/** `refit` as the schedule starts it: are the models stale? Says what every trigger saw. */
export async function refresh(story: Story): Promise<ModelRun> {
  const { narrator } = story
  const project = await openProject(story)
  const { models } = await execute(project, {
    work: [{ kind: 'refresh', model: '', manual: false, reason: null }],
    comment: undefined,
  })
  const run = models[0] as ModelRun
  for (const { trigger, status, sentence } of run.triggers) {
    if (status !== 'off' && (trigger !== 'manual' || status === 'fired'))
      narrator.item(status === 'fired' ? 'open' : 'quiet', trigger, sentence)
  }
  narrator.refit(outcomeText(run))
  return run
}

function outcomeText(run: ModelRun): string {
  const pull =
    run.pullRequest === undefined ? '' : ` Pull request #${run.pullRequest.number}: “${run.pullRequest.title}”.`
  return `${run.note}${/[.!?]$/.test(run.note) ? '' : '.'}${pull}`
}

/** The review, the merge, the rollout, where a run proposed something. */
export async function follow(story: Story, run: ModelRun, liveMonth: number): Promise<void> {
  const { narrator } = story
  if (run.record === undefined || run.pullRequest === undefined) return
  await savePage(story, run, run.pullRequest)
  const { merge, why } = review(run.record)
  if (!merge) return narrator.tell(`The reviewer: ${why}`)
  // The first one that has a champion to beat is read in full, as its reviewer does.
  if (run.record.champion?.version === 1) showPullRequest(story, run.pullRequest)
  narrator.tell(`The reviewer: ${why}`)
  await mergePullRequest(story, run.pullRequest)
  await closeRollout(story, await rollOut(story, liveMonth), liveMonth)
}

/** After a rollback the manifest still wants the harmful version: the revert pull request brings it back in line. */
async function closeRollout(story: Story, end: RolloutEnd, liveMonth: number): Promise<void> {
  const { narrator, endings } = story
  endings.push(end.phase)
  if (end.phase !== 'rolled-back') return
  narrator.tell(
    end.exposed
      ? 'Only the callers of the canary ever got an answer of it.'
      : 'No caller ever got an answer of it: shadow throws the answers away.',
  )
  const revert = end.revertPullRequest
  if (revert === undefined) return
  narrator.refit(`Pull request #${revert.number}: “${revert.title}”.`)
  narrator.tell('The reviewer: Merged, so that the repository says again what production serves.')
  await mergePullRequest(story, revert)
  await rollOut(story, liveMonth)
}

function showPullRequest({ out, narrator }: Story, pull: PullRequest): void {
  const width = Math.min(110, out.columns ?? 110) - 4
  narrator.quote(`#${pull.number} ${pull.title}`)
  narrator.quote(renderTerminalPullRequest(pull.body, { color: out.isTTY === true, width, folded: true }))
}

/** The page of a run is overwritten by the next one; the demo keeps those of its pull requests. */
async function savePage(story: Story, run: ModelRun, pull: PullRequest): Promise<void> {
  if (run.reportPath === undefined) return
  const page = `.refit/pull-request-${pull.number}.html`
  await copyFile(join(story.folder, run.reportPath), join(story.folder, page))
  if (!story.pages.includes(page)) story.pages.push(page)
}

export async function mergePullRequest({ folder, clock, log }: Story, pull: PullRequest): Promise<void> {
  clock.pass(30 * MINUTE_MS)
  const forge = await openLocalForge(folder, { clock: clock.now, log })
  try {
    await forge.merge(pull.number)
  } finally {
    forge.close()
  }
}
