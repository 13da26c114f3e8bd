import { describe, expect, test } from 'vitest'
import { commentCommands } from '../../src/commands/comment-commands.ts'

const read = (body: string): string[] =>
  commentCommands(body).map(({ verb, model, reason }) => [verb, model, reason].join('|'))

describe('a command is a line that the person wrote', () => {
  test.each([
    ['alone', '/refit rollback churn error rate doubled', ['rollback|churn|error rate doubled']],
    ['without a reason', '/refit hold churn', ['hold|churn|']],
    ['without a model', '/refit status', ['status||']],
    ['without anything', '/refit', ['||']],
    ['after other words, with Windows line ends', 'As agreed:\r\n/refit hold churn\r\n\r\nThanks', ['hold|churn|']],
    ['with capitals', '/Refit ROLLBACK churn', ['rollback|churn|']],
    ['with tabs, many spaces and no-break spaces', '/refit\t rollback \u00a0churn  why', ['rollback|churn|why']],
    ['behind up to three spaces', '   /refit hold churn', ['hold|churn|']],
    [
      'with markup in its reason',
      '/refit hold churn see `/infer` and **this** https://x.y',
      ['hold|churn|see `/infer` and **this** https://x.y'],
    ],
    ['ended by a line break of Markdown', '/refit hold churn \\\n/refit resume spam', ['hold|churn|', 'resume|spam|']],
    ['above a signature, which Markdown takes for a heading', '/refit hold churn\n-- \nAna', ['hold|churn|']],
    ['below a quotation and an empty line', '> What now?\n\n/refit hold churn', ['hold|churn|']],
    ['below code', '```\nlog\n```\n/refit hold churn', ['hold|churn|']],
    ['below an HTML comment', '<!-- note -->\n\n/refit hold churn', ['hold|churn|']],
    ['after a line break in HTML', 'So:<br>\n/refit hold churn', ['hold|churn|']],
    ['behind a no-break space', '\u00a0/refit hold churn', ['hold|churn|']],
    [
      'with invisible characters, as programs copy them',
      '\ufeff\u200b/refit\u200b hold\u2060 churn\u200b',
      ['hold|churn|'],
    ],
    ['ended by a backslash', '/refit hold\\', ['hold||']],
    ['with a line separator in its reason', '/refit hold churn so\u2028said', ['hold|churn|so\u2028said']],
    ['below amounts of money', 'It costs $$ or $$$$\n/refit hold churn', ['hold|churn|']],
    ['below a formula', '$$\nx\n$$\n/refit hold churn', ['hold|churn|']],
    ['several', '/refit hold churn\ntext\n/refit resume spam it was us', ['hold|churn|', 'resume|spam|it was us']],
  ])('%s', (_how, body, commands) => {
    expect(read(body)).toEqual(commands)
  })
})

describe('what only shows a command is none', () => {
  test.each([
    ['in a quotation', '> /refit rollback churn'],
    ['in a nested quotation', '> > /refit rollback churn'],
    ['in a line that Markdown adds to the quotation above', '> so\n/refit rollback churn'],
    ['in a code fence', '```\n/refit rollback churn\n```'],
    ['in a fence of tildes with a language', '~~~sh\n/refit rollback churn\n~~~'],
    ['in a fence that is never closed', '```\n/refit rollback churn'],
    ['in indented code', '    /refit rollback churn'],
    ['in code after a tab', '\t/refit rollback churn'],
    ['in a code span', 'Type `/refit rollback churn`'],
    ['in a code span over lines', 'Type `\n/refit rollback churn\n`'],
    ['in an HTML comment', '<!--\n/refit rollback churn\n-->'],
    ['in an HTML comment with empty lines', '<!--\n\n/refit rollback churn\n\n-->'],
    ['in an HTML comment within a line', 'So <!--\n/refit rollback churn\n--> it was'],
    ['in a quotation of HTML', '<blockquote>\n\n/refit rollback churn\n\n</blockquote>'],
    ['in preformatted HTML', '<pre>\n/refit rollback churn\n</pre>'],
    ['in details', '<details><summary>Log</summary>\n\n/refit rollback churn\n\n</details>'],
    ['in an element within a line', 'He said <q>\n/refit rollback churn\n</q>'],
    ['in a list', '- /refit rollback churn'],
    ['in a table', '| a |\n|---|\n| /refit rollback churn |'],
    ['in a heading', '# /refit rollback churn'],
    ['struck out', '~~so\n/refit rollback churn~~'],
    ['in a link', '[see\n/refit rollback churn](https://x.y)'],
    ['in a further paragraph of a footnote', 'So[^1]\n\n[^1]: see\n\n    /refit rollback churn'],
    ['in a formula', '$$\n/refit rollback churn\n$$'],
    ['in a formula within a text', 'So $$ x\n/refit rollback churn\ny $$ it is'],
    ['in the second line of a footnote', 'So[^1]\n\n[^1]: see\n/refit rollback churn'],
    ['within a line', 'Use /refit rollback churn'],
    ['as the beginning of a path', '/refit/state/churn'],
    ['as the beginning of another word', '/refitting churn'],
    ['escaped', '\\/refit rollback churn'],
    ['nowhere', 'Nice model!'],
    ['nested so deeply that no parser follows', `${'>'.repeat(30_000)}\n/refit rollback churn`],
  ])('%s', (_where, body) => {
    expect(read(body)).toEqual([])
  })

  test('and does not hide the one beside it', () => {
    expect(read('> /refit rollback churn\n\nNo, rather:\n\n/refit hold churn')).toEqual(['hold|churn|'])
  })
})
