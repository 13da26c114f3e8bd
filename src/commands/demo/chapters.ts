import pc from 'picocolors'
import { changeConfig } from './workspace.ts'
import { LESSON } from './config.ts'
import { monthTitle } from './months.ts'
import { follow, receiveExport, refresh } from './month.ts'
import type { Story } from './story.ts'

/** The months before Refit, and the first version. */
export async function firstVersion(story: Story, history: number): Promise<void> {
  const { business, narrator } = story
  narrator.chapter(`${monthTitle(business, 1)} to ${monthTitle(business, history)}`)
  narrator.tell(
    'A subscription business wants to know who will cancel. Its git repository holds a configuration of Refit in .github/refit.yml; its warehouse exports one file a month.',
  )
  for (let month = 1; month <= history; month++) await receiveExport(story, month)
  await follow(story, await refresh(story), history + 1)
}

/** The rule that a rolled-back candidate teaches, and what it says to the data that are still wrong. */
export async function learnTheLesson(story: Story): Promise<void> {
  const { folder, clock, narrator, endings } = story
  if (endings.at(-1) !== 'rolled-back') return
  narrator.chapter('The lesson')
  narrator.tell(
    'The files agreed with each other, so no test on them could find the mistake: production did. No month has more than 744 hours. Said once in the configuration, the data are stopped before anything is trained on them:',
  )
  narrator.quote(`expect:\n  ${LESSON.after}: …`)
  await changeConfig(folder, LESSON, { message: 'No month has more than 744 hours', time: clock.now() })
  await refresh(story)
  narrator.tell('In a workflow that is a failed run with this sentence; nothing was trained, nothing proposed.')
}

/** Where everything lies, and how to look at it. `refit` is how one would type the program here. */
export function endOfStory(
  { narrator, out, pages }: Story,
  end: { readonly folder: string; readonly refit: string; readonly seconds: number },
): void {
  const { folder, refit } = end
  narrator.chapter(`The end, after ${Math.round(end.seconds)} s`)
  const line = (what: string, where: string): void => void out.write(`  ${what.padEnd(34)} ${pc.bold(where)}\n`)
  pages.forEach((page, i) => line(i === 0 ? 'the pages of the pull requests' : '', `${folder}/${page}`))
  line('all pull requests', `${refit} -C ${folder} pr`)
  line('one as a reviewer reads it', `${refit} -C ${folder} pr 1`)
  line('what is served', `${refit} -C ${folder} status`)
  line('the audit trail of the rollouts', `git -C ${folder} log refit/state/churn`)
  line('the versions, each with its record', `${folder}/models/churn/`)
  line('the configuration', `${folder}/.github/refit.yml`)
  line('the data', `${folder}/data/`)
}
