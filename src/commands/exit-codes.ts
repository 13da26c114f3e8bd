/** How a command ends, for whoever started it. The page of the command line shows this. */
export const EXIT = {
  done: 0,
  failed: 1,
  notUnderstood: 2,
  fired: 10,
} as const

export const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] = [
  [EXIT.done, 'Done. `check`: the triggers were looked at, whether or not one fired.'],
  [
    EXIT.failed,
    'Failed: an error was shown; some models may be done. `check --exit-code`: or a trigger could not be checked, and none fired. `rollout --watch`: the rollout was rolled back. `replay`: the verdict is not the recorded one.',
  ],
  [EXIT.notUnderstood, 'The command line was not understood: nothing was done.'],
  [EXIT.fired, '`check --exit-code` only: a retraining is due for at least one model, and none had an error.'],
]
