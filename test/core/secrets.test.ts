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
  ['> Authorization: Bearer abc.DEF-123', '> Authorization: Bearer ***'],
  ["-H 'authorization: Basic dXNlcjpwYXNz'", "-H 'authorization: Basic ***'"],
  ['{"Authorization": "token s3cretvalue"}', '{"Authorization": "token ***"}'],
  ['Proxy-Authorization: 0123456789abcdef refused', 'Proxy-Authorization: *** refused'],
  ['sent Bearer s3cret-s3cret', 'sent Bearer ***'],
  ['X-Api-Key: s3cret-key', 'X-Api-Key: ***'],
  ['Cookie: session=s3cret; a=b', 'Cookie: session=***; a=b'],
  ['PGPASSWORD=hunter psql failed', 'PGPASSWORD=*** psql failed'],
  ["export MY_PWD='s3 cret'", 'export MY_PWD=***'],
  ['AccountName=x;AccountKey=Zm9v==;EndpointSuffix=y', 'AccountName=x;AccountKey=***;EndpointSuffix=y'],
  ['AWS_SECRET_ACCESS_KEY=a/b+cdef', 'AWS_SECRET_ACCESS_KEY=***'],
  ['--api-key=abcdef --verbose', '--api-key=*** --verbose'],
  ['{"client_secret": "s3 cret", "id": 1}', '{"client_secret": "***", "id": 1}'],
  ['key eyJhbGciOiJI.eyJzdWIiOiIx.c2ln is old', 'key *** is old'],
  ['glpat-0123456789abcdefghij', '***'],
  [
    '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----',
    '-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----',
  ],
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
  'Authorization: the header is missing',
  'Authorization: Bearer token is missing',
  'a bearer token is needed here',
  'basic authentication is off',
  'REFIT_GATEWAY_TOKEN="" is no token',
  'REFIT_GATEWAY_TOKEN=$(openssl rand -hex 32)',
  'the column token: not found',
  'primary_key=customer_id, sort-key=day',
  'has_password = yes',
  'max_tokens=512, eos_token=<|end|>, use_token=false',
  'api_key: ${{ secrets.API_KEY }}',
  'task-specific learning of hf_hub_download',
])('nothing is hidden of %s', (text) => {
  expect(hideSecrets(text)).toBe(text)
})

test('a text of any length is looked through quickly enough', () => {
  for (const text of [
    'a',
    '://',
    'a://',
    'postgres://',
    'password',
    'https://a/',
    '?key=',
    'a@',
    ' =',
    'a-',
    'x-a-',
    'authorization:',
    'bearer ',
    'cookie: ',
    'eyJaaaaaaaa.',
    'token=',
    '"token": "',
    'sk-',
    '-----BEGIN PRIVATE KEY-----',
  ])
    expect(hideSecrets(text.repeat(100_000)).length).toBeGreaterThan(0)
})

test('an address with a variable for its password holds no secret; a database without one is an address all the same', () => {
  expect(holdsSecret('psql postgres://$USER:$PASSWORD@host/db')).toBe(false)
  expect(holdsSecret('curl https://ana:s3cret@host')).toBe(true)
  expect(holdsSecret('postgres://host/db')).toBe(true)
  expect(holdsSecret('data/*.csv')).toBe(false)
})
