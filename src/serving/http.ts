import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { RefitError } from '../core/error.ts'
import { parseJson } from '../core/json.ts'
import { badRequest, HttpError } from './http-error.ts'

/** Largest request body. */
const MAX_BODY_BYTES = 8 * 1024 * 1024
const REQUEST_TIMEOUT_MS = 30_000
const HEADERS_TIMEOUT_MS = 10_000
/** Requests in flight get this long at the end. */
const CLOSE_TIMEOUT_MS = 5_000

/** What a handler gives back: JSON, or a text with its type. */
export type Reply =
  | { readonly status: number; readonly json: unknown }
  | { readonly status: number; readonly text: string; readonly contentType: string }

export type Handler = (request: IncomingMessage, url: URL) => Promise<Reply>

/** An HTTP server around one handler: limits, JSON errors, no stack in any answer. */
export function createHttpServer(handler: Handler, onError: (error: unknown) => HttpError): Server {
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS },
    (request, response) => {
      void respond(request, response, handler, onError)
    },
  )
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
  })
  return server
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  handler: Handler,
  onError: (error: unknown) => HttpError,
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
    ...headers,
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** The JSON body of a request. HttpError 400, 413 or 415. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity')
    throw new HttpError(415, `content-encoding ${encoding} is not supported`)
  const tooLarge = new HttpError(413, `the body is larger than ${MAX_BODY_BYTES / 1024 / 1024} MB`)
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) throw tooLarge
    chunks.push(chunk)
  }
  try {
    return parseJson(Buffer.concat(chunks).toString('utf8'))
  } catch {
    throw badRequest('the body is not valid JSON')
  }
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

/** Takes no new requests and waits for those in flight, but not forever. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS)
  await closed
  clearTimeout(timer)
}
