import type { InProcess } from '../../support/github-emulator/in-process.ts'

/** A repository as people find it: everything but ids, numbers and times. */
export function shown({ state, git }: InProcess): unknown {
  const branches = git.branches()
  const nameOf = (oid: string): string => Object.entries(branches).find(([, head]) => head === oid)?.[0] ?? oid
  const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)
  return {
    branches: Object.fromEntries(
      Object.entries(branches).map(([branch, head]) => [
        branch,
        Object.fromEntries(
          git
            .listTree(head, true)
            .filter(({ type }) => type === 'blob')
            .map(({ path, sha }) => [path, plain(git.readBlob(sha).toString('latin1'))]),
        ),
      ]),
    ),
    pulls: state.pulls
      .map(({ title, body, state: open, draft, merged, head, base, labels }) => {
        return { title, body: plain(body), state: open, draft, merged, head, base, labels: labels.toSorted() }
      })
      .toSorted(byText),
    issues: state.issues
      .map(({ title, body, state: open }) => ({ title, body: plain(body), state: open }))
      .toSorted(byText),
    comments: state.comments
      .map(({ body, user, reactions }) => ({ body: plain(body), by: user.login, reactions: reactions.toSorted() }))
      .toSorted(byText),
    checks: state.checks
      .map(({ name, headOid, conclusion, title, summary }) => {
        return { name, of: nameOf(headOid), conclusion, title, summary: plain(summary) }
      })
      .toSorted(byText),
    deployments: state.deployments.map(({ ref, environment, description, payload, production, statuses }) => {
      const said = statuses.map((status) => `${status.state}: ${plain(status.description)}`)
      return { ref, environment, description, payload, production, statuses: said }
    }),
    dispatches: state.dispatches,
  }
}

const plain = (text: string): string =>
  text
    .replaceAll(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g, '<time>')
    .replaceAll(/#\u200b?\d+/g, '#n')
    .replaceAll(/\/pull\/\d+/g, '/pull/n')
    .replaceAll(/"(?:stableD|d)eploymentId": \d+/g, '"deploymentId": <id>')
    .replaceAll(/refit:answer=\d+/g, 'refit:answer=<id>')
