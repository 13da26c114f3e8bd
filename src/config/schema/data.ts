import { z } from 'zod'
import { MISSING_TEXTS } from '../missing-texts.ts'
import { TIME_FORMATS } from '../time-formats.ts'
import { duration, names, texts } from './scalars.ts'

export const postgres = z
  .strictObject({
    url: z
      .string()
      .regex(/^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/, {
        error: 'must name an environment variable, such as ${DATABASE_URL}: a connection string is a secret',
      })
      .describe('The environment variable that holds the connection string, as ${NAME}.'),
    table: z.string().min(1).optional().describe('The table or view, as table or schema.table.'),
    query: z.string().min(1).optional().describe('A SELECT instead of a table.'),
    timeout: duration.prefault('2m').describe('Longest time for one statement.'),
  })
  .describe('A database that speaks PostgreSQL’s protocol.')

/** As texts: more than the usual ones. The whole list takes a word more, for what is left out of it becomes a category. */
const missing = z
  .union([z.string(), z.array(z.string()), z.strictObject({ only: texts.describe('These and no others.') })], {
    error: 'is not a text, a list of texts, or {only: […]}',
  })
  .transform((value) =>
    typeof value === 'object' && 'only' in value
      ? value
      : { only: [...new Set([...MISSING_TEXTS, ...(typeof value === 'string' ? [value] : value)])] },
  )

export const dataObject = z.strictObject({
  source: names
    .default([])
    .describe(
      'Globs of CSV, JSON Lines or Parquet files, relative to the root of the repository, or http(s) addresses. Folders such as dt=2026-01-01 become columns.',
    ),
  command: z
    .string()
    .min(1)
    .optional()
    .describe('A shell command that prints the data as CSV (or as data.format says). It does not get tokens.'),
  download: z
    .strictObject({
      'max-bytes': z.number().int().positive().default(2_000_000_000).describe('Larger data are refused.'),
      timeout: duration.prefault('5m').describe('Longest time for an address or a command.'),
    })
    .prefault({})
    .describe('Limits for addresses and commands.'),
  postgres: postgres.optional(),
  label: z.string().optional().describe('The column to predict.'),
  time: z.string().optional().describe('The column that says when a row happened; makes every split a split in time.'),
  'time-format': z
    .enum(['auto', ...TIME_FORMATS])
    .default('auto')
    .describe(
      'What data.time holds where Refit cannot tell, or tells wrongly: numbers since 1970, Excel’s day numbers, compact dates (20260501), or dates that start with the day or the month. Times such as 2026-05-01 10:30 are always read. Whatever is named is read so, also where all dates come to lie in 1970.',
    ),
  watermark: z
    .string()
    .optional()
    .describe(
      'Without a time: a column whose value only grows, such as a serial id or a partition; rows above the largest known value are new.',
    ),
  id: z
    .string()
    .optional()
    .describe('The column that identifies whom a row is about; keeps their rows on one side of a split.'),
  weight: z.string().optional().describe('The column with a row’s sample weight.'),
  ignore: names.default([]).describe('Columns that are neither features nor anything else.'),
  include: names
    .default([])
    .describe(
      'Columns that are features although Refit would leave them out: what looks like an id, a number of the row, or personal data such as names and e-mail addresses.',
    ),
  positive: z
    .union([z.string(), z.number(), z.boolean()])
    .transform(String)
    .optional()
    .describe('The positive class of a binary label. Default: true, 1, yes, or the rarer class.'),
  classes: z
    .array(z.union([z.string(), z.number(), z.boolean()]).transform(String))
    .default([])
    .describe(
      'Classes of the label that are different although they are written alike, such as a and A. Default: one class written in several ways is an error.',
    ),
  format: z
    .enum(['auto', 'csv', 'jsonl', 'parquet'])
    .default('auto')
    .describe('How to read the files; auto goes by the name.'),
  delimiter: z
    .string()
    .min(1)
    .max(1)
    .optional()
    .describe('Field delimiter of CSV files. Default: found from the first lines.'),
  'max-rows': z
    .number()
    .int()
    .min(100)
    .default(1_000_000)
    .describe('A training holds at most so many rows in memory; of more, so many are drawn by lot. A check reads all.'),
  missing: missing
    .prefault([])
    .describe(
      'Texts that mean “missing” in any column, beside those that always do (NA, null, …); {only: […]} is the whole list. Among numbers and times further ones do, such as none and -.',
    ),
  decimal: z
    .enum(['.', ','])
    .optional()
    .describe(
      'The decimal mark of numbers in text; the other one separates thousands. Default: found column by column.',
    ),
})

export const columnExpectation = z.strictObject({
  type: z.enum(['number', 'category', 'time']).optional().describe('The type the column must have.'),
  min: z.number().optional().describe('Smallest allowed value.'),
  max: z.number().optional().describe('Largest allowed value.'),
  in: z
    .array(z.union([z.string(), z.number(), z.boolean()]).transform(String))
    .optional()
    .describe('The allowed values.'),
  missing: z
    .strictObject({ max: z.number().min(0).max(1) })
    .optional()
    .describe('Largest allowed share of missing values.'),
  unique: z.boolean().optional().describe('Whether every value must be different.'),
  severity: z.enum(['stop', 'warn']).default('stop').describe('Whether a breach stops the run before training.'),
})

export const expectations = z
  .object({
    rows: z
      .strictObject({ min: z.number().int().optional(), max: z.number().int().optional() })
      .optional()
      .describe('Bounds on the number of rows.'),
  })
  .catchall(columnExpectation)
