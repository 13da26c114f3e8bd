import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Task } from './worker.ts'

export interface Done {
  readonly task: Task
  readonly result: unknown
  /** CPU seconds. */
  readonly seconds: number
}

/** Where the answer of a task is kept. */
export const fileOf = (folder: string, { key }: Task): string => join(folder, `${key.replace(/[^\w-]+/g, '_')}.json`)

/**
 * Answers the tasks in some worker threads, the answers in the order of the tasks. What the folder already has is not
 * computed again, so that a run that was interrupted goes on where it stopped.
 */
export async function answerAll(tasks: readonly Task[], folder: string, workers: number): Promise<readonly Done[]> {
  await mkdir(folder, { recursive: true })
  const answers: Done[] = []
  let next = 0
  const work = async (): Promise<void> => {
    let worker: Worker | undefined
    while (next < tasks.length) {
      const at = next++
      const task = tasks[at] as Task
      const file = fileOf(folder, task)
      if (!existsSync(file)) {
        worker ??= new Worker(new URL('./worker.ts', import.meta.url))
        const done = { task: { ...task, truth: undefined }, ...(await ask(worker, task)) }
        await writeFile(`${file}.part`, JSON.stringify(done))
        await rename(`${file}.part`, file)
        console.error(`${task.key}: ${done.seconds.toFixed(0)} s of CPU`)
      }
      answers[at] = JSON.parse(await readFile(file, 'utf8')) as Done
    }
    await worker?.terminate()
  }
  await Promise.all(Array.from({ length: workers }, work))
  return answers
}

function ask(worker: Worker, task: Task): Promise<{ readonly result: unknown; readonly seconds: number }> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (message: { readonly result: unknown; readonly seconds: number }) => {
      worker.off('error', reject)
      resolve(message)
    })
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
    worker.postMessage(task)
  })
}
