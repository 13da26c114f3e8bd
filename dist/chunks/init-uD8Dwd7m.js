import{createRequire as e}from"node:module";import{fileURLToPath as t}from"node:url";e(import.meta.url),t(import.meta.url),t(new URL(`.`,import.meta.url));import"./rolldown-runtime-CFEr_1PG.js";import{t as n}from"./error-Ch0Gw_BC.js";import{i as r,p as i}from"./source-Btp2DcP_.js";import{r as a}from"./expand-DMo-kIFV.js";import{i as o,r as s}from"./address-Cujxt3tY.js";import{r as c}from"./write-reports-DEAj9ES-.js";import{dirname as l,join as u,resolve as d}from"node:path";import{access as f,mkdir as p}from"node:fs/promises";const m=e=>`name: Refit

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
        uses: ${o(e)}
        with:
          command: \${{ inputs.command }}
          model: \${{ inputs.model }}
          reason: \${{ inputs.reason }}
      - if: always() && steps.refit.outputs.report-path != ''
        uses: actions/upload-artifact@330a01c490aca151604b8cf639adc76d48f6c5d4 # v5.0.0
        with:
          name: refit-report
          path: \${{ steps.refit.outputs.report-path }}
`;m(void 0);function h(e,t,n,r){let i=s(r);return`${i===void 0?``:`# yaml-language-server: $schema=${i}\n`}models:
  ${e}:
    data: ${JSON.stringify(t)}
    label: ${JSON.stringify(n)}
    # triggers: {schedule: {every: 7d}}
    # evaluate: {slices: [], fairness: {protected: []}}
    # rollout: {gateway: {url: 'https://models.example.com'}}   # staged and watched; without it, the merge is the promotion
`}const g=`.github/workflows/refit.yml`,_=[`data/**/*.{csv,csv.gz,parquet,jsonl,jsonl.gz,ndjson}`,`*.{csv,csv.gz,parquet,jsonl,jsonl.gz,ndjson}`];async function v({root:e,configPath:t,data:r,label:i,address:a}){let o=[];if(await C(d(e,t)))process.stdout.write(`${t} is there already; it stays as it is.\n`);else{let s=r??await x(e);if(s===void 0)throw new n(`usage`,`no CSV, JSON Lines or Parquet file lies in ${e}`,{hint:`Name the data: refit init --data "path/*.csv" --label column.`});if(i===void 0)throw new n(`usage`,`the label column is not known`,{hint:`Name it: refit init --data "${s}" --label column.${await y(e,s)}`});await S(e,t,h(b(i),s,i,a)),o.push(t)}await C(u(e,g))||(await S(e,g,m(a)),o.push(g));for(let e of o)process.stdout.write(`wrote ${e}\n`);a?.ref===void 0&&o.includes(g)&&process.stdout.write(`Put in the repository and the commit of the Refit that you trust: ${g}, at “uses:”\n`),process.stdout.write(`Next: refit check --explain
`)}async function y(e,t){try{let n=a({data:t,label:``}),{columns:i}=await r(n,e),o=i.length>40?`, … (${i.length} in all)`:``;return i.length===0?``:` Columns: ${i.slice(0,40).join(`, `)}${o}.`}catch(e){if(e instanceof n)return``;throw e}}function b(e){return e.toLowerCase().replace(/[^a-z0-9]+/g,`-`).replace(/^-+|-+$/g,``).slice(0,63)||`model`}async function x(e){let[t]=(await i(_,{cwd:e,ignore:[`**/node_modules/**`,`.refit/**`]})).toSorted();return t}async function S(e,t,n){await p(l(d(e,t)),{recursive:!0}),await c(d(e,t),n)}async function C(e){return f(e).then(()=>!0,()=>!1)}export{v as init};