/**
 * What programs, databases and spreadsheets write where a value is missing and nothing else can be meant, in any column.
 * `data.missing` adds to the list, `data.missing: {only: […]}` replaces it.
 */
export const MISSING_TEXTS: readonly string[] = [
  '',
  '?',
  'NA',
  'N/A',
  'n/a',
  '<NA>',
  '#N/A',
  '#N/A N/A',
  '#NA',
  'NaN',
  'nan',
  '-NaN',
  '-nan',
  'NaT',
  'null',
  'NULL',
  'Null',
  '<null>',
  '(null)',
  '#NULL!',
  'None',
  '\\N',
  '1.#IND',
  '-1.#IND',
  '1.#QNAN',
  '-1.#QNAN',
]
