/** A kept connection that the other side has closed: nothing of the request was looked at, or its answer was lost. */
const CLOSED = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])
const ATTEMPTS = 4

/**
 * `fetch` for requests that may be sent twice. A program that was busy for long finds its kept connections closed, one
 * by one, without having noticed: then the next one is tried, a turn of the event loop later, in which it notices.
 */
export async function fetchAgain(
  url: string | URL,
  init: Omit<RequestInit, 'body'> & { body?: string } = {},
): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetch(url, init)
    } catch (error) {
      if (attempt === ATTEMPTS || !CLOSED.has(codeOf(error) ?? '')) throw error
      await new Promise((turn) => setImmediate(turn))
    }
  }
}

/** Why it failed: `fetch failed` says nothing, its cause does. */
export function causeOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined
  if (cause === undefined) return undefined
  return codeOf(error) ?? (cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? cause.name) : String(cause))
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error.cause as { readonly code?: unknown } | undefined)?.code : undefined
  return typeof code === 'string' ? code : undefined
}
