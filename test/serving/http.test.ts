import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { closeServer, createHttpServer, listen, readBody } from '../../src/serving/http.ts'
import { HttpError } from '../../src/serving/http-error.ts'

test('a request that never ends keeps no server from closing: at the deadline its connection is cut', async () => {
  let begun: () => void = () => {}
  const reading = new Promise<void>((resolve) => (begun = resolve))
  const server = createHttpServer({
    handler: async (request) => {
      begun()
      await readBody(request)
      return { status: 200, json: {} }
    },
    onError: (error) => (error instanceof HttpError ? error : new HttpError(500, 'internal error')),
    isClosing: () => true,
  })
  const port = await listen(server, '127.0.0.1', 0)
  const socket = connect(port, '127.0.0.1', () =>
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{'),
  )
  const cut = new Promise<string>((resolve) => socket.on('close', () => resolve('cut')))
  socket.on('error', () => {})
  await reading
  await closeServer(server, 1)
  expect(await cut).toBe('cut')
})

test('who has sent a request gets an answer, although it was not read yet when the server began to close', async () => {
  const server = createHttpServer({
    handler: async (request) => ({ status: 200, json: (await readBody(request)).length }),
    onError: () => new HttpError(500, 'internal error'),
    isClosing: () => true,
  })
  const port = await listen(server, '127.0.0.1', 0)
  const sent = Array.from({ length: 12 }, () => {
    const socket = connect(port, '127.0.0.1')
    const answer = new Promise<string>((resolve) => {
      let text = ''
      socket.on('data', (chunk) => (text += chunk.toString('utf8')))
      socket.on('end', () => resolve(text))
      socket.on('error', (error) => resolve(error.message))
    })
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\n1')
    return { socket, answer }
  })
  await Promise.all(sent.map(({ socket }) => once(socket, 'connect')))
  const closed = closeServer(server)
  expect(await Promise.all(sent.map(({ answer }) => answer))).toEqual(
    sent.map(() => expect.stringMatching(/^HTTP.1.1 200 /)),
  )
  await closed
})

test('a client that asks first is spared to send what is too large', async () => {
  const server = createHttpServer({
    handler: async (request) => ({ status: 200, json: (await readBody(request)).length }),
    onError: (error) => (error instanceof HttpError ? error : new HttpError(500, 'internal error')),
    isClosing: () => false,
  })
  const port = await listen(server, '127.0.0.1', 0)
  const answerTo = (length: number): Promise<string> =>
    new Promise((resolve, reject) => {
      const head = `POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\nconnection: close\r\ncontent-length: ${length}\r\n\r\n`
      const socket = connect(port, '127.0.0.1', () => socket.write(head))
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk.toString('utf8')
        if (text === 'HTTP/1.1 100 Continue\r\n\r\n') socket.write('x'.repeat(length))
      })
      socket.on('end', () => resolve(text))
      socket.on('error', reject)
    })
  expect(await answerTo(9_000_000)).toMatch(/^HTTP\/1.1 413 /)
  expect(await answerTo(5)).toMatch(/^HTTP\/1.1 100 [^]*HTTP\/1.1 200 [^]*\r\n\r\n5$/)
  await closeServer(server)
})
