import { Command, CommanderError, Option } from 'commander'
import { createTerminalLog } from '../core/terminal-log.ts'
import { showCliError } from './cli-error.ts'
import { cliActions, type GlobalOptions } from './cli-actions.ts'
import { EXIT } from './exit-codes.ts'
import { REFIT_VERSION } from './version.ts'

/** Runs one command line. Returns the exit code, see EXIT_CODES. */
export async function runCli(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const program = createProgram(env)
  try {
    await program.parseAsync([...argv])
    return typeof process.exitCode === 'number' ? process.exitCode : 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.notUnderstood
    const options = program.opts<GlobalOptions>()
    showCliError(
      error,
      createTerminalLog(process.stderr, { verbose: options.verbose === true }),
      options.verbose === true,
    )
    return EXIT.failed
  }
}

/** The whole command line; the reference page in the docs is made from this. */
export function createProgram(env: NodeJS.ProcessEnv): Command {
  const program = new Command('refit')
    .description('Renovate for models: keeps production models fresh by pull request.')
    .version(REFIT_VERSION)
    .option('-C, --directory <path>', 'work in this folder instead of the current one', '.')
    .option('-c, --config <path>', 'path of the configuration', '.github/refit.yml')
    .option('--now <time>', 'pretend that it is this time (ISO 8601), to replay history')
    .option('-v, --verbose', 'say more, and show stack traces')
    .addOption(new Option('--forge <kind>', 'where pull requests live').choices(['local', 'github']).default('local'))
    .addOption(new Option('--gateway <url>', 'where the gateway answers').env('REFIT_GATEWAY_URL'))
    .showHelpAfterError('(refit --help shows every command)')
    .exitOverride()
  const act = cliActions(program, env)

  const model = ['-m, --model <name>', 'only this model'] as const
  const json = ['--json', 'print the result as JSON'] as const
  program
    .command('check')
    .description('say whether a model is stale, and why')
    .option(...model)
    .option('--explain', 'show what every trigger saw, and the effective configuration')
    .option(
      '--exit-code',
      'end with 0 where all is quiet, 10 where a retraining is due, 1 where something could not be checked',
    )
    .option(...json)
    .action(act.check)
  program
    .command('retrain')
    .description('train a candidate, prove it, and propose it')
    .option(...model)
    .option('--reason <text>', 'why; reaches the pull request')
    .option('--if-stale', 'only when a trigger fires')
    .option('--force', 'train even if the same candidate was judged before')
    .option('--dry-run', 'train and judge, but propose nothing')
    .option(...json)
    .action(act.retrain)
  program
    .command('rollout')
    .description('take the next step of a rollout')
    .option(...model)
    .option('--watch', 'go on until the rollout has ended')
    .option('--interval <duration>', 'time between two steps with --watch', '10s')
    .option(...json)
    .action(act.rollout)
  program
    .command('rollback')
    .description('give all traffic back to the previous version')
    .option(...model)
    .requiredOption('--reason <text>', 'why; reaches the revert pull request')
    .action(act.steer('rollback'))
  program
    .command('hold')
    .description('stop a rollout where it is; guardrails keep watching')
    .option(...model)
    .requiredOption('--reason <text>', 'why')
    .action(act.steer('hold'))
  program
    .command('resume')
    .description('let a held rollout go on')
    .option(...model)
    .option('--reason <text>', 'why', 'resumed on the command line')
    .action(act.steer('resume'))
  program
    .command('advance')
    .description('take the next step of a rollout without its evidence, on your word')
    .option(...model)
    .requiredOption('--reason <text>', 'why')
    .action(act.steer('advance'))
  program
    .command('status')
    .description('show every model: version, age, rollout, open pull requests')
    .option(...model)
    .option(...json)
    .action(act.status)
  program
    .command('serve')
    .description('serve the models of a repository (Open Inference Protocol)')
    .option('-m, --model <name...>', 'only these models')
    .option('--repository <path-or-url>', 'git repository to follow', '.')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on', '8080')
    .option('--poll <duration>', 'time between two looks at git', '5s')
    .option('--drain <duration>', 'time from SIGTERM, not ready, to the end of new connections', '5s')
    .option('--evidence <folder>', 'where evidence outlives a restart (default: .refit/gateway/<port>)')
    .option('--no-evidence', 'keep evidence in memory only')
    .action(act.serve)
  program
    .command('pr')
    .description('list the pull requests of the local forge, or show one')
    .argument('[number]', 'which one')
    .option('--raw', 'print the Markdown as it is')
    .action(act.pr)
  program
    .command('merge')
    .description('merge a pull request of the local forge')
    .argument('<number>', 'which one')
    .action(act.merge)
  program
    .command('close')
    .description('close a pull request of the local forge without merging')
    .argument('<number>', 'which one')
    .action(act.close)
  program
    .command('replay')
    .description('recompute the verdict of a record, and write its report again')
    .argument('<record>', 'a record.json')
    .option('--html <file>', 'write the report page here')
    .option('--body <file>', 'write the pull request’s text here')
    .option('--card <file>', 'write the model card here')
    .option(...json)
    .action(act.replay)
  program
    .command('init')
    .description('write a configuration and a workflow to start from')
    .option('--data <glob>', 'the data')
    .option('--label <column>', 'the column to predict')
    .action(act.init)
  program
    .command('schema')
    .description('hold the data against the committed schema, or propose how it would have to change')
    .option(...model)
    .option('--update', 'show the change that the data of today need, as a diff')
    .option('--write', 'with --update: write it to models/<name>/schema.json')
    .action(act.schema)
  program
    .command('profile')
    .description('describe the data of a model in bounded memory, or merge profiles that were saved')
    .argument('[profiles...]', 'files to merge, instead of reading the data')
    .option(...model)
    .option('--files <glob...>', 'read these files only, such as one partition')
    .option('-o, --output <file>', 'write the profile here')
    .action(act.profile)
  program
    .command('backtest')
    .description('replay the past: when would this configuration have retrained, and what would it have scored')
    .option(...model)
    .option('--period <duration>', 'time between two looks at the model', '1d')
    .option('--every <duration>', 'the schedule it is compared with (default: every period)')
    .option('--from <time>', 'when the first version is trained (default: when a tenth of the rows is there)')
    .option('--to <time>', 'where it ends (default: with the newest row)')
    .option('--metric <name>', 'what is scored (default: the primary metric)')
    .option('--label-delay <duration>', 'how long after its row a label arrives', '0s')
    .option('--sweep <setting=values...>', 'try a grid, for example drift.psi=0.1,0.2 performance.drop=0.03,0.05')
    .option(...json)
    .action(act.backtest)
  program
    .command('demo')
    .description('live through the months of a simulated business, in a new folder')
    .argument('[folder]', 'where', 'refit-demo')
    .option('--seed <number>', 'of everything random', '1')
    .action(act.demo)
  return program
}
