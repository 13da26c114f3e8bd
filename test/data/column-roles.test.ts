import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { withoutPersonal } from '../../src/core/personal.ts'
import { inferSchema } from '../../src/data/schema/infer.ts'
import { read, reportOf } from './support.ts'

/** A file of n rows: a label, an amount, and what `cells` makes of the number of the row. */
const file = (header: string, n: number, cells: (i: number) => string): string =>
  `${header},amount,y\n${Array.from({ length: n }, (_, i) => `${cells(i)},${((i * 7919) % 1000) / 8},${i % 2}`).join('\n')}\n`

describe('a number of the row is no feature', () => {
  const count = (i: number): string => String(i)
  test.each<[string, Record<string, string>, string]>([
    ['that begins again in each file', { 'a.csv': file('', 150, count), 'b.csv': file('', 90, count) }, 'column_1'],
    [
      'from 1, under any name',
      { 'a.csv': file('lauf', 150, (i) => `${i + 1}`), 'b.csv': file('lauf', 170, (i) => `${i + 1}`) },
      'lauf',
    ],
    ['in short files', Object.fromEntries([...'abcdefgh'].map((name) => [`${name}.csv`, file('k', 30, count)])), 'k'],
    ['backwards', { 'a.csv': file('k', 150, (i) => `${149 - i}`), 'b.csv': file('k', 150, (i) => `${149 - i}`) }, 'k'],
    ['that begins again within one file', { 'a.csv': file('k', 400, (i) => `${i % 200}`) }, 'k'],
    [
      'of pandas, with the gaps of a filter',
      {
        'a.csv': file('Unnamed: 0', 60, (i) => `${i * 3 + (i % 2)}`),
        'b.csv': file('Unnamed: 0', 60, (i) => `${i * 5}`),
      },
      'Unnamed: 0',
    ],
    [
      'of pandas, drawn by lot',
      {
        'a.csv': file('Unnamed: 0', 100, (i) => `${(i * 37) % 1009}`),
        'b.csv': file('Unnamed: 0', 100, (i) => `${(i * 41) % 1009}`),
      },
      'Unnamed: 0',
    ],
    [
      'of R, with gaps',
      { 'a.csv': file('X', 120, (i) => `${i * 3}`), 'b.csv': file('X', 120, (i) => `${i * 4}`) },
      'X',
    ],
    ['of a data frame in Parquet', { 'a.csv': file('__index_level_0__', 60, (i) => `${i * 3}`) }, '__index_level_0__'],
  ])('%s', async (_what, files, name) => {
    const data = await read(files)
    expect(reportOf(data, name)).toMatchObject({ role: 'index', notes: ['counts the rows: no feature'] })
    expect(reportOf(data, 'amount').role).toBe('feature')
  })

  test('also where rows without a label were left out of it, and where rows are drawn', async () => {
    const sparse = (seed: number): string => {
      const random = createRandom(seed)
      return `k,amount,y\n${Array.from({ length: 400 }, (_, i) => `${i},${random.below(90)},${random.next() < 0.6 ? '' : i % 2}`).join('\n')}\n`
    }
    const data = await read({ 'a.csv': sparse(1), 'b.csv': sparse(2) }, {}, { requireLabel: true })
    expect(data.table.rows).toBeLessThan(400)
    expect(reportOf(data, 'k').role).toBe('index')
    const drawn = await read({ 'a.csv': file('k', 900, count), 'b.csv': file('k', 800, count) }, { 'max-rows': 400 })
    expect(reportOf(drawn, 'k').role).toBe('index')
  })

  test.each<[string, Record<string, string>, string]>([
    [
      'the hours of days',
      Object.fromEntries([...'abcdefgh'].map((name) => [`${name}.csv`, file('hour', 24, count)])),
      'hour',
    ],
    [
      'days of years',
      { 'a.csv': file('day_of_year', 365, count), 'b.csv': file('day_of_year', 365, count) },
      'day_of_year',
    ],
    [
      'places in a race',
      Object.fromEntries([...'abcdefgh'].map((name) => [`${name}.csv`, file('place', 20, count)])),
      'place',
    ],
    ['sorted sizes', { 'a.csv': file('size', 200, (i) => `${i * i}`) }, 'size'],
    ['numbers of calls', { 'a.csv': file('calls', 300, (i) => `${(i * 7) % 12}`) }, 'calls'],
    ['readings that begin again elsewhere', { 'a.csv': file('k', 300, (i) => `${i < 150 ? 5000 + i : i - 150}`) }, 'k'],
    ['an index of prices', { 'a.csv': file('index', 300, (i) => `${90 + ((i * 7) % 40)}`) }, 'index'],
    ['a coordinate', { 'a.csv': file('X', 300, (i) => `${(i * 7919) % 1000}`) }, 'X'],
  ])('%s are one', async (_what, files, name) => {
    expect(reportOf(await read(files), name).role).toBe('feature')
  })

  test('unless the configuration says so', async () => {
    const files = { 'a.csv': file('k', 150, count), 'b.csv': file('k', 150, count) }
    expect(reportOf(await read(files, { include: 'k' }), 'k')).toMatchObject({ role: 'feature', notes: [] })
  })
})

