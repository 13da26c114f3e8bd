import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Server as NetServer } from 'node:net'
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises'
import { RefitError } from '../core/error.ts'
import { badRequest, HttpError } from './http-error.ts'
import { parseBody } from './json-body.ts'

/** Largest request body. */
const MAX_BODY_BYTES = 8 * 1024 * 1024
const REQUEST_TIMEOUT_MS = 30_000
const HEADERS_TIMEOUT_MS = 10_000
/** Longer than load balancers keep a connection that is idle: the one who closes it should be the client. */
const KEEP_ALIVE_MS = 65_000
/** Requests in flight get this long at the end. */
const CLOSE_TIMEOUT_MS = 10_000
/** What was sent to a connection before it is closed arrives within this time. */
const ARRIVAL_MS = 250
/** A body that is not wanted is read on for as long, so that the client gets to see the answer. */
const LINGER_MS = 10_000
const LINGER_BYTES = 64 * 1024 * 1024

/** What a handler gives back: JSON, or a text with its type. */
export type Reply =
  | { readonly status: number; readonly json: unknown }
  | {
      readonly status: number
      readonly text: string | Buffer
      readonly contentType: string
      readonly headers?: Readonly<Record<string, string>>
    }

export type Handler = (request: IncomingMessage, url: URL) => Promise<Reply>

export interface HttpServerOptions {
  readonly handler: Handler
  readonly onError: (error: unknown) => HttpError
  /** Whether it is about to close: then every answer is the last one of its connection. */
  readonly isClosing: () => boolean
}

/** An HTTP server around one handler: limits, JSON errors, no stack in any answer. */
export function createHttpServer(options: HttpServerOptions): Server {
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS },
    (request, response) => void respond(request, response, options),
  )
  // Whoever asks before sending a large body is spared to send one that is too large.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!isTooLarge(request)) response.writeContinue()
    void respond(request, response, options)
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy()
      return
    }
    const [status, sentence] = MALFORMED[error.code ?? ''] ?? ['400 Bad Request', 'this is no HTTP request']
    const body = JSON.stringify({ error: sentence })
    const head = ['content-type: application/json', `content-length: ${body.length}`, 'connection: close']
    socket.end([`HTTP/1.1 ${status}`, ...head, '', body].join('\r\n'))
  })
  return server
}

/** What Node’s parser refuses before there is a request. */
const MALFORMED: Readonly<Record<string, readonly [status: string, sentence: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'the headers are too large'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['413 Payload Too Large', 'the chunk extensions are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request did not arrive in time'],
}

const isTooLarge = (request: IncomingMessage): boolean =>
  Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  { handler, onError, isClosing }: HttpServerOptions,
): Promise<void> {
  let reply: Reply
  let headers: Readonly<Record<string, string>> = {}
  try {
    const url = URL.canParse(request.url ?? '', 'http://gateway')
      ? new URL(request.url ?? '', 'http://gateway')
      : undefined
    if (!url) throw badRequest('the address cannot be read')
    reply = await handler(request, url)
  } catch (error) {
    const failure = onError(error)
    reply = { status: failure.status, json: { error: failure.message } }
    headers = failure.headers
    // What is left of a body nobody will read would be taken for the next request.
    if (!request.complete) headers = { ...headers, connection: 'close' }
  }
  const body = 'json' in reply ? JSON.stringify(reply.json) : reply.text
  response.writeHead(reply.status, {
    'content-type': 'json' in reply ? 'application/json' : reply.contentType,
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    ...('headers' in reply ? reply.headers : {}),
    ...headers,
    ...(isClosing() ? { connection: 'close' } : {}),
  })
  if (request.method !== 'HEAD') response.write(body)
  if (!request.complete && request.headers.expect === undefined) await linger(request)
  response.end()
}

/**
 * Reads on what nobody wants, within limits: a connection that is closed while its client still sends is reset, and the
 * client sees that instead of the answer.
 */
async function linger(request: IncomingMessage): Promise<void> {
  let bytes = 0
  await new Promise<void>((done) => {
    const timer = setTimeout(done, LINGER_MS)
    const end = (): void => {
      clearTimeout(timer)
      done()
    }
    request.on('data', (chunk: Buffer) => (bytes += chunk.length) > LINGER_BYTES && end())
    for (const event of ['end', 'close', 'error']) request.once(event, end)
    request.resume()
  })
}

/** The body of a request. HttpError 400, 413 or 415. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity')
    throw new HttpError(415, `content-encoding ${encoding} is not supported`)
  const tooLarge = new HttpError(413, `the body is larger than ${MAX_BODY_BYTES / 1024 / 1024} MB`)
  if (isTooLarge(request)) throw tooLarge
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    // A loop that is left would close the connection, before the answer is sent.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > MAX_BODY_BYTES) throw tooLarge
      chunks.push(chunk)
    }
  } catch (error) {
    if (error === tooLarge) throw error
    throw badRequest('the request was cut off')
  }
  return Buffer.concat(chunks)
}

/** The JSON body of a request. HttpError 400, 413 or 415. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  return parseBody(await readBody(request))
}

/** HttpError 401 unless the request carries the token, compared in constant time. */
export function requireToken(request: IncomingMessage, token: string | undefined): void {
  if (token === undefined) return
  const sent = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  if (timingSafeEqual(digest(sent), digest(token))) return
  throw new HttpError(401, 'a bearer token is needed here', { 'www-authenticate': 'Bearer' })
}

/** Starts listening; RefitError `serving` with what to do where the port is taken. Returns the port. */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(cannotListen(cause, host, port)))
    server.listen(port, host, resolve)
  })
  const address = server.address()
  return typeof address === 'object' && address ? address.port : port
}

function cannotListen(cause: NodeJS.ErrnoException, host: string, port: number): RefitError {
  if (cause.code === 'EADDRINUSE') {
    return new RefitError('serving', `port ${port} on ${host} is in use by another program`, {
      hint: `Stop that program, or choose another port: refit serve --port ${port < 65535 ? port + 1 : 8080}`,
    })
  }
  if (cause.code === 'EACCES') {
    return new RefitError('serving', `this user may not listen on port ${port}`, { hint: 'Choose a port above 1023.' })
  }
  return new RefitError('serving', `cannot listen on ${host}:${port}: ${cause.code ?? cause.message}`, {
    hint: 'Choose another --host or --port.',
  })
}

/**
 * Takes no new connections and waits for the requests that are here, but not forever. What has been sent and not been
 * read yet is one of them: Node’s own `close` would reset its connection as an idle one.
 */
export async function closeServer(server: Server, deadlineMs = CLOSE_TIMEOUT_MS): Promise<void> {
  await acceptWaiting(server)
  const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()))
  await pause(ARRIVAL_MS)
  await turn() // what has arrived is read, however busy it was until now
  server.close()
  const timer = setTimeout(() => server.closeAllConnections(), deadlineMs)
  await closed
  clearTimeout(timer)
}

/** Lets in who has connected already: one connection a turn of the event loop, and none is left after a turn without. */
async function acceptWaiting(server: Server): Promise<void> {
  const end = performance.now() + ARRIVAL_MS
  let accepted = true
  const note = (): unknown => (accepted = true)
  server.on('connection', note)
  while (accepted && performance.now() < end) {
    accepted = false
    await turn()
    await turn() // the first one may come before the loop has looked
  }
  server.off('connection', note)
}
