#!/usr/bin/env node
// The first file of the bundle: an old Node has to understand all of it, so that it can say what is wrong. No static
// imports and no syntax newer than ES2017; everything else is loaded only after the question is settled.
if (Number(process.versions.node.split('.')[0]) < 20) {
  process.stderr.write(
    'Refit needs Node 20 or newer, and this is Node ' +
      process.versions.node +
      '. Install a newer one from https://nodejs.org, or in a workflow with actions/setup-node.\n',
  )
  process.exitCode = 1
} else {
  void import('./cli.ts')
}
