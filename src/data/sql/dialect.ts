import { RefitError } from '../../core/error.ts'
import type { Database } from './connect.ts'

/**
 * `native`: what PostgreSQL itself is fastest at (GROUPING SETS, width_bucket over an array, array_position).
 * `portable`: plain CASE, IN and GROUP BY, which every server of the family has.
 */
export type Dialect = 'native' | 'portable'

/** Servers that speak the protocol and lack one or another of the native functions. */
const OTHERS = /CockroachDB|Redshift|YugaByte|Materialize|RisingWave|CrateDB|QuestDB/i

/** By what the server calls itself, and whether its tables may be spread over others (Citus). */
async function dialectOf(database: Database): Promise<Dialect> {
  const { rows } = await database.ask('SELECT version()')
  const version = rows[0]?.[0] ?? ''
  if (OTHERS.test(version) || !version.startsWith('PostgreSQL')) return 'portable'
  const extensions = await database.ask("SELECT count(*) FROM pg_extension WHERE extname = 'citus'")
  if (extensions.rows[0]?.[0] !== '0') return 'portable'
  // Statements here are long and simple: compiling them takes longer than running them.
  if (Number(/^PostgreSQL (\d+)/.exec(version)?.[1] ?? 0) >= 11) await database.ask('SET LOCAL jit = off')
  return 'native'
}

/** Not supported, no such function, a syntax unknown, no such type. */
const REFUSED = new Set(['0A000', '42883', '42601', '42704'])

/** Runs `work` in the server's own dialect, and once more in the portable one where the server does not know that. */
export async function inDialect<T>(
  transaction: <R>(work: (database: Database) => Promise<R>) => Promise<R>,
  work: (database: Database, dialect: Dialect) => Promise<T>,
): Promise<T> {
  let dialect: Dialect = 'portable'
  try {
    return await transaction(async (database) => {
      dialect = await dialectOf(database)
      return work(database, dialect)
    })
  } catch (error) {
    const code = error instanceof RefitError ? (error.cause as { code?: string } | undefined)?.code : undefined
    if ((dialect as Dialect) !== 'native' || !REFUSED.has(code ?? '')) throw error
    return transaction((database) => work(database, 'portable'))
  }
}
