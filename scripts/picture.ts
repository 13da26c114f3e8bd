/**
 * `node scripts/picture.ts <body.md | report.html> [folder] [height]`: a pull request body as GitHub shows it
 * (pull-request-light.png, pull-request-dark.png), or a report page as it is (report-light.png, report-dark.png).
 * For the README; needs a Chromium (CHROMIUM=<path>, or one on the PATH).
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Marked } from 'marked'

/** Of a body as GitHub shows it, and of a page. */
const WIDTH = { body: 920, page: 1200 } as const
/** GitHub's alerts, which marked leaves as quotes. */
const ALERTS = { TIP: 'tip', NOTE: 'note', WARNING: 'warning', CAUTION: 'caution', IMPORTANT: 'important' } as const

function pageOf(markdown: string, theme: 'light' | 'dark', height = 0): string {
  const require = createRequire(import.meta.url)
  const css = readFileSync(require.resolve(`github-markdown-css/github-markdown-${theme}.css`), 'utf8')
  const mermaid = pathToFileURL(require.resolve('@mermaid-js/tiny')).href
  const marked = new Marked({ gfm: true })
  marked.use({
    renderer: {
      code: ({ lang, text }) => (lang === 'mermaid' ? `<pre class="mermaid">${escape(text)}</pre>` : false),
      blockquote(token) {
        const body = this.parser.parse(token.tokens)
        const kind = /^\s*<p>\[!(\w+)\]\s*/.exec(body)
        const name = kind?.[1] as keyof typeof ALERTS | undefined
        if (!kind || !name || !(name in ALERTS)) return false
        const title = `<p class="markdown-alert-title">${name.charAt(0)}${name.slice(1).toLowerCase()}</p>`
        return `<div class="markdown-alert markdown-alert-${ALERTS[name]}">${title}<p>${body.slice(kind[0].length)}</div>`
      },
    },
  })
  const body = marked.parse(markdown, { async: false })
  const background = theme === 'dark' ? '#0d1117' : '#ffffff'
  const cut = height > 0 ? `html { height: ${height}px; overflow: hidden }` : ''
  return `<!doctype html><meta charset="utf-8"><style>${css}
body { margin: 0; padding: 24px 32px; background: ${background} } ${cut}
.markdown-body { font-size: 14px } pre.mermaid { background: none; text-align: center }</style>
<article class="markdown-body">${body}</article><script src="${mermaid}"></script>
<script>mermaid.initialize({ startOnLoad: true, theme: '${theme === 'dark' ? 'dark' : 'default'}' })</script>`
}

const escape = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;')

/** A screenshot of a local page. */
function screenshot(
  browser: string,
  page: string,
  png: string,
  theme: 'light' | 'dark',
  size: { readonly width: number; readonly height: number },
): void {
  const profile = mkdtempSync(join(tmpdir(), 'refit-picture-'))
  try {
    const quiet = ['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--hide-scrollbars', ...quiet]
    const scheme = `--blink-settings=preferredColorScheme=${theme === 'dark' ? 0 : 1}`
    const view = [
      `--window-size=${size.width},${size.height}`,
      '--force-device-scale-factor=1.5',
      '--virtual-time-budget=6000',
      scheme,
    ]
    const where = [`--user-data-dir=${profile}`, `--screenshot=${png}`, pathToFileURL(page).href]
    execFileSync(browser, [...flags, ...view, ...where], { stdio: 'ignore', timeout: 60_000 })
  } finally {
    rmSync(profile, { recursive: true, force: true })
  }
}

function findBrowser(): string | undefined {
  const names = [process.env['CHROMIUM'], 'chromium', 'chromium-browser', 'google-chrome'].filter((name) => name)
  return names.find((name) => name !== undefined && spawnSync(name, ['--version']).status === 0)
}

function main(): void {
  const [input, folder = 'docs/images', height = '1500'] = process.argv.slice(2)
  const browser = findBrowser()
  if (input === undefined) {
    console.error('usage: node scripts/picture.ts <body.md | report.html> [folder] [height in pixels]')
    process.exitCode = 1
    return
  }
  if (browser === undefined) {
    console.log('skipped: no Chromium found; name one with CHROMIUM=<path>')
    return
  }
  mkdirSync(folder, { recursive: true })
  const isPage = input.endsWith('.html')
  const work = mkdtempSync(join(tmpdir(), 'refit-picture-'))
  try {
    for (const theme of ['light', 'dark'] as const) {
      const page = isPage ? resolve(input) : join(work, `${theme}.html`)
      const png = resolve(folder, `${isPage ? 'report' : 'pull-request'}-${theme}.png`)
      if (!isPage) writeFileSync(page, pageOf(readFileSync(input, 'utf8'), theme, Number(height)))
      screenshot(browser, page, png, theme, { width: isPage ? WIDTH.page : WIDTH.body, height: Number(height) })
      console.log(png)
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

if (import.meta.main ?? process.argv[1]?.endsWith('picture.ts')) main()
