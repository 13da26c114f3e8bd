import { RefitError } from '../core/error.ts'
import type { Config } from './schema.ts'

export const CONFIG_PATH = '.github/refit.yml'

export function parseConfig(_text: string, _file: string): Config {
  throw new RefitError('config', 'the configuration reader is being built')
}

export async function loadConfig(_root: string, _path: string = CONFIG_PATH): Promise<Config> {
  throw new RefitError('config', 'the configuration reader is being built')
}
