import { expect, test } from 'vitest'
import { RefitError } from '../../src/core/error.ts'
import { hideSecrets, holdsSecret } from '../../src/core/secrets.ts'
import { escapeLog } from '../../src/core/text.ts'

test.each([
  ['no route to postgres://ana:p@ss/w#rd@db/shop, try again', 'no route to postgres://*** try again'],
  ['“jdbc:mysql://db/shop?user=a”', '“jdbc:mysql://***”'],
  ['https://ana:s3cret@host/a.csv?sig=s3cret&day=1', 'https://***@host/a.csv?sig=***&day=1'],
  ['https://hooks.slack.com/services/T0/B0/s3cret failed', 'https://hooks.slack.com/services/*** failed'],
  ['host=h password=s3cret user=u', 'host=h password=*** user=u'],
  ["PASSWORD = 's3 cret'", 'PASSWORD = ***'],
  ['the token ghs_0123456789abcdef', 'the token ***'],
])('of %s is shown: %s', (text, shown) => {
  expect(hideSecrets(text)).toBe(shown)
  expect(escapeLog(text)).toBe(shown)
  expect(new RefitError('data', text, { hint: text })).toMatchObject({ message: shown, hint: shown })
})

test.each([
  'https://github.com/acme/models/compare/main...refit/retrain/churn?expand=1',
  'postgres://user:password@host:port/database',
  'It begins with postgres:// or postgresql://.',
  'url: "${DATABASE_URL}"',
  'npm@10 and ana@example.com',
  'https://example.com/@ana/post',
  'git@github.com:acme/models.git',
  'psql password=$PGPASSWORD',
])('nothing is hidden of %s', (text) => {
  expect(hideSecrets(text)).toBe(text)
})

test('a text of any length is looked through quickly enough', () => {
  for (const text of ['a', '://', 'a://', 'postgres://', 'password', 'https://a/', '?key=', 'a@', ' ='])
    expect(hideSecrets(text.repeat(100_000)).length).toBeGreaterThan(0)
})

test('an address with a variable for its password holds no secret; a database without one is an address all the same', () => {
  expect(holdsSecret('psql postgres://$USER:$PASSWORD@host/db')).toBe(false)
  expect(holdsSecret('curl https://ana:s3cret@host')).toBe(true)
  expect(holdsSecret('postgres://host/db')).toBe(true)
  expect(holdsSecret('data/*.csv')).toBe(false)
})
