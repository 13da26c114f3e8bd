import { RefitError } from '../core/error.ts'
import { parseProfile } from '../data/profile-schema.ts'
import type { Profile } from '../data/types.ts'
import { artifactFolder, type Manifest } from '../registry/manifest.ts'
import { readArtifact, readManifest } from '../registry/read.ts'
import { parseRecord } from '../report/record/parse.ts'
import type { RunRecord } from '../report/run-record.ts'
import type { Project } from './project.ts'

/** The model that the default branch declares: its manifest and its verified files. */
export interface Champion {
  readonly manifest: Manifest
  /** Bytes by file name; their digests have been checked against the manifest. */
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly profile: Profile
  /** Undefined where the record was removed; only the "new rows" of data without a time column need it. */
  readonly record: RunRecord | undefined
}

/** Head of the default branch: everything a run reads, it reads at this one commit. */
export async function readBase(project: Project): Promise<{ readonly branch: string; readonly commit: string }> {
  const branch = await project.forge.defaultBranch()
  const commit = await project.forge.head(branch)
  if (commit === undefined) {
    throw new RefitError('forge', `the branch ${branch} of ${project.forge.repository} has no commit yet`, {
      hint: 'Commit the configuration and the data first.',
    })
  }
  return { branch, commit }
}

/** The champion at a commit; undefined before the first version was merged. */
export async function readChampion(project: Project, model: string, commit: string): Promise<Champion | undefined> {
  const manifest = await readManifest(project.forge, commit, model)
  if (manifest === undefined) return undefined
  const files = await readArtifact(project.forge, commit, manifest)
  const profile = files.get('profile.json')
  if (profile === undefined) {
    throw new RefitError('artifact', `version ${manifest.version} of ${model} has no profile.json`, {
      hint: 'Retrain the model with `refit retrain` to get a complete artifact.',
    })
  }
  const recordFile = `${artifactFolder(model, manifest.version)}/record.json`
  const record = await project.forge.readFile(commit, recordFile)
  return {
    manifest,
    files,
    profile: parseProfile(new TextDecoder().decode(profile), {
      file: `${artifactFolder(model, manifest.version)}/profile.json`,
    }),
    record: record && parseRecord(new TextDecoder().decode(record), recordFile),
  }
}
