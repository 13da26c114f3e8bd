import { silentLog } from '../../src/core/log.ts'
import { createGitHubForge } from '../../src/forge/github/github-forge.ts'
import { startEmulator } from '../support/github-emulator/emulator.ts'
import { describeForge } from './contract/contract.ts'
import { FIRST_FILES } from './contract/stage.ts'

describeForge('GitHubForge', async () => {
  const emulator = await startEmulator({ files: FIRST_FILES })
  const open = () =>
    createGitHubForge({
      token: emulator.token,
      apiUrl: emulator.url,
      repository: emulator.repository,
      log: silentLog,
      secondMs: 1,
    })
  const { state } = emulator
  return {
    forge: open(),
    other: open(),
    gitDir: emulator.gitDir,
    merge: async (number) => emulator.merge(number),
    comments: async (number) => state.comments.filter((one) => one.number === number),
    issues: async () => state.issues,
    checks: async () => state.checks.map(({ name, conclusion, summary }) => ({ name, conclusion, summary })),
    deployments: async () =>
      state.deployments.map(({ id, environment, statuses }) => ({
        id,
        environment,
        states: statuses.map((status) => status.state).toReversed(),
        descriptions: statuses.map((status) => status.description).toReversed(),
      })),
    dispatches: async () => state.dispatches,
    close: () => emulator.close(),
  }
})
