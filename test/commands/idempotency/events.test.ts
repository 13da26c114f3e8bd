import { describe } from 'vitest'
import { walks } from './matrix.ts'
import type { Event, Scene } from './rollout-world.ts'
import { bakedFully, broken, canary5, command, counting, exposed, ready, rollingBack, silent } from './scenes.ts'

describe('any other event completes what it began', () => {
  const merged = (made: Scene): Event => ({
    name: 'pull_request',
    payload: {
      action: 'closed',
      pull_request: {
        number: 2,
        merged: true,
        head: { ref: 'refit/retrain/churn', repo: { full_name: made.emulator.repository } },
      },
    },
  })
  walks([
    command('the merge of a version starts its rollout', () => {}, merged, { writes: 8 }),
    command('a tick counts', counting, () => ({ name: 'push' }), { writes: 4 }),
    command('a tick goes on to the next stage', ready, () => ({ name: 'push' }), { writes: 8 }),
    command('a tick promotes', bakedFully, () => ({ name: 'push' }), { writes: 9 }),
    command('a guardrail rolls back', broken, () => ({ name: 'push' }), { writes: 13 }),
    command('the end of a rollback is noted', rollingBack, () => ({ name: 'push' }), { writes: 4 }),
    command('a gateway that is silent for too long', silent, () => ({ name: 'push' }), { writes: 8, gateway: 'down' }),
    command(
      'rollback by the button',
      exposed,
      () => ({ name: 'workflow_dispatch', inputs: { command: 'rollback', model: 'churn', reason: 'x' } }),
      { writes: 12 },
    ),
    command(
      'advance by the button',
      canary5,
      () => ({ name: 'workflow_dispatch', inputs: { command: 'advance', model: 'churn', reason: 'x' } }),
      { writes: 8 },
    ),
  ])
})
