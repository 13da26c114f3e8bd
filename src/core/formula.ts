/**
 * Arithmetic that a configuration may contain: numbers, names, + − * /, parentheses, and min, max, abs, round. Parsed
 * into a tree and walked, never handed to `eval` or `Function`: a name can only ever be a number.
 */

/** The indicators of one row: exactly one is 1. */
const INDICATORS = ['tp', 'fp', 'tn', 'fn'] as const
export type Indicators = Readonly<Record<(typeof INDICATORS)[number], number>>

export interface Formula {
  /** Names that are no indicators, in order of first appearance: columns of the row. */
  readonly columns: readonly string[]
  /** The indicators it mentions. */
  readonly indicators: readonly (keyof Indicators)[]
  /** `cells` are the values of `columns`. A division by zero gives an infinity or NaN, as everywhere in arithmetic. */
  evaluate(indicators: Indicators, cells: ArrayLike<number>): number
}

/** A mistake in a formula. `at` is the place of the first character that does not fit, from 0. */
export class FormulaError extends Error {
  readonly at: number
  constructor(sentence: string, at: number) {
    super(sentence)
    this.name = 'FormulaError'
    this.at = at
  }
}

const FUNCTIONS = {
  min: { least: 1, most: Infinity, apply: (values: readonly number[]) => Math.min(...values) },
  max: { least: 1, most: Infinity, apply: (values: readonly number[]) => Math.max(...values) },
  abs: { least: 1, most: 1, apply: ([value]: readonly number[]) => Math.abs(value as number) },
  round: { least: 1, most: 1, apply: ([value]: readonly number[]) => Math.round(value as number) },
} as const

/** Deeper nesting than this is nobody's business value, and would exhaust the stack. */
const MOST_DEPTH = 100

/**
 * Column names with other characters than letters, digits and _ are written in backquotes: `` tp * `net amount` ``.
 *
 * @throws FormulaError with the place of the mistake.
 * @example compileFormula('tp * amount * 0.02 - fp * 15').evaluate({ tp: 1, fp: 0, tn: 0, fn: 0 }, [500]) // 10
 */
export function compileFormula(text: string): Formula {
  const columns: string[] = []
  const tokens = tokenize(text)
  const parser = new Parser(tokens, text.length, columns)
  const root = parser.parse()
  const mentioned = tokens.filter((token) => token.kind === 'name' && !token.quoted).map((token) => token.text)
  return { columns, indicators: INDICATORS.filter((one) => mentioned.includes(one)), evaluate: root }
}

type Node = (indicators: Indicators, cells: ArrayLike<number>) => number

interface Token {
  readonly kind: 'number' | 'name' | 'symbol'
  readonly text: string
  readonly at: number
  /** Written in backquotes: always a column. */
  readonly quoted?: true
}

