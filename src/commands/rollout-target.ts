import { saysTarget } from '../config/explain.ts'
import { LOCAL_GATEWAY } from '../config/expand.ts'
import type { ModelConfig } from '../config/schema.ts'
import { leadsHere } from '../core/address.ts'
import { RefitError } from '../core/error.ts'
import { stateBranch } from '../registry/manifest.ts'
import { readStored } from '../rollout/state-store.ts'
import type { Project } from './project.ts'

/** Where the gateway of a model answers. */
export const gatewayUrl = (project: Project, model: ModelConfig): string =>
  project.gatewayUrl ?? model.rollout.gateway.url ?? LOCAL_GATEWAY

/**
 * The model with what this run knows of its target. The file may leave it open: then a gateway that the environment
 * names is the target, and so is the one whose rollouts are recorded already, which must not come to a stop unnoticed.
 */
export async function withTarget(project: Project, model: ModelConfig): Promise<ModelConfig> {
  const { rollout } = model
  if (rollout.target === 'gateway' || saysTarget(project.configText, model.name)) return model
  const here: ModelConfig = {
    ...model,
    rollout: { ...rollout, target: 'gateway', gateway: { url: LOCAL_GATEWAY } },
  }
  if (project.gatewayUrl !== undefined) return here
  const { state } = await readStored(project.forge, model.name)
  if (state === undefined) return model
  project.log.warn(
    `${model.name}: ${stateBranch(model.name)} has rollouts of a gateway, so that they go on, with the gateway at ${LOCAL_GATEWAY}. Write rollout: {gateway: {url: …}}, or rollout: {target: none} to end them`,
    { file: project.configPath },
  )
  return here
}

/**
 * RefitError where a gateway is asked for at an address that leads back to a machine of GitHub's: nothing answers there,
 * now or later.
 */
export function refuseUnreachable(project: Project, model: ModelConfig): void {
  const url = gatewayUrl(project, model)
  if (model.rollout.target !== 'gateway' || project.onHostedRunner !== true || !leadsHere(url)) return
  throw new RefitError('rollout', `the gateway of ${model.name} is at ${shown(url)}, which is this runner itself`, {
    place: { file: project.configPath },
    hint: `Name an address that the runner reaches, in rollout.gateway.url or with gateway-url in the workflow. Write rollout: {target: none} where something else serves the model. On a runner of your own with a gateway beside it, RUNNER_ENVIRONMENT is self-hosted, and this is allowed.`,
  })
}

/** An address without the credentials that may be in it. */
function shown(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}
