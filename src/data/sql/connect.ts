import type { Client } from 'pg'
import type { PostgresConfig } from '../../config/schema.ts'
import { formatDuration } from '../../core/clock.ts'
import { RefitError } from '../../core/error.ts'

const CONNECT_MS = 10_000
/** The server stops a statement by itself; where it does not answer at all, the client gives up this much later. */
const GRACE_MS = 5_000

export interface Answer {
  readonly names: readonly string[]
  /** Type of each column, PostgreSQL's object ids. */
  readonly types: readonly number[]
  /** Cells as text, null where missing. */
  readonly rows: readonly (readonly (string | null)[])[]
}

/** One read-only transaction: everything asked in it sees the same state of the database. */
export interface Database {
  /** One statement, values apart from it. Throws a RefitError('data') that says what the server had against it. */
  ask(sql: string, values?: readonly unknown[]): Promise<Answer>
}

/**
 * Opens a connection for the duration of `work`. The connection string comes from the environment and is never shown:
 * neither in messages nor in records. Times are UTC, statements that write are refused by the server.
 */
export async function withDatabase<T>(
  config: PostgresConfig,
  work: (database: Database) => Promise<T>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<T> {
  const url = connectionString(config, env)
  const { default: pg } = await import('pg')
  const fail = (error: unknown): never => {
    throw error instanceof RefitError ? error : explain(error, config, url)
  }
  const client = createClient(
    pg.Client,
    {
      connectionString: url,
      application_name: 'refit',
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: config.timeout + GRACE_MS,
      // Cells stay text: one reader for all sources decides what they mean.
      types: { getTypeParser: () => (text: unknown) => text },
    } as ConstructorParameters<typeof Client>[0],
    config.url,
  )
  // A connection that breaks between two questions: the next question tells.
  client.on('error', () => {})
  try {
    await client.connect().catch(fail)
    const ask = async (sql: string, values: readonly unknown[] = []): Promise<Answer> => {
      const query = { text: sql, values: [...values], rowMode: 'array' as const, queryMode: 'extended' }
      const answer = await client.query<(string | null)[]>(query).catch(fail)
      const { fields, rows } = answer as typeof answer & { rows: (string | null)[][] }
      return { names: fields.map((field) => field.name), types: fields.map((field) => field.dataTypeID), rows }
    }
    await ask('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
    await ask(`SET LOCAL statement_timeout = ${Math.round(config.timeout)}`)
    await ask("SET LOCAL timezone = 'UTC'")
    const result = await work({ ask })
    await ask('COMMIT')
    return result
  } finally {
    await client.end().catch(() => {})
  }
}

/** A string that cannot be taken apart is told without being shown: the driver's own error holds it. */
function createClient(make: typeof Client, settings: ConstructorParameters<typeof Client>[0], name: string): Client {
  try {
    return new make(settings)
  } catch {
    throw new RefitError('data', `the connection string in ${name} cannot be read`, {
      hint: 'It is postgres://user:password@host:port/database; characters such as @, / and # in a password are written as %40, %2F and %23.',
    })
  }
}

const VARIABLE = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/

function connectionString(config: PostgresConfig, env: NodeJS.ProcessEnv): string {
  const name = VARIABLE.exec(config.url)?.[1] ?? ''
  const url = env[name]
  if (url === undefined || url === '') {
    throw new RefitError('data', `the environment variable ${name} (data.postgres.url) is not set`, {
      hint: `In a workflow: env: {${name}: "\${{ secrets.${name} }}"} on the step that runs Refit.`,
    })
  }
  if (/^postgres(ql)?:\/\//.test(url)) return url
  throw new RefitError(
    'data',
    `the environment variable ${name} (data.postgres.url) holds no PostgreSQL connection string`,
    {
      hint: 'It begins with postgres:// or postgresql://.',
    },
  )
}

interface Words {
  readonly sentence: string
  readonly hint?: string
}

function explain(error: unknown, config: PostgresConfig, url: string): RefitError {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  const { sentence, hint } = wordsOf(code, message, config)
  // Of the cause only its code is kept: a driver's error may hold the connection string.
  return new RefitError('data', withoutSecrets(sentence, url), { hint, cause: { code } })
}

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
])

function wordsOf(code: string, message: string, config: PostgresConfig): Words {
  const what = config.table === undefined ? 'data.postgres.query' : `the table “${config.table}”`
  if (UNREACHABLE.has(code) || /timeout expired|Connection terminated|timeout exceeded/.test(message)) {
    const why = UNREACHABLE.has(code) ? code : message
    return {
      sentence: `the database of ${what} cannot be reached (${why})`,
      hint: `Check that it runs, that this machine may connect to it, and ${config.url}.`,
    }
  }
  if (/Query read timeout/.test(message) || code === '57014') {
    return {
      sentence: `the database did not answer within ${formatDuration(config.timeout)} (${what})`,
      hint: 'Raise data.postgres.timeout, add an index on the time column, or let the query read less.',
    }
  }
  if (code.startsWith('28'))
    return {
      sentence: `the database refuses the login of ${config.url}`,
      hint: 'Check user and password; the role needs SELECT only.',
    }
  if (code === '3D000') return { sentence: `the database that ${config.url} names does not exist` }
  if (code === '42P01')
    return {
      sentence: `the database does not have what ${what} asks for: ${message}`,
      hint: 'Write the table as schema.table.',
    }
  if (code === '42501')
    return {
      sentence: `the database does not allow ${what} to be read: ${message}`,
      hint: 'The role needs SELECT on it.',
    }
  if (code === '25006') return { sentence: `${what} wants to write, and Refit only reads: ${message}` }
  if (code.startsWith('53') || code === '57P03' || code === '57P01')
    return { sentence: `the database is too busy or shutting down: ${message}`, hint: 'Run again later.' }
  return { sentence: `the database refuses ${what}: ${message || 'no reason given'}${code === '' ? '' : ` (${code})`}` }
}

/** Takes out whatever of the connection string a message may hold. */
export function withoutSecrets(text: string, url: string): string {
  const secrets = [url]
  try {
    const { username, password, hostname, pathname } = new URL(url)
    secrets.push(decodeURIComponent(password), password, decodeURIComponent(username), hostname, pathname.slice(1))
  } catch {
    // Nothing more than the whole can be taken out.
  }
  const [whole, ...parts] = secrets
  let clean = text.replaceAll(whole as string, '***')
  // The password wherever it stands; names only where the driver shows an address, for they may be ordinary words.
  for (const secret of parts.slice(0, 2)) if (secret.length > 2) clean = clean.replaceAll(secret, '***')
  return clean
}
