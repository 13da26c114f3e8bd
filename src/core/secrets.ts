/** Schemes of databases and queues, whose addresses are secrets as a whole. */
const STORES =
  'postgres(?:ql)?|mysql|mariadb|mssql|sqlserver|oracle|redshift|snowflake|clickhouse|cockroachdb|mongodb|rediss?|amqps?|kafka|nats'
/** What ends an address within a sentence. */
const END = '\\s"\'`“”<>'

/** `postgres://` as our own hints write it: nothing behind it, or an example. */
const NOT_OURS = '(?!user:password@host|[.,;:)])'
/** Every repetition is bounded: texts come from anywhere, and may be as long as they like. */
const SCHEME = '[a-z][a-z0-9+.-]{0,30}://'

/** `PGPASSWORD`, `AccountKey`, `client_secret`: names that end as those of secrets do. */
const NAME =
  '([a-z0-9_.-]{0,60}(?:passw(?:or)?d|_pwd|passphrase|secret|token|(?:api|access|account|shared|private|secret|signing|encryption|storage)[_-]?key|credentials?))'
/** Behind such a name: a reference, a template, or a word that says what is the matter. */
const PLAIN =
  '(?:[$*<\\[{(…]|(?:true|false|null|none|undefined|yes|no|not|is|was|are|missing|required|invalid|expired|empty|auth\\w*|token|tokens)(?![\\w-]))'
const COLON = '["\']?[:=]\\s{0,3}["\']?'
const SCHEMES = '(?:bearer|basic|token|digest|negotiate|apikey)'
/** No word of a sentence: it has a digit, or is longer than they are. */
const OPAQUE = `(?=[^${END},;]{0,200}\\d|[^${END},;]{18})[^${END},;]{6,}`

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`\\b((?:jdbc:)?(?:${STORES})(?:\\+\\w{1,20})?://)${NOT_OURS}[^${END}]+`, 'gi'), '$1***'],
  [new RegExp(`(?<![a-z0-9+.-])(${SCHEME})${NOT_OURS}[^/?#${END}]{0,500}@`, 'gi'), '$1***@'],
  // The addresses of chat channels are passwords.
  [new RegExp(`(https?://[^/${END}]{1,300}/(?:services|hooks?|webhooks?b?2?|api/webhooks)/)[^${END}]+`, 'gi'), '$1***'],
  [
    /([?&](?:sig|signature|token|access[_-]?token|api[_-]?key|key|secret|password|pwd|auth|code|x-amz-(?:signature|credential|security-token))=)[^&\s"'`#“”<>]+/gi,
    '$1***',
  ],
  [/\b(passw(?:or)?d|pwd)(\s{0,3}=\s{0,3})(?![$*])(?:"[^"]*"|'[^']*'|[^\s;&"'`]+)/gi, '$1$2***'],
  [
    new RegExp(`\\b${NAME}=(?!["']{2}|["']?${PLAIN})(?:"[^"\\n]{1,500}"|'[^'\\n]{1,500}'|[^${END},;&]{4,})`, 'gi'),
    '$1=***',
  ],
  [new RegExp(`(["'])${NAME}\\1(\\s{0,3}:\\s{0,3}")(?!${PLAIN})[^"\\n]+`, 'gi'), '$1$2$1$3***'],
  // Lines of a header, as clients print them.
  [new RegExp(`\\b((?:proxy-)?authorization${COLON}${SCHEMES} )(?!${PLAIN})[^${END},;]{4,}`, 'gi'), '$1***'],
  [new RegExp(`\\b((?:(?:proxy-)?authorization${COLON}|bearer ))(?!${PLAIN})${OPAQUE}`, 'gi'), '$1***'],
  [
    new RegExp(`\\b((?:x-(?:[a-z]{1,20}-){0,3}(?:key|token|secret)|private-token)${COLON})(?!${PLAIN})${OPAQUE}`, 'gi'),
    '$1***',
  ],
  [new RegExp(`\\b((?:set-)?cookie: [^=${END}]{1,100}=)[^${END};]+`, 'gi'), '$1***'],
  // What tells by its form that it is one.
  [/\b(?:gh[a-z]_|github_pat_)\w{10,}/g, '***'],
  [/\b(?:glpat-|xox[a-z]-|npm_|hf_|dapi|sk-)(?=[\w-]{0,60}\d)[\w-]{20,}/g, '***'],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, '***'],
  [/(-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)[^-]+/g, '$1***'],
]

/**
 * A text without the passwords that addresses, connection strings and tokens in it hold. For everything that is shown:
 * whoever writes a message should not have to think of it.
 */
export function hideSecrets(text: string): string {
  return PATTERNS.reduce((clean, [pattern, hidden]) => clean.replace(pattern, hidden), text)
}

const DATABASE = new RegExp(`^\\s*(?:jdbc:)?(?:${STORES})(?:\\+\\w{1,20})?://`, 'i')
/** user:password@, where the password is no reference such as $PGPASSWORD. */
const PASSWORD = new RegExp(`(?<![a-z0-9+.-])${SCHEME}[^\\s/?#@:]{0,200}:(?!\\$)[^\\s@]{1,500}@`, 'i')

/** Whether a text is a database's address, or holds an address with a password. */
export function holdsSecret(text: string): boolean {
  return DATABASE.test(text) || PASSWORD.test(text)
}

/** Names of variables whose values are passwords and keys. `PWD` is the working directory. */
const SECRET_NAME =
  /(?:^|_)(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|PASS|KEY|CREDENTIALS?|AUTH|DSN)(?:_|$)|^PGPASSWORD$|_PWD$/i
/** A shorter value is part of too much. */
const SHORTEST = 6

/** A text without the values of the secrets that a program was given in its environment: what it says may go anywhere. */
export function hideValues(text: string, env: Readonly<Record<string, string | undefined>>): string {
  const values = Object.entries(env).flatMap(([name, value = '']) =>
    SECRET_NAME.test(name) && value.length >= SHORTEST ? [value] : [],
  )
  // The longest first: one may be the beginning of another.
  return values.toSorted((a, b) => b.length - a.length).reduce((clean, value) => clean.replaceAll(value, '***'), text)
}
