import{createRequire as e}from"node:module";import{fileURLToPath as t}from"node:url";e(import.meta.url),t(import.meta.url),t(new URL(`.`,import.meta.url));import"./rolldown-runtime-CFEr_1PG.js";import{t as n}from"./error-XeDOAcGa.js";import{t as r}from"./dist-Gk2o-TVG.js";import{n as i}from"./write-reports-DVCGH_Sx.js";import{dirname as a,join as o}from"node:path";import{access as s,mkdir as c}from"node:fs/promises";function l(e,t,n){return`# yaml-language-server: $schema=https://raw.githubusercontent.com/refit-ml/refit/v1/schema/refit.schema.json
models:
  ${e}:
    data: ${JSON.stringify(t)}
    label: ${JSON.stringify(n)}
    # triggers: {schedule: {every: 7d}}
    # evaluate: {slices: [], fairness: {protected: []}}
    # rollout: {gateway: {url: 'https://models.example.com'}}   # or rollout: {target: none}
`}const u=`.github/workflows/refit.yml`,d=[`data/**/*.{csv,parquet,jsonl,ndjson}`,`*.{csv,parquet,jsonl,ndjson}`];async function f({root:e,configPath:t,data:r,label:i}){let a=[];if(await g(o(e,t)))process.stdout.write(`${t} is there already; it stays as it is.\n`);else{let o=r??await m(e);if(o===void 0)throw new n(`usage`,`no CSV, JSON Lines or Parquet file lies in ${e}`,{hint:`Name the data: refit init --data "path/*.csv" --label column.`});if(i===void 0)throw new n(`usage`,`the label column is not known`,{hint:`Name it: refit init --data "${o}" --label column.`});await h(e,t,l(p(i),o,i)),a.push(t)}await g(o(e,u))||(await h(e,u,`name: Refit

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
`),a.push(u));for(let e of a)process.stdout.write(`wrote ${e}\n`);process.stdout.write(`Next: refit check --explain
`)}function p(e){return e.toLowerCase().replace(/[^a-z0-9]+/g,`-`).replace(/^-+|-+$/g,``).slice(0,63)||`model`}async function m(e){let[t]=(await r(d,{cwd:e,ignore:[`**/node_modules/**`,`.refit/**`]})).toSorted();return t}async function h(e,t,n){await c(a(o(e,t)),{recursive:!0}),await i(o(e,t),n)}async function g(e){return s(e).then(()=>!0,()=>!1)}export{f as init};