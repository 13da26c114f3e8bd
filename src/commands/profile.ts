import { readFile } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import type { ModelConfig } from '../config/schema.ts'
import { RefitError } from '../core/error.ts'
import { formatBytes } from '../core/format.ts'
import { count } from '../core/text.ts'
import { IN_THE_FUTURE } from '../data/plausible-time.ts'
import { mergeProfiles } from '../data/merged-profile.ts'
import { personalData } from '../data/personal.ts'
import { formatProfile, parseProfile } from '../data/profile-schema.ts'
import { createProfileSketch, type ProfileSketch } from '../data/profile-sketch.ts'
import { readBatches } from '../data/read.ts'
import type { Profile } from '../data/types.ts'
import { refuseForeignData } from './own-code.ts'
import { selectModels, type Project } from './project.ts'
import { writeWhole } from './write-reports.ts'

export interface ProfileOptions {
  /** Only this model. */
  readonly model?: string | undefined
  /** Globs that replace `data.source`, such as one partition. */
  readonly files?: readonly string[] | undefined
  /** Where the profile is written; to the standard output without. */
  readonly output?: string | undefined
}

/**
 * Describes a model’s data while they stream by, in bounded memory, or merges profiles that were saved.
 *
 * @param saved files of profiles to merge; none: the data are read
 * @throws RefitError where a file is no profile, or more than one model could be meant
 */
export async function runProfile(project: Project, saved: readonly string[], options: ProfileOptions): Promise<void> {
  const profile =
    saved.length > 0
      ? mergeProfiles(await Promise.all(saved.map((path) => readProfile(path, project.root))))
      : await sketchOwn(project, oneModel(project, options.model), options.files)
  const text = formatProfile(profile)
  if (options.output === undefined) {
    process.stdout.write(text)
    return
  }
  const path = resolve(project.root, options.output)
  await writeWhole(path, text)
  const size = formatBytes(Buffer.byteLength(text))
  const described = `${count(profile.rows, 'row')} of ${count(profile.columns.length, 'column')}`
  project.log.info(`${described} → ${relative(project.root, path)} (${size})`)
}

async function readProfile(path: string, root: string): Promise<Profile> {
  let text: string
  try {
    text = await readFile(resolve(root, path), 'utf8')
  } catch (cause) {
    throw new RefitError('usage', `${path} cannot be read`, { place: { file: path }, cause })
  }
  return parseProfile(text, { file: path })
}

function oneModel(project: Project, name: string | undefined): ModelConfig {
  const models = selectModels(project.config, name)
  const [model, other] = models
  if (model !== undefined && other === undefined) return model
  const names = models.map((one) => one.name).join(', ')
  throw new RefitError('usage', 'a profile is of one model', { hint: `Name it with --model: ${names}.` })
}

async function sketchOwn(project: Project, model: ModelConfig, files: readonly string[] | undefined): Promise<Profile> {
  await refuseForeignData(project, model)
  return sketchData(project, model, files)
}

async function sketchData(
  project: Project,
  { data }: ModelConfig,
  files: readonly string[] | undefined,
): Promise<Profile> {
  let sketch: ProfileSketch | undefined
  const left = new Set([data.label, data.time, data.id, data.weight, ...data.ignore])
  const personal = new Set<string>()
  for await (const { table, future } of readBatches(data, project.root, { files, now: project.clock() })) {
    if (future !== undefined)
      project.log.warn(
        `${count(future.rows, 'row')} left out: ${IN_THE_FUTURE}, the first is ${future.first}`,
        future.place,
      )
    const columns = table.columns.filter(({ name }) => !left.has(name))
    sketch ??= createProfileSketch(
      columns,
      table.columns.find(({ name }) => name === data.label),
    )
    sketch.add(table)
    for (const column of columns)
      if (!personal.has(column.name) && !data.include.includes(column.name) && personalData(column) !== undefined)
        personal.add(column.name)
  }
  if (sketch === undefined) throw new RefitError('data', 'there are no rows to describe')
  if (personal.size > 0)
    project.log.info(
      `left out, for they look like personal data: ${[...personal].join(', ')} (data.include brings back)`,
    )
  const profile = sketch.result()
  // A profile is there to be committed.
  return { ...profile, columns: profile.columns.filter(({ name }) => !personal.has(name)) }
}
