import { formatDuration } from '../core/clock.ts'
import { formatNumber } from '../core/format.ts'
import type { RolloutState } from '../rollout/types.ts'
import type { TriggerResult } from '../triggers/types.ts'
import { link, paragraph, strong, type Block, type Inline, type Section } from './document.ts'
import { fitSections } from './fit.ts'
import { MAX_BODY } from './pull-request.ts'
import { sectionMarkdown } from './render/markdown.ts'
import { rolloutLine } from './rollout-text.ts'
import { sentence } from './sections/verdict.ts'
import { triggerTable } from './sections/triggers.ts'

/** Finds the dashboard again; never its title. */
export const DASHBOARD_MARKER = '<!-- refit:dashboard -->'

export interface DashboardModel {
  readonly name: string
  /** null before the first version; undefined where it could not be read. */
  readonly version: number | null | undefined
  /** Milliseconds since the last training; null where it is not known. */
  readonly age: number | null
  readonly metric?: { readonly name: string; readonly value: number | null } | undefined
  readonly triggers: readonly TriggerResult[]
  readonly pullRequest?: { readonly number: number; readonly url: string } | undefined
  readonly rollout?: RolloutState | undefined
  /** What the last run said, where it is worth saying: a gate that failed, an error. */
  readonly note?: string | undefined
  /** Its box was ticked while the run was at work, or could not be answered: it stays ticked. */
  readonly ticked?: boolean | undefined
}

/** Body of the dashboard issue: one section a model, each with a box that asks for a retraining. */
export function renderDashboard(models: readonly DashboardModel[]): string {
  const intro =
    'The state of every model, brought up to date by each run. Tick a box to have a model retrained by the next run.'
  const sections: Section[] = [
    { id: 'intro', title: '', importance: 10, blocks: [paragraph(intro)] },
    ...models.map((model) => modelSection(model)),
  ]
  const body = fitSections(sections, MAX_BODY - DASHBOARD_MARKER.length - 2, {
    render: (section) => sectionMarkdown(section),
    cut: (block) => [block],
    drop: (section) => ({ ...section, blocks: section.blocks.filter((block) => block.kind === 'checkbox') }),
  })
  return `${DASHBOARD_MARKER}\n${body}\n`
}

function modelSection(model: DashboardModel): Section {
  const facts: Inline[] = [
    strong(versionText(model.version)),
    ...(model.age === null ? [] : [`trained ${formatDuration(Math.max(0, model.age))} ago`]),
    ...(model.metric ? [`${model.metric.name} ${formatNumber(model.metric.value, { digits: 3 })}`] : []),
    ...(model.pullRequest ? [['open: ', link(`#${model.pullRequest.number}`, model.pullRequest.url)]] : []),
    ...(model.rollout ? [rolloutLine(model.rollout)] : []),
  ]
  const line = facts.flatMap((fact, index) => (index === 0 ? [fact] : [' · ', fact]))
  const blocks: Block[] = [paragraph(line)]
  if (model.note !== undefined) blocks.push(paragraph(sentence(model.note)))
  if (model.triggers.length > 0) blocks.push(triggerTable(model.triggers))
  blocks.push({
    kind: 'checkbox',
    marker: `<!-- refit:retrain=${model.name.replace(/[^a-z0-9-]/g, '')} -->`,
    text: `retrain ${model.name} now`,
    ticked: model.ticked === true,
  })
  return { id: 'model', title: model.name, importance: 5, blocks }
}

function versionText(version: DashboardModel['version']): string {
  if (version === undefined) return 'version not readable'
  return version === null ? 'no version yet' : `v${version}`
}

/** The models whose box is ticked, in order, each once. */
export function parseDashboard(body: string): readonly string[] {
  const boxes = body.matchAll(/^[ \t]*[-*] \[[xX]\] <!-- refit:retrain=([a-z0-9][a-z0-9-]{0,62}) -->/gm)
  return [...new Set([...boxes].map((match) => match[1] ?? ''))]
}
