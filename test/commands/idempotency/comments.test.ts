import { describe } from 'vitest'
import { walks } from './matrix.ts'
import { canary5, command, exposed, held, promoted, ready } from './scenes.ts'

describe('a comment completes what it began', () => {
  walks([
    command('/refit rollback of a canary', exposed, '/refit rollback churn complaints', { writes: 15 }),
    command('/refit hold', exposed, '/refit hold churn complaints', { writes: 8 }),
    command('/refit resume', held, '/refit resume churn it was us', { writes: 6 }),
    command('/refit advance', canary5, '/refit advance churn trust me', { writes: 8 }),
    command('/refit rollback of what was promoted', promoted, '/refit rollback churn complaints', { writes: 15 }),
    command('/refit status', exposed, '/refit status churn', { writes: 3 }),
    command('/refit rollout', ready, '/refit rollout churn', { writes: 8 }),
    command('several lines', exposed, '/refit hold churn a\n/refit status\n/refit resume churn\n/refit rolback churn', {
      writes: 10,
      refused: true,
    }),
    command('a model that nobody knows', exposed, '/refit rollback chrun', { writes: 3, refused: true }),
    command('nothing to hold', promoted, '/refit hold churn', { writes: 3, refused: true }),
  ])
})
