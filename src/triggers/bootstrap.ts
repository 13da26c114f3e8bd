import { result } from './input.ts'
import type { TriggerResult } from './types.ts'

/** What stands for the triggers as long as no version has been merged: there is nothing they could look at. */
export function bootstrapResult(): TriggerResult {
  return result('manual', 'fired', 'no model yet: the first version is trained')
}
