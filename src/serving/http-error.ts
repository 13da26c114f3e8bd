/** An answer other than success: an HTTP status and one sentence, which is all a caller gets to see. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, sentence: string, headers: Readonly<Record<string, string>> = {}) {
    super(sentence)
    this.status = status
    this.headers = headers
  }
}

export const badRequest = (sentence: string): HttpError => new HttpError(400, sentence)
