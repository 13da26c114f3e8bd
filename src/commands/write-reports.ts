import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { prettyJson } from '../core/json.ts'
import { renderHtml } from '../report/html-report.ts'
import { renderPullRequest } from '../report/pull-request.ts'
import type { RunRecord } from '../report/run-record.ts'
import type { Project } from './project.ts'

/** Writes the page, the record and the pull request body of a run below `.refit/`. Returns the page's path as `shownPath` gives it. */
export async function writeReports(project: Project, record: RunRecord): Promise<string> {
  const folder = join(project.output, record.model)
  await mkdir(folder, { recursive: true })
  await writeWhole(join(project.output, '.gitignore'), '*\n')
  const page = join(folder, 'report.html')
  await writeWhole(page, renderHtml(record))
  await writeWhole(join(folder, 'record.json'), prettyJson(record))
  await writeWhole(join(folder, 'pull-request.md'), renderPullRequest(record).body)
  return shownPath(project, page)
}

/** A path for people, outputs and the next step of a workflow: relative to where they are; absolute outside of that. */
export function shownPath({ root, workspace = root }: Project, path: string): string {
  const shown = relative(workspace, path)
  return (shown.startsWith('..') ? path : shown).replaceAll('\\', '/')
}

/** A reader sees the old file or the new one, never half of it. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  await writeFile(temporary, content)
  await rename(temporary, path)
}
