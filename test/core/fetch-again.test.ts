import { createServer, type Server } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { showCliError } from '../../src/commands/cli-error.ts'
import { causeOf, fetchAgain } from '../../src/core/fetch-again.ts'
import { silentLog } from '../../src/core/log.ts'

let server: Server | undefined
afterEach(() => server?.close())

/** A server that closes its first connections without a word, as one does whose client was away for too long. */
async function closing(connections: number): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = []
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      asked.push(body)
      if (asked.length <= connections) request.socket.destroy()
      else response.end('here')
    })
  })
  const listening = server
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(listening.address() as { port: number }).port}`, asked }
}

describe('a connection that was closed meanwhile', () => {
  test('is no failure: the request is sent again', async () => {
    const { url, asked } = await closing(3)
    const response = await fetchAgain(url, { method: 'POST', body: 'question' })
    expect(await response.text()).toBe('here')
    expect(asked).toEqual(['question', 'question', 'question', 'question'])
  })

  test('is one when it always is, and the cause is told', async () => {
    const { url, asked } = await closing(Infinity)
    const error: unknown = await fetchAgain(url).catch((caught: unknown) => caught)
    expect(causeOf(error)).toMatch(/^(UND_ERR_SOCKET|ECONNRESET)$/)
    expect(asked).toHaveLength(4)
  })
})

test('where nobody listens, it is not tried again, and the cause is told', async () => {
  const { url } = await closing(0)
  await new Promise((resolve) => server?.close(resolve))
  const error: unknown = await fetchAgain(url).catch((caught: unknown) => caught)
  expect(causeOf(error)).toBe('ECONNREFUSED')
  const said: string[] = []
  showCliError(error, { ...silentLog, error: (text) => said.push(text) }, false)
  expect(said).toEqual(['Refit stopped with an error of its own: fetch failed (ECONNREFUSED)'])
})
