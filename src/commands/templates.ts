import { schemaAddress, usesLine, type Address } from './address.ts'

/** The workflow that people copy, of the Refit at an address. A test runs actionlint over it. */
export const workflow = (address: Address | undefined): string => `name: Refit

on:
  schedule:
    - cron: '*/30 * * * *' # a run in which nothing is due takes seconds; rollouts take one step a run
  workflow_dispatch:
    inputs:
      command:
        description: What to do
        type: choice
        options: [auto, check, retrain, rollout, rollback, hold, resume, advance, status]
        default: auto
      model:
        description: Which model (empty means every model)
        type: string
      reason:
        description: Why; reaches the pull request. With auto, a reason starts a retraining.
        type: string
  repository_dispatch:
    types: [refit-retrain, refit-rollout] # a data pipeline says that it is done
  push:
    branches: [main]
    paths: ['models/**/manifest.json', .github/refit.yml]
  pull_request:
    types: [closed] # the merge is the promotion
  issue_comment:
    types: [created] # /refit retrain churn new tariff, /refit rollback churn
  issues:
    types: [edited] # a box ticked on the dashboard

permissions: {}

jobs:
  refit:
    if: >-
      (github.event_name != 'issue_comment' ||
      contains(github.event.comment.body, '/refit') && github.event.comment.user.type != 'Bot') &&
      (github.event_name != 'issues' || contains(github.event.issue.body, 'refit:dashboard')) &&
      (github.event_name != 'pull_request' || startsWith(github.head_ref, 'refit/') &&
      github.event.pull_request.head.repo.full_name == github.repository)
    concurrency:
      # Trainings take turns. Every other run is a group of its own: a rollback waits for nothing, and a comment, whoever
      # wrote it, displaces nothing. Two runs at once cannot overwrite each other (docs/forge.md).
      group: >-
        refit-\${{ (github.event_name == 'schedule' || github.event.action == 'refit-retrain' ||
        contains(fromJSON('["auto", "retrain"]'), inputs.command)) && 'training' || github.run_id }}
      queue: max # nothing that waits is dropped; Enterprise Server does not know it yet: delete this line there
    runs-on: ubuntu-latest
    timeout-minutes: 60
    permissions:
      contents: write # commits the candidate to its branch, and the rollout's state
      pull-requests: write # opens and updates the one retrain pull request
      issues: write # answers comments, opens an issue when a rollout is rolled back
      deployments: write # shows the rollout under Deployments
      checks: write # puts the verdict on the pull request
    steps:
      - uses: actions/checkout@8e8c483db84b4bee98b60c0593521ed34d9990e8 # v6.0.1
        with:
          persist-credentials: false
      - id: refit
        uses: ${usesLine(address)}
        with:
          command: \${{ inputs.command }}
          model: \${{ inputs.model }}
          reason: \${{ inputs.reason }}
      - if: always() && steps.refit.outputs.report-path != ''
        uses: actions/upload-artifact@330a01c490aca151604b8cf639adc76d48f6c5d4 # v5.0.0
        with:
          name: refit-report
          path: \${{ steps.refit.outputs.report-path }}
`

/** As README and docs show it: nobody knows yet from where a reader will take Refit. */
export const WORKFLOW = workflow(undefined)

/** The three lines that suffice, with the next ones to try as comments. */
export function configTemplate(name: string, data: string, label: string, address: Address | undefined): string {
  const schema = schemaAddress(address)
  return `${schema === undefined ? '' : `# yaml-language-server: $schema=${schema}\n`}models:
  ${name}:
    data: ${JSON.stringify(data)}
    label: ${JSON.stringify(label)}
    # triggers: {schedule: {every: 7d}}
    # evaluate: {slices: [], fairness: {protected: []}}
    # rollout: {gateway: {url: 'https://models.example.com'}}   # staged and watched; without it, the merge is the promotion
`
}
