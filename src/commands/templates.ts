/** The workflow that people copy. README and docs show this text; a test runs actionlint over it. */
export const WORKFLOW = `name: Refit

on:
  schedule:
    - cron: '*/30 * * * *' # a run in which nothing is due takes seconds; rollouts take one step a run
  workflow_dispatch:
    inputs:
      command:
        description: What to do
        type: choice
        options: [auto, check, retrain, rollout, hold, resume, rollback, status]
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
    types: [created] # /refit retrain churn new tariff
  issues:
    types: [edited] # a box ticked on the dashboard

permissions: {}

concurrency:
  group: refit
  cancel-in-progress: false

jobs:
  refit:
    if: >-
      (github.event_name != 'issue_comment' || contains(github.event.comment.body, '/refit')) &&
      (github.event_name != 'issues' || contains(github.event.issue.body, 'refit:dashboard'))
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
        uses: refit-ml/refit@v1
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

/** The three lines that suffice, with the next ones to try as comments. */
export function configTemplate(name: string, data: string, label: string): string {
  return `# yaml-language-server: $schema=https://raw.githubusercontent.com/refit-ml/refit/v1/schema/refit.schema.json
models:
  ${name}:
    data: ${JSON.stringify(data)}
    label: ${JSON.stringify(label)}
    # triggers: {schedule: {every: 7d}}
    # evaluate: {slices: [], fairness: {protected: []}}
    # rollout: {gateway: {url: 'https://models.example.com'}}   # staged and watched; without it, the merge is the promotion
`
}
