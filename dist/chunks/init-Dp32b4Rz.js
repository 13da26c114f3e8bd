import{createRequire as e}from"node:module";import{fileURLToPath as t}from"node:url";e(import.meta.url),t(import.meta.url),t(new URL(`.`,import.meta.url));import"./rolldown-runtime-CFEr_1PG.js";import{t as n}from"./error-XeDOAcGa.js";import{i as r,x as i}from"./source-DEzA5CpG.js";import{n as a}from"./expand-D7KnDhIJ.js";import{n as o}from"./write-reports-DKDI3Kf8.js";import{dirname as s,join as c}from"node:path";import{access as l,mkdir as u}from"node:fs/promises";function d(e,t,n){return`# yaml-language-server: $schema=https://raw.githubusercontent.com/refit-ml/refit/v1/schema/refit.schema.json
models:
  ${e}:
    data: ${JSON.stringify(t)}
    label: ${JSON.stringify(n)}
    # triggers: {schedule: {every: 7d}}
    # evaluate: {slices: [], fairness: {protected: []}}
    # rollout: {gateway: {url: 'https://models.example.com'}}   # or rollout: {target: none}
`}const f=`.github/workflows/refit.yml`,p=[`data/**/*.{csv,parquet,jsonl,ndjson}`,`*.{csv,parquet,jsonl,ndjson}`];async function m({root:e,configPath:t,data:r,label:i}){let a=[];if(await y(c(e,t)))process.stdout.write(`${t} is there already; it stays as it is.\n`);else{let o=r??await _(e);if(o===void 0)throw new n(`usage`,`no CSV, JSON Lines or Parquet file lies in ${e}`,{hint:`Name the data: refit init --data "path/*.csv" --label column.`});if(i===void 0)throw new n(`usage`,`the label column is not known`,{hint:`Name it: refit init --data "${o}" --label column.${await h(e,o)}`});await v(e,t,d(g(i),o,i)),a.push(t)}await y(c(e,f))||(await v(e,f,`name: Refit

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
`),a.push(f));for(let e of a)process.stdout.write(`wrote ${e}\n`);process.stdout.write(`Next: refit check --explain
`)}async function h(e,t){try{let n=a({data:t,label:``}),{columns:i}=await r(n,e),o=i.length>40?`, … (${i.length} in all)`:``;return i.length===0?``:` Columns: ${i.slice(0,40).join(`, `)}${o}.`}catch(e){if(e instanceof n)return``;throw e}}function g(e){return e.toLowerCase().replace(/[^a-z0-9]+/g,`-`).replace(/^-+|-+$/g,``).slice(0,63)||`model`}async function _(e){let[t]=(await i(p,{cwd:e,ignore:[`**/node_modules/**`,`.refit/**`]})).toSorted();return t}async function v(e,t,n){await u(s(c(e,t)),{recursive:!0}),await o(c(e,t),n)}async function y(e){return l(e).then(()=>!0,()=>!1)}export{m as init};