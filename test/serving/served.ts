import { silentLog } from '../../src/core/log.ts'
import { openLocalForge } from '../../src/forge/local/local-forge.ts'
import { stateBranch } from '../../src/registry/manifest.ts'
import { EFFECTIVE_PATH } from '../../src/rollout/state-store.ts'
import { startGateway, type Gateway, type GatewayOptions } from '../../src/serving/gateway.ts'
import { makeRepository } from '../support/git.ts'
import { mergeVersion, type Version } from './versions.ts'

/** A repository in which one version is stable. Returns its folder. */
export async function repositoryOf(version: Version): Promise<string> {
  const folder = makeRepository({ 'README.md': 'x\n' })
  const forge = await openLocalForge(folder, { clock: Date.now })
  const commit = await mergeVersion(forge, version)
  const { model, version: number, artifact } = version.manifest
  const effective = {
    schemaVersion: 1,
    model,
    environment: 'production',
    generation: 1,
    stable: { version: number, digest: artifact.digest, commit },
    candidate: null,
    rolloutId: null,
    mode: 'stable',
    percent: 0,
    expiresAt: null,
  }
  const files = new Map([[EFFECTIVE_PATH, JSON.stringify(effective)]])
  await forge.commit({ branch: stateBranch(model), expected: undefined, base: null, message: 'tick', files })
  forge.close()
  return folder
}

/** A gateway that serves one version on loopback. */
export async function serveVersion(version: Version, more: Partial<GatewayOptions> = {}): Promise<Gateway> {
  return startGateway({
    repository: await repositoryOf(version),
    host: '127.0.0.1',
    port: 0,
    pollMs: 0,
    clock: Date.now,
    log: silentLog,
    workspace: '.',
    engine: 'wasm',
    ...more,
  })
}
