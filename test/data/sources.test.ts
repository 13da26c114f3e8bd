import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { silentLog } from '../../src/core/log.ts'
import { sources } from '../../src/data/access.ts'
import { hashFile } from '../../src/data/files.ts'
import { readBatches, readTable, type ReadBatchesOptions } from '../../src/data/read.ts'
import { partitionsOf } from '../../src/data/readers/partitions.ts'
import type { DataConfig } from '../../src/config/schema.ts'
import { dataConfig, failure, folderWith, texts } from './support.ts'

const load = (data: DataConfig, root: string) => readTable(data, root, { log: silentLog, requireLabel: false })

async function rowsRead(data: DataConfig, root: string, options: ReadBatchesOptions): Promise<string[]> {
  const found: string[] = []
  for await (const batch of readBatches(data, root, options)) found.push(...texts(batch.table, 'x'))
  return found
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('Hive partitions', () => {
  const files = {
    'data/dt=2026-01-01/country=AT/a.csv': 'x,y\n1,0\n2,1\n',
    'data/dt=2026-01-02/country=D%2FE/a.csv': 'x,y\n3,0\n',
    'data/dt=2026-01-03/country=__HIVE_DEFAULT_PARTITION__/a.jsonl': '{"x": 4, "y": 1}\n',
  }
  const data = dataConfig({ source: ['data/**/*.csv', 'data/**/*.jsonl'], time: 'dt' })

  test('are columns', async () => {
    const { table } = await load(data, folderWith(files))
    expect(table.columns.find((column) => column.name === 'dt')?.kind).toBe('time')
    expect(texts(table, 'dt').map((time) => time.slice(0, 10))).toEqual([
      '2026-01-01',
      '2026-01-01',
      '2026-01-02',
      '2026-01-03',
    ])
    expect(texts(table, 'country')).toEqual(['AT', 'AT', 'D/E', ''])
  })

  test('that are older than the watermark are not opened', async () => {
    const root = folderWith({ ...files, 'data/dt=2025-01-01/country=AT/broken.csv': '\u0000' })
    const after = Date.UTC(2026, 0, 1)
    expect(await rowsRead(data, root, { columns: ['x'], after })).toEqual(['3', '4'])
    expect((await failure(rowsRead(data, root, { columns: ['x'] }))).message).toContain('zero bytes')
  })

  test('give way to a column of the file itself', async () => {
    const { table } = await load(dataConfig({ source: ['k=a/f.csv'] }), folderWith({ 'k=a/f.csv': 'k,y\nb,1\n' }))
    expect(texts(table, 'k')).toEqual(['b'])
    expect([...partitionsOf('=x/plain/a=1=2/f.csv')]).toEqual([['a', '1=2']])
  })
})

describe('a watermark', () => {
  test('skips the row groups of a Parquet file whose statistics say that they are old', async () => {
    const times = Array.from({ length: 300 }, (_, i) => new Date(Date.UTC(2026, 0, 1) + i * 3_600_000))
    const bytes = parquetWriteBuffer({
      columnData: [
        { name: 't', data: times, type: 'TIMESTAMP' },
        { name: 'x', data: times.map((_, i) => i), type: 'INT32' },
      ],
      rowGroupSize: 100,
    })
    const root = folderWith({ 'a.parquet': new Uint8Array(bytes) })
    const data = dataConfig({ source: ['a.parquet'], time: 't', label: 'x' })
    const all = await rowsRead(data, root, { columns: ['x'] })
    expect(all).toHaveLength(300)
    // The group that the watermark lies in is read whole: the caller looks at every row.
    const part = await rowsRead(data, root, { columns: ['x'], after: (times[150] as Date).getTime() })
    expect(part).toEqual(all.slice(100))
    expect(await rowsRead(data, root, { columns: ['x'], after: (times[199] as Date).getTime() })).toEqual(
      all.slice(200),
    )
  })

  test('leaves the numbers of the rows behind a skipped row group as they are in the file', async () => {
    const times = Array.from({ length: 300 }, (_, i) => new Date(Date.UTC(2026, 0, 1) + i * 3_600_000))
    const columnData = [{ name: 't', data: times, type: 'TIMESTAMP' as const }]
    const bytes = parquetWriteBuffer({ columnData, rowGroupSize: 100 })
    const root = folderWith({ 'a.parquet': new Uint8Array(bytes) })
    const data = dataConfig({ source: ['a.parquet'], time: 't', label: 't' })
    const seen: number[] = []
    for await (const { firstRow } of readBatches(data, root, { after: (times[150] as Date).getTime() })) {
      seen.push(firstRow)
    }
    expect(seen).toEqual([100, 200])
  })

  test.each([
    ['seconds', 1],
    ['milliseconds', 1000],
  ])('skips them where times are whole %s since 1970', async (_unit, scale) => {
    const start = Date.UTC(2026, 0, 1) / 1000
    const times = Array.from({ length: 300 }, (_, i) => BigInt((start + i * 3600) * scale))
    const bytes = parquetWriteBuffer({
      columnData: [
        { name: 't', data: times, type: 'INT64' },
        { name: 'x', data: times.map((_, i) => i), type: 'INT32' },
      ],
      rowGroupSize: 100,
    })
    const root = folderWith({ 'a.parquet': new Uint8Array(bytes) })
    const data = dataConfig({ source: ['a.parquet'], time: 't', label: 'x' })
    const after = Date.UTC(2026, 0, 1) + 150 * 3_600_000
    expect(await rowsRead(data, root, { columns: ['x'] })).toHaveLength(300)
    expect(await rowsRead(data, root, { columns: ['x'], after })).toHaveLength(200)
  })

  test('reads a row group whose numbers are of several units: their order is not that of the times', async () => {
    const times = [1_767_225_600n, 50_000_000_000n, 1_767_225_600_000n]
    const bytes = parquetWriteBuffer({
      columnData: [
        { name: 't', data: times, type: 'INT64' },
        { name: 'x', data: [1, 2, 3], type: 'INT32' },
      ],
    })
    const root = folderWith({ 'a.parquet': new Uint8Array(bytes) })
    const data = dataConfig({ source: ['a.parquet'], time: 't', label: 'x' })
    expect(await rowsRead(data, root, { columns: ['x'], after: Date.UTC(2027, 0, 1) })).toHaveLength(3)
  })

  test('skips files with the very bytes that were seen, and reads them when a row was added', async () => {
    const root = folderWith({ 'a.csv': 'x,y\n1,0\n', 'b.csv': 'x,y\n2,0\n' })
    const data = dataConfig({ source: ['*.csv'] })
    const seen = new Map([['a.csv', await hashFile(join(root, 'a.csv'))]])
    expect(await rowsRead(data, root, { columns: ['x'], seen })).toEqual(['2'])
    appendFileSync(join(root, 'a.csv'), '3,1\n')
    expect(await rowsRead(data, root, { columns: ['x'], seen })).toEqual(['1', '3', '2'])
  })
})

describe('an address', () => {
  test('is fetched once a run, and its digest is in the report without its query', async () => {
    let asked = 0
    const base = await serve((_request, response) => {
      asked++
      response.end('x,y\n1,0\n2,1\n')
    })
    const data = dataConfig({ source: [`${base}/data.csv?signature=s3cret`] })
    const { table, report } = await load(data, '.')
    await sources.fingerprint(data, '.', [])
    expect(texts(table, 'x')).toEqual(['1', '2'])
    expect(asked).toBe(1)
    expect(report.files).toMatchObject([{ path: `${base}/data.csv`, bytes: 12, rows: 2 }])
    expect(report.files[0]?.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(JSON.stringify(report)).not.toContain('s3cret')
  })

  test('that refuses, is too large, too slow or not there is one sentence', async () => {
    const base = await serve((request, response) => {
      if (request.url === '/large.csv') response.end(`x,y\n${'1,2\n'.repeat(1000)}`)
      else if (request.url === '/slow.csv') response.write('x,y\n')
      else response.writeHead(403).end()
    })
    const of = async (path: string, download: object): Promise<string> =>
      (await failure(load(dataConfig({ source: [`${base}${path}`], download }), '.'))).message
    expect(await of('/a.csv?token=s3cret', {})).toBe(`${base}/a.csv answers 403 Forbidden`)
    expect(await of('/large.csv', { 'max-bytes': 1000 })).toBe(`${base}/large.csv is larger than 1.0 kB`)
    expect(await of('/slow.csv', { timeout: '100ms' })).toBe(`${base}/slow.csv was not there within 100ms`)
    const gone = await failure(load(dataConfig({ source: ['http://127.0.0.1:1/a.csv'] }), '.'))
    expect(gone.message).toMatch(/^http:\/\/127\.0\.0\.1:1\/a\.csv cannot be fetched \(.+\)$/)
  })
})

describe('a command', () => {
  const command = (text: string, more: object = {}): DataConfig => dataConfig({ source: [], command: text, ...more })

  test('prints the data, in the root and without tokens', async () => {
    vi.stubEnv('GITHUB_TOKEN', 'ghs_secret')
    vi.stubEnv('DB_PASSWORD', 'kept')
    onTestFinished(() => void vi.unstubAllEnvs())
    const root = folderWith({ 'here.txt': '7' })
    const data = command('echo "x,y"; echo "$(cat here.txt),${GITHUB_TOKEN:-none}"; echo "8,$DB_PASSWORD"')
    const { table, report } = await load(data, root)
    expect(texts(table, 'x')).toEqual(['7', '8'])
    expect(texts(table, 'y')).toEqual(['none', 'kept'])
    expect(report.files).toMatchObject([{ path: 'data.command', rows: 2 }])
    expect(await sources.fingerprint(data, root, [])).toMatch(/^[0-9a-f]{64}$/)
  })

  test('that leaves a daemon behind, which holds its pipe, keeps nobody waiting', async () => {
    const root = folderWith({})
    const { table } = await load(command('setsid sleep 300 & echo $! > pid; echo "x,y"; echo 1,2'), root)
    expect(texts(table, 'x')).toEqual(['1'])
    process.kill(Number(readFileSync(join(root, 'pid'), 'utf8')), 'SIGKILL')
  })

  test('prints JSON Lines where data.format says so', async () => {
    const { table } = await load(command('echo \'{"x": 1, "y": 2}\'', { format: 'jsonl' }), folderWith({}))
    expect(texts(table, 'x')).toEqual(['1'])
  })

  test('that fails or does not end is one sentence', async () => {
    const of = async (text: string, more: object = {}): Promise<string> =>
      (await failure(load(command(text, more), folderWith({})))).message
    expect(await of('echo x,y; echo "no such bucket" >&2; exit 3')).toBe(
      'data.command ended with exit code 3: no such bucket',
    )
    expect(await of('echo x; sleep 60', { download: { timeout: '200ms' } })).toBe('data.command took longer than 200ms')
    expect(await of('yes', { download: { 'max-bytes': 10_000 } })).toBe('data.command is larger than 10.0 kB')
  })
})
