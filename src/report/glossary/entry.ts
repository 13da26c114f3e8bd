import type { Source } from './sources.ts'

/** Name, what it says, how it is computed, and who defined it so. */
export type Entry = readonly [name: string, text: string, formula: string | undefined, source: Source | undefined]