const GIVEN = ['Anna', 'Ben', 'Carla', 'David', 'Emma', 'Felix', 'Julia', 'Maria', 'Paul', 'Sarah', 'Thomas', 'Ursula']
const given = (i: number): string => GIVEN[i % GIVEN.length] as string
const FAMILY = ['Huber', 'Novak', 'O’Brien', 'Meier-Lang', 'Smith', 'García', 'Yilmaz']
const family = (i: number): string => FAMILY[i % FAMILY.length] as string
const iban = (i: number): string => {
  const account = String(370_400_440_532_013_000n + BigInt(i))
  return `DE${String(98n - (BigInt(`${account}131400`) % 97n)).padStart(2, '0')}${account}`
}
const card = (i: number): string => {
  const digits = `4${String(100_000 + i * 7)}00000000`.slice(0, 15)
  const sum = [...digits].toReversed().reduce((total, digit, at) => {
    const twice = at % 2 === 0 ? Number(digit) * 2 : Number(digit)
    return total + (twice > 9 ? twice - 9 : twice)
  }, 0)
  return digits + String((10 - (sum % 10)) % 10)
}

describe('personal data are no features by default', () => {
  test.each<[string, string, (i: number) => string]>([
    ['e-mail addresses', 'contact', (i) => `${given(i)}.${i % 90}@example.com`],
    ['e-mail addresses', 'mail', (i) => `user${i % 3}@example.com`],
    ['e-mail addresses', 'login', (i) => (i % 3 === 0 ? `u${i % 60}@example.org` : `u${i % 60}`)],
    ['names of people', 'first_name', (i) => given(i)],
    ['names of people', 'lastName', (i) => family(i)],
    ['names of people', 'Vorname', (i) => `Xy${'abcdefgh'[i % 8] as string}`],
    ['names of people', 'customer name', (i) => `Firma ${'abcdefghijklm'[i % 13] as string}x`],
    ['names of people', 'betreuer', (i) => `${given(i)} ${family(i)}`],
    ['names of people', 'Name', (i) => `"${family(i)}, Mr. ${given(i)} ${'ABCDE'[i % 5] as string}."`],
    ['names of people', 'agent', (i) => `Dr. ${given(i)} ${family(i)}`],
    ['telephone numbers', 'contact', (i) => `+43 664 ${1_000_000 + (i % 80)}`],
    ['telephone numbers', 'contact', (i) => `(555) 123-${1000 + (i % 80)}`],
    ['telephone numbers', 'contact', (i) => `0664/12345${100 + (i % 80)}`],
    ['telephone numbers', 'phone', (i) => `${6_641_234_000 + (i % 80)}`],
    ['telephone numbers', 'Mobile Number', (i) => `664 1234 ${100 + (i % 80)}`],
    ['telephone numbers', 'phone', (i) => `+49 170 100000${i % 3}`],
    ['telephone numbers', 'phone', (i) => `${6_641_234_000 + (i % 3)}`],
    ['account numbers', 'konto', (i) => iban(i % 80)],
    ['account numbers', 'konto', (i) => iban(i % 2)],
    ['numbers of documents', 'iban', (i) => `DE8937040044053201300${i % 3}`],
    ['card numbers', 'payment', (i) => card(i % 80)],
    ['card numbers', 'payment', (i) => card(i % 80).replace(/(.{4})(?=.)/g, '$1 ')],
    ['social security numbers', 'key2', (i) => `${100 + (i % 80)}-45-6789`],
    ['numbers of documents', 'passport', (i) => `P${1_000_000 + (i % 80)}`],
    ['IP addresses', 'source', (i) => `10.0.${i % 4}.${i % 80}`],
    ['IP addresses', 'source', (i) => `2001:db8::${(i % 80).toString(16)}`],
    ['IP addresses', 'device', (i) => `00:1b:44:11:3a:${String(10 + (i % 80))}`],
    ['names of people', 'Geburtsname', (i) => family(i)],
    ['street addresses', 'wohnort', (i) => `Hauptstraße ${i % 80}`],
    ['street addresses', 'address', (i) => `${i % 80} Elm Hill`],
  ])('%s in %s', async (what, name, cell) => {
    const data = await read({ 'a.csv': file(name, 240, cell) })
    expect(reportOf(data, name)).toMatchObject({ role: 'personal' })
    expect(reportOf(data, name).notes).toContain(`looks like ${what}: no feature; data.include brings it back`)
  })

  test.each<[string, (i: number) => string]>([
    [
      'city',
      (i) =>
        ['Vienna', 'Graz', 'Paris', 'Austin', 'Charlotte', 'San Jose', 'Oslo', 'Rome', 'Lima', 'Bonn', 'Kiel'][
          i % 11
        ] as string,
    ],
    ['product_name', (i) => `Blue ${['Shirt', 'Hat', 'Sock', 'Shoe'][i % 4] as string}`],
    [
      'job title',
      (i) => `${['Senior', 'Junior'][i % 2] as string} ${['Engineer', 'Nurse', 'Driver'][i % 3] as string}`,
    ],
    ['agent', (i) => given(i % 4)],
    ['first_name', (i) => `${i % 12}-${i % 2}`],
    ['PhoneService', (i) => (i % 2 === 0 ? 'Yes' : 'No')],
    ['phone', (i) => (i % 2 === 0 ? 'Yes' : 'No')],
    ['phone_calls', (i) => String(i % 30)],
    ['email', (i) => (i % 2 === 0 ? 'yes' : 'no')],
    ['Street', (i) => (i % 2 === 0 ? 'Grvl' : 'Pave')],
    ['name', (i) => ['basic', 'plus', 'pro'][i % 3] as string],
    ['HasCrCard', (i) => String(i % 2)],
    ['credit_card', (i) => (i % 2 === 0 ? 'Visa' : 'Mastercard')],
    ['code', (i) => `${100 + (i % 20)}-${i % 3}`],
    ['version', (i) => `1.${i % 20}.${i % 3}`],
    ['time of the day', (i) => `${String(10 + (i % 12))}:${String(10 + (i % 40))}:00`],
    ['interval', (i) => `00:${String(10 + (i % 50))}:00.5`],
    ['signup', (i) => `0${1 + (i % 9)}/0${1 + (i % 7)}/2026`],
    ['signup', (i) => `0${1 + (i % 9)}-0${1 + (i % 7)}-2026 10:30`],
    ['signup', (i) => `0${1 + (i % 9)} 0${1 + (i % 7)} 26`],
    ['zip', (i) => String(10_000 + ((i * 7) % 90))],
    ['income', (i) => String(20_000 + ((i * 7919) % 90_000))],
  ])('%s stays one', async (name, cell) => {
    expect(reportOf(await read({ 'a.csv': file(name, 240, cell) }), name).role).toBe('feature')
  })

  test('unless the configuration brings the column back', async () => {
    const files = { 'a.csv': file('mail', 240, (i) => `u${i % 3}@example.com`) }
    expect(reportOf(await read(files, { include: ['mail'] }), 'mail').role).toBe('feature')
  })

  test('and leave no value in the schema, a single one neither', async () => {
    const { table, report } = await read({
      'a.csv': file('mail,only', 240, (i) => `u${i % 3}@example.com,me@example.com`),
    })
    expect(JSON.stringify(inferSchema(table, report, 0))).not.toContain('@')
    expect(JSON.stringify(report)).not.toContain('@')
  })
})

test.each([
  ['ana.huber@example.com', '[e-mail address]'],
  ['ask ana@example.co.uk now', 'ask [e-mail address] now'],
  ['DE89 3704 0044 0532 0130 00', '[account number]'],
  ['4111 1111 1111 1111', '[card number]'],
  ['+43 664 1234567', '[telephone number]'],
  ['n/k', 'n/k'],
  ['4111111111111112', '4111111111111112'],
  ['2026-05-01 10:30', '2026-05-01 10:30'],
  ['+3.5', '+3.5'],
  ['AB12 no account', 'AB12 no account'],
])('the example %s is shown as %s', (text, shown) => {
  expect(withoutPersonal(text)).toBe(shown)
})
