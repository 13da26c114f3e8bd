import { created, invalid, notFound, ok, page, type Route } from './http.ts'

const READ = [{ contents: 'read' as const }]
const WRITE = [{ contents: 'write' as const }]
const MAX_BLOB = 40 * 1024 * 1024
const REF = /^refs\/heads\/.+/

export const gitRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '',
    needs: [{ metadata: 'read' }],
    serve: (_request, state, settings) =>
      ok({
        full_name: settings.repository,
        default_branch: 'main',
        node_id: 'R_emulated',
        private: false,
        size: state.pulls.length,
      }),
  },
  {
    method: 'GET',
    path: '/git/ref/:ref',
    needs: READ,
    serve: ({ params: { ref = '' } }, { git }) => {
      const oid = git.resolve(`refs/${ref}`)
      return oid === undefined ? notFound : ok({ ref: `refs/${ref}`, object: { type: 'commit', sha: oid } })
    },
  },
  {
    method: 'POST',
    path: '/git/refs',
    needs: WRITE,
    body: { ref: 'string', sha: 'string' },
    serve: ({ body }, state) => {
      const { ref, sha } = body as { ref: string; sha: string }
      if (!REF.test(ref)) return invalid('Reference name is not valid')
      if (state.git.resolve(sha) === undefined) return invalid('Object does not exist')
      if (state.git.resolve(ref) !== undefined) return invalid('Reference already exists')
      // Git keeps branches as files: one cannot be a folder of another.
      const parts = ref.split('/')
      if (parts.some((_, i) => i > 2 && state.git.resolve(parts.slice(0, i).join('/')) !== undefined))
        return invalid('Reference update failed')
      state.git.updateRef(ref, sha, undefined)
      state.refsMoved()
      return created({ ref, object: { type: 'commit', sha } })
    },
  },
  {
    method: 'PATCH',
    path: '/git/refs/:ref',
    needs: WRITE,
    body: { sha: 'string', force: 'boolean?' },
    serve: ({ params: { ref = '' }, body }, state) => {
      const { sha, force = false } = body as { sha: string; force?: boolean }
      const old = state.git.resolve(`refs/${ref}`)
      if (old === undefined) return invalid('Reference does not exist')
      if (state.git.resolve(sha) === undefined) return invalid('Object does not exist')
      if (!force && !state.git.isAncestor(old, sha)) return invalid('Update is not a fast forward')
      state.git.updateRef(`refs/${ref}`, sha, old)
      state.refsMoved()
      return ok({ ref: `refs/${ref}`, object: { type: 'commit', sha } })
    },
  },
  {
    method: 'DELETE',
    path: '/git/refs/:ref',
    needs: WRITE,
    serve: ({ params: { ref = '' } }, state) => {
      const old = state.git.resolve(`refs/${ref}`)
      if (old === undefined) return invalid('Reference does not exist')
      state.git.updateRef(`refs/${ref}`, undefined, old)
      state.refsMoved()
      return { status: 204 }
    },
  },
  {
    method: 'GET',
    path: '/git/commits/:oid',
    needs: READ,
    serve: ({ params: { oid = '' } }, { git }) => {
      if (!git.exists(oid)) return notFound
      const { tree, parents, message } = git.readCommit(oid)
      return ok({ sha: oid, tree: { sha: tree }, parents: parents.map((sha) => ({ sha })), message })
    },
  },
  {
    method: 'POST',
    path: '/git/commits',
    needs: WRITE,
    body: { message: 'string', tree: 'string', parents: 'array' },
    serve: ({ body }, { git }) => {
      const { message, tree, parents } = body as { message: string; tree: string; parents: string[] }
      if (!git.exists(tree)) return invalid('Tree SHA does not exist')
      if (!parents.every((parent) => git.exists(parent)))
        return invalid('Parent SHA does not exist or is not a commit object')
      return created({ sha: git.writeCommit(tree, parents, message), tree: { sha: tree } })
    },
  },
  {
    method: 'GET',
    path: '/git/trees/:oid',
    needs: READ,
    query: ['recursive'],
    serve: ({ params: { oid = '' }, query }, { git }, { treeLimit }) => {
      if (!git.exists(oid)) return notFound
      const recursive = query.has('recursive')
      const all = git.listTree(oid, recursive)
      const truncated = recursive && all.length > treeLimit
      return ok({ sha: oid, tree: truncated ? all.slice(0, treeLimit) : all, truncated })
    },
  },
  {
    method: 'POST',
    path: '/git/trees',
    needs: WRITE,
    body: { tree: 'array', base_tree: 'string?' },
    serve: ({ body }, { git }) => {
      const { tree, base_tree: base } = body as { base_tree?: string; tree: Record<string, unknown>[] }
      if (tree.length === 0) return invalid('Invalid tree info')
      if (base !== undefined && !git.exists(base)) return invalid('base_tree does not exist')
      const inBase = new Set(base === undefined ? [] : git.listTree(base, true).map((entry) => entry.path))
      const entries: { path: string; sha: string | null }[] = []
      for (const { path, mode, type, sha, content } of tree) {
        if (typeof path !== 'string' || path.startsWith('/') || mode !== '100644' || type !== 'blob') {
          return invalid('Invalid tree info')
        }
        if ((content === undefined) === (sha === undefined))
          return invalid('Must supply either tree.sha or tree.content')
        if (sha === null && !inBase.has(path)) return invalid('GitRPC::BadObjectState')
        if (typeof sha === 'string' && !git.exists(sha)) return invalid(`tree.sha ${sha} is not a valid blob`)
        entries.push({
          path,
          sha: typeof content === 'string' ? git.writeBlob(Buffer.from(content)) : (sha as string | null),
        })
      }
      return created({ sha: git.writeTree(base, entries), truncated: false })
    },
  },
  {
    method: 'POST',
    path: '/git/blobs',
    needs: WRITE,
    body: { content: 'string', encoding: 'string' },
    serve: ({ body }, { git }) => {
      const { content, encoding } = body as { content: string; encoding: string }
      if (encoding !== 'base64') return invalid('encoding must be base64')
      const bytes = Buffer.from(content, 'base64')
      if (bytes.length > MAX_BLOB) return invalid('Sorry, your input was too large to process')
      return created({ sha: git.writeBlob(bytes) })
    },
  },
  {
    method: 'GET',
    path: '/contents/:path',
    needs: READ,
    query: ['ref'],
    serve: ({ params: { path = '' }, query, accept }, { git }) => {
      if (!/application\/vnd\.github(\.v3)?\.raw/.test(accept)) throw new Error('the emulator has raw contents only')
      const commit = git.resolve(query.get('ref') ?? 'main')
      if (commit === undefined)
        return { status: 404, body: { message: `No commit found for the ref ${query.get('ref')}` } }
      const file = git.readFile(commit, path)
      if (file === undefined) return notFound
      if (file === 'folder') return ok([{ path }])
      return { status: 200, body: file, headers: { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' } }
    },
  },
  {
    method: 'GET',
    path: '/compare/:basehead',
    needs: READ,
    serve: ({ params: { basehead = '' } }, { git }) => {
      const [base, head] = basehead.split('...').map((name) => git.resolve(name))
      if (base === undefined || head === undefined) return notFound
      const compared = git.compare(base, head)
      if (compared === undefined)
        return { status: 404, body: { message: `No common ancestor between ${base} and ${head}.` } }
      const commits = compared.commits.map((sha) => {
        const { message, date } = git.readCommit(sha)
        return { sha, commit: { message, committer: { date } } }
      })
      return ok({
        merge_base_commit: { sha: compared.mergeBase },
        total_commits: commits.length,
        commits: commits.slice(0, 250),
        files: compared.files.slice(0, 300),
      })
    },
  },
  {
    method: 'GET',
    path: '/commits',
    needs: READ,
    query: ['sha', 'path', 'per_page', 'page'],
    serve: (request, { git }, settings) => {
      const from = git.resolve(request.query.get('sha') ?? 'main')
      if (from === undefined) return { status: 404, body: { message: 'Not Found' } }
      const all = git.log(from, request.query.get('path') ?? undefined, 0, 1000).map((sha) => {
        const { message, date } = git.readCommit(sha)
        return { sha, commit: { message, committer: { date } } }
      })
      return page(request, settings, all)
    },
  },
]
