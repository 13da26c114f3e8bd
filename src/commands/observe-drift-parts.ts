import type { DriftTriggerConfig, ModelConfig } from '../config/schema.ts'
import { RefitError } from '../core/error.ts'
import { createRandom } from '../core/random.ts'
import { createLookup, countNumbers, createTally } from '../data/profile-bins.ts'
import { quantileProfile } from '../data/profile-quantiles.ts'
import { createStructureCounter, encodeStructure, structureColumns } from '../data/structure.ts'
import type { Table } from '../data/table.ts'
import type { NumberProfile } from '../data/types.ts'
import { separate } from '../stats/domain-classifier.ts'
import { loadEngine } from '../training/engine.ts'
import { loadModel } from '../training/model.ts'
import type { ClassifierObservation, DriftObservation, PairedColumn, Unobserved } from '../triggers/index.ts'
import type { Champion } from './champion.ts'
import { decisiveScores } from './next-manifest.ts'
import type { Project } from './project.ts'
import { createRowSample } from './sample-rows.ts'

/** Rows that are scored, and rows of either side that the classifier is fitted to. */
const SCORED_ROWS = 5000
const CLASSIFIED_ROWS = 2000
/** Columns that the sentence names as giving new rows away. */
const NAMED = 2

export interface DriftParts {
  addNew(table: Table, rows: Uint32Array | undefined): void
  addOld(table: Table, rows: Uint32Array): void
  finish(): Promise<Pick<DriftObservation, 'predictions' | 'structure' | 'classifier'>>
}

/** Predictions and multivariate drift: samples of bounded size, drawn while the rows stream by. */
export function createDriftParts(
  project: Project,
  model: ModelConfig,
  champion: Champion,
  drift: DriftTriggerConfig,
): DriftParts {
  const { seed } = model.train
  const limit = drift.predictions ? SCORED_ROWS : CLASSIFIED_ROWS
  const fresh = createRowSample(limit, createRandom(seed))
  const old = createRowSample(CLASSIFIED_ROWS, createRandom(seed + 1))
  const structure = drift.multivariate && champion.profile.structure
  const counter = structure ? createStructureCounter(structure) : undefined
  return {
    addNew(table, rows) {
      fresh.add(table, rows)
      counter?.add(table, rows)
    },
    addOld: (table, rows) => old.add(table, rows),
    async finish() {
      const sample = fresh.table()
      if (sample === undefined) return {}
      return {
        ...(drift.predictions && { predictions: await scoreSample(project, model, champion, sample) }),
        ...(drift.multivariate && {
          structure:
            structure && counter
              ? { profile: structure.error, counts: counter.result() }
              : { error: 'the version knows none of its structure; the next retraining saves it' },
          classifier: classify(champion, old.table(), sample, seed),
        }),
      }
    },
  }
}

/** The champion's scores of the sample, counted on the quantiles of those on its holdout. */
async function scoreSample(
  project: Project,
  model: ModelConfig,
  champion: Champion,
  sample: Table,
): Promise<PairedColumn | Unobserved> {
  const { scoreQuantiles, holdoutRows } = champion.manifest.evaluation
  if (scoreQuantiles.length < 2) return { error: 'the manifest holds no scores of the version’s holdout' }
  try {
    const engine = await loadEngine({ choice: model.train.engine, workspace: project.root, log: project.log })
    const loaded = await loadModel(engine, champion.files)
    const scores = decisiveScores(loaded.predict(sample))
    loaded.dispose()
    return countScores(quantileProfile('score', scoreQuantiles, holdoutRows), scores)
  } catch (error) {
    if (error instanceof RefitError) return { error: error.message }
    throw error
  }
}

function countScores(profile: NumberProfile, scores: Float64Array): PairedColumn {
  const tally = createTally(profile.edges)
  countNumbers(scores, undefined, createLookup(profile.edges), tally)
  const { counts, missing, below, above, sum, finite } = tally
  const mean = finite > 0 ? sum / finite : Number.NaN
  const counted = { name: profile.name, rows: scores.length, missing, counts, unseen: 0, unseenExamples: [], mean }
  return { profile, counts: { ...counted, below, above } }
}

function classify(
  champion: Champion,
  old: Table | undefined,
  fresh: Table,
  seed: number,
): ClassifierObservation | Unobserved {
  if (old === undefined) return { error: 'none of the rows that it was trained on is there any more' }
  const columns = structureColumns(champion.profile)
  if (columns.length === 0) return { error: 'no column varies' }
  const rows = Math.min(fresh.rows, CLASSIFIED_ROWS)
  const found = separate(
    encodeStructure(columns, old),
    encodeStructure(
      columns,
      fresh,
      Uint32Array.from({ length: rows }, (_, i) => Math.floor((i * fresh.rows) / rows)),
    ),
    columns.length,
    createRandom(seed),
  )
  if (found === null) return { error: `only ${Math.min(old.rows, rows)} rows can be compared` }
  const { auc, low, high, pValue } = found
  const telling = found.columns.slice(0, NAMED).map(({ column }) => (columns[column] as { name: string }).name)
  return { auc, low, high, pValue, rows: Math.min(old.rows, rows), telling }
}