const TOKEN =
  /\s*(?:(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[\p{L}_][\p{L}\p{N}_]*)|`(?<quoted>[^`]+)`|(?<symbol>[-+*/(),]))/uy

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  const end = text.trimEnd().length
  while (at < end) {
    TOKEN.lastIndex = at
    const match = TOKEN.exec(text)
    if (match === null) {
      const place = at + (/^\s*/.exec(text.slice(at)) as RegExpExecArray)[0].length
      throw new FormulaError(`“${String.fromCodePoint(text.codePointAt(place) as number)}” cannot stand here`, place)
    }
    const { number, name, quoted, symbol } = match.groups as Partial<Record<string, string>>
    const part = (number ?? name ?? quoted ?? symbol) as string
    const place = at + match[0].length - part.length - (quoted === undefined ? 0 : 2)
    const kind = number !== undefined ? 'number' : symbol !== undefined ? 'symbol' : 'name'
    tokens.push({ kind, text: part, at: place, ...(quoted === undefined ? {} : { quoted: true }) })
    at = TOKEN.lastIndex
  }
  return tokens
}

/** sum = product (± product)* · product = factor (*∕ factor)* · factor = ± factor, number, name, call, (sum). */
class Parser {
  readonly #tokens: readonly Token[]
  readonly #end: number
  readonly #columns: string[]
  #next = 0
  #depth = 0

  constructor(tokens: readonly Token[], end: number, columns: string[]) {
    this.#tokens = tokens
    this.#end = end
    this.#columns = columns
  }

  parse(): Node {
    const root = this.#sum()
    const rest = this.#tokens[this.#next]
    if (rest) throw new FormulaError(`“${rest.text}” cannot stand here; an operator is missing before it`, rest.at)
    return root
  }

  #sum(): Node {
    let left = this.#product()
    for (;;) {
      const symbol = this.#take('+', '-')
      if (symbol === undefined) return left
      const [a, b] = [left, this.#product()]
      left = symbol === '+' ? (i, c) => a(i, c) + b(i, c) : (i, c) => a(i, c) - b(i, c)
    }
  }

  #product(): Node {
    let left = this.#factor()
    for (;;) {
      const symbol = this.#take('*', '/')
      if (symbol === undefined) return left
      const [a, b] = [left, this.#factor()]
      left = symbol === '*' ? (i, c) => a(i, c) * b(i, c) : (i, c) => a(i, c) / b(i, c)
    }
  }

  #factor(): Node {
    const token = this.#tokens[this.#next]
    if (token === undefined)
      throw new FormulaError('the formula ends where a number or a name should follow', this.#end)
    if (++this.#depth > MOST_DEPTH) throw new FormulaError('the formula is nested too deeply', token.at)
    this.#next++
    const node = this.#factorFrom(token)
    this.#depth--
    return node
  }

  #factorFrom(token: Token): Node {
    if (token.kind === 'number') {
      const value = Number(token.text)
      return () => value
    }
    if (token.kind === 'name') {
      return !token.quoted && this.#tokens[this.#next]?.text === '(' ? this.#call(token) : this.#name(token)
    }
    if (token.text === '-') {
      const inner = this.#factor()
      return (i, c) => -inner(i, c)
    }
    if (token.text === '+') return this.#factor()
    if (token.text !== '(')
      throw new FormulaError(`“${token.text}” cannot stand here; a number or a name is missing`, token.at)
    const inner = this.#sum()
    this.#close(token)
    return inner
  }

  #name(token: Token): Node {
    const indicator = INDICATORS.find((one) => one === token.text)
    if (indicator && !token.quoted) return (indicators) => indicators[indicator]
    if (!this.#columns.includes(token.text)) this.#columns.push(token.text)
    const place = this.#columns.indexOf(token.text)
    return (_, cells) => cells[place] as number
  }

  #call(token: Token): Node {
    const known = Object.entries(FUNCTIONS).find(([name]) => name === token.text)?.[1]
    if (known === undefined) {
      throw new FormulaError(
        `there is no function “${token.text}”; there are ${Object.keys(FUNCTIONS).join(', ')}`,
        token.at,
      )
    }
    const open = this.#tokens[this.#next++] as Token
    const inputs = [this.#sum()]
    while (this.#take(',') !== undefined) inputs.push(this.#sum())
    this.#close(open)
    if (inputs.length > known.most)
      throw new FormulaError(`${token.text} takes one value, not ${inputs.length}`, token.at)
    return (i, c) => known.apply(inputs.map((input) => input(i, c)))
  }

  #take(...symbols: readonly string[]): string | undefined {
    const token = this.#tokens[this.#next]
    if (token?.kind !== 'symbol' || !symbols.includes(token.text)) return undefined
    this.#next++
    return token.text
  }

  #close(open: Token): void {
    if (this.#take(')') !== undefined) return
    const token = this.#tokens[this.#next]
    if (token === undefined) throw new FormulaError('a closing parenthesis is missing', open.at)
    throw new FormulaError(`“${token.text}” cannot stand here; an operator or “)” is missing`, token.at)
  }
}
