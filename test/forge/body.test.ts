import { array, assert, constantFrom, integer, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_BODY, fitBody, fitLine, sameText, withMarker } from '../../src/forge/body.ts'
import { writePace } from '../../src/forge/github/pace.ts'
import { checkBranch, checkPath } from '../../src/forge/names.ts'
import { git, makeRepository } from '../support/git.ts'

describe('a body', () => {
  test('that fits is left alone', () => {
    expect(fitBody('short')).toBe('short')
    expect(fitBody('x'.repeat(MAX_BODY))).toHaveLength(MAX_BODY)
  })

  test('that does not is cut to fit, whatever it is', () => {
    const line = constantFrom('text', '```', '<details>', '</details>', '😀😀😀', '| a | b |', '')
    assert(
      property(array(line, { minLength: 50, maxLength: 300 }), integer({ min: 600, max: 1200 }), (lines, limit) => {
        const cut = fitBody(lines.join('\n'), limit)
        expect(cut.length).toBeLessThanOrEqual(limit)
        // No half of an emoji.
        expect(encodeURIComponent(cut)).toBeTruthy()
        expect((cut.match(/^```/gm)?.length ?? 0) % 2 === 0 || cut === lines.join('\n')).toBe(true)
      }),
    )
  })

  test('keeps its marker in front, once', () => {
    expect(withMarker('<!-- m -->', 'text')).toBe('<!-- m -->\ntext')
    expect(withMarker('<!-- m -->', 'text <!-- m -->')).toBe('text <!-- m -->')
  })

  test('is the same but for white space', () => {
    expect(sameText('a\r\n\r\nb ', ' a\nb')).toBe(true)
    expect(sameText('ab', 'a b')).toBe(false)
  })

  test('a line is one line of at most 140 characters', () => {
    expect(fitLine('a\n b')).toBe('a b')
    expect(fitLine('x'.repeat(200))).toHaveLength(140)
  })
})

describe('names', () => {
  test('branches are judged as git judges them', () => {
    const root = makeRepository()
    const byGit = (name: string): boolean => {
      try {
        git(root, ['check-ref-format', '--branch', name])
        return true
      } catch {
        return false
      }
    }
    const names = [
      'main',
      'refit/retrain/churn',
      'a.b',
      'a..b',
      '.a',
      'a/.b',
      'a.lock',
      'a.lock/b',
      'a b',
      'a~1',
      'a^',
      'a:b',
      'a?',
      'a*',
      'a[',
      'a\\b',
      'a@{1}',
      '/a',
      'a/',
      'a//b',
      'a.',
      '-a',
      'ü',
      'a\u007f',
    ]
    const ours = (name: string): boolean => {
      try {
        return checkBranch(name) === name
      } catch {
        return false
      }
    }
    expect(names.filter(ours)).toEqual(names.filter(byGit))
    expect(names.filter(ours)).toEqual(['main', 'refit/retrain/churn', 'a.b', 'ü'])
  })

  test('paths stay inside', () => {
    for (const path of ['a', 'a/b.c', 'a b/ü', '...', '.github/x']) expect(checkPath(path)).toBe(path)
  })

  test.each(['', '/a', 'a/', '.', '..', 'a/../b', 'a//b', 'a\\b', '.git/x', 'a/.GIT/x', 'a\0'])(
    '%j leads outside',
    (path) => {
      expect(() => checkPath(path)).toThrow(/no plain path/)
    },
  )
})

test('writes are quick until the burst is used, then one at a time', async () => {
  const { schedule } = writePace(3, 20).key()
  const times: number[] = []
  const start = performance.now()
  await Promise.all(Array.from({ length: 6 }, () => schedule({}, () => times.push(performance.now() - start))))
  expect(times[2]).toBeLessThan(18)
  expect(times[5]).toBeGreaterThan(50)
  // A retry has been paid for already.
  const before = performance.now()
  await schedule({ weight: 0 }, () => {})
  expect(performance.now() - before).toBeLessThan(15)
})
