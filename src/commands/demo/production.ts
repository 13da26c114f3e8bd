import { RefitError } from '../../core/error.ts'
import { causeOf, fetchAgain } from '../../core/fetch-again.ts'
import type { Log } from '../../core/log.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { type Gateway, startGateway } from '../../serving/gateway.ts'
import type { Business } from './business.ts'
import type { DemoClock } from './demo-clock.ts'
import { inputTensors } from './request.ts'
import { type LiveCall, liveTraffic } from './traffic.ts'

/** Calls in flight at once. */
const CONCURRENCY = 16
const MODEL = 'churn'

/** The live service: the gateway on loopback, and the customers who call it. */
export interface Production {
  /** Undefined before the gateway runs. */
  readonly url: string | undefined
  /** Starts the gateway once; a second call does nothing. */
  start(): Promise<void>
  /** Lets the gateway look at git: on a clock that stands still nothing polls. */
  sync(): Promise<void>
  /** So many calls of a month’s customers over so many milliseconds of the demo’s clock, and the outcomes that are due. */
  serve(month: number, load: { readonly calls: number; readonly ms: number }): Promise<void>
  stop(): Promise<void>
}

export function createProduction(options: {
  readonly folder: string
  readonly business: Business
  readonly clock: DemoClock
  readonly log: Log
}): Production {
  const { folder, business, clock, log } = options
  let gateway: Gateway | undefined
  let served = 0
  const url = (): string => {
    if (gateway === undefined) throw new RefitError('serving', 'the gateway of the demo does not run')
    return gateway.url
  }
  const callers = new Map<number, Iterator<LiveCall, never>>()
  const waiting: { readonly due: number; readonly id: string; readonly label: string }[] = []

  const inputs = async (): Promise<Manifest['signature']['inputs'] | undefined> => {
    const answer = await ask(`${url()}/v2/models/${MODEL}`)
    return answer.ok ? ((await answer.json()) as Manifest['signature']).inputs : undefined
  }
  const sendOutcomes = async (): Promise<void> => {
    const due = waiting.filter((outcome) => outcome.due <= served)
    if (due.length === 0) return
    waiting.splice(0, waiting.length, ...waiting.filter((outcome) => outcome.due > served))
    await post(`${url()}/outcomes`, { model: MODEL, outcomes: due.map(({ id, label }) => ({ id, label })) })
  }

  return {
    get url() {
      return gateway?.url
    },
    async start() {
      gateway ??= await startGateway({
        repository: folder,
        workspace: folder,
        models: [MODEL],
        host: '127.0.0.1',
        port: 0,
        pollMs: 0,
        clock: clock.now,
        log,
      })
    },
    async sync() {
      await gateway?.sync()
    },
    async serve(month, { calls, ms }) {
      const wanted = await inputs()
      // Before the first version serves, nobody can call it.
      if (wanted === undefined) return clock.pass(ms)
      const traffic = callers.get(month) ?? liveTraffic(business, month)
      callers.set(month, traffic)
      for (let sent = 0; sent < calls; sent += CONCURRENCY) {
        const batch = Array.from({ length: Math.min(CONCURRENCY, calls - sent) }, () => traffic.next().value)
        await Promise.all(
          batch.map(async (call) => {
            const id = `${month}-${call.index}`
            const parameters = { key: call.key }
            const body = { id, parameters, inputs: inputTensors({ inputs: wanted }, call.row) }
            if (await post(`${url()}/v2/models/${MODEL}/infer`, body)) {
              waiting.push({ due: served + call.outcomeAfter, id, label: call.outcome })
            }
          }),
        )
        served += batch.length
        clock.pass((ms * batch.length) / calls)
      }
      gateway?.drain()
      await sendOutcomes()
    },
    async stop() {
      await gateway?.close()
      gateway = undefined
    },
  }
}

/** Whether the answer was good; the gateway counts what was not. */
async function post(url: string, body: object): Promise<boolean> {
  const headers = { 'content-type': 'application/json' }
  const answer = await ask(url, { method: 'POST', headers, body: JSON.stringify(body) })
  await answer.arrayBuffer()
  return answer.ok
}

/** The gateway is part of this process: where it does not answer, its reason is the user's to know. */
async function ask(...request: Parameters<typeof fetchAgain>): Promise<Response> {
  try {
    return await fetchAgain(...request)
  } catch (cause) {
    const reason = causeOf(cause) ?? String(cause)
    throw new RefitError('serving', `the gateway of the demo does not answer: ${reason}`, {
      hint: 'Run the demo again in a new folder; where it fails again, report this line.',
      cause,
    })
  }
}
