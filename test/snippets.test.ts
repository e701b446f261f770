// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders of snippets look like those of template strings.
import { describe, expect, test } from 'vitest'
import { matchBrackets } from '../server/src/syntax/brackets.ts'
import { lex } from '../server/src/syntax/lexer.ts'
import { BUILD_SCRIPT, SNIPPET_CONTEXTS } from './snippets/contexts.ts'
import { expandSnippet } from './snippets/expand.ts'
import { readSnippets } from './snippets/snippet-files.ts'

const snippets = readSnippets()

describe('the expansion of placeholders', () => {
  test.each([
    ['plain {text} and a \\ alone', 'plain {text} and a \\ alone'],
    ['$1 then ${1:default}', 'default then default'],
    ['${1:first} ${1:second}', 'first first'],
    ['${1:outer ${2:inner}} $2', 'outer inner inner'],
    ['${1|one,two|} $1', 'one one'],
    ['${1|a\\,b,c|}', 'a,b'],
    ['\\$1 ${1:\\}} \\\\', '$1 } \\'],
    ['a\\,b', 'a\\,b'],
    ['end$0', 'end'],
    ['$10 $1${1:x}', ' xx'],
    ['{${1:a}}', '{a}'],
  ])('%j', (body, expanded) => {
    expect(expandSnippet(body)).toBe(expanded)
  })

  test.each(['$', 'a $ b', '${1:open', '${1|a,b', '${1|a,|}', '${1/a/b/}', '${NAME}', '${1:${1:x}}'])('refuses %j', (body) => {
    expect(() => expandSnippet(body)).toThrow()
  })
})

describe('the snippets', () => {
  test('have prefixes of their own within a language', () => {
    const keys = snippets.map(({ scope, prefix }) => `${scope} ${prefix}`)
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([])
  })

  test('have names of their own', () => {
    const names = snippets.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })

  test('cover what has a context', () => {
    const prefixes = new Set(snippets.map(({ prefix }) => prefix))
    expect([...Object.keys(SNIPPET_CONTEXTS), BUILD_SCRIPT].filter((prefix) => !prefixes.has(prefix))).toEqual([])
  })

  test.each(snippets.map((snippet) => [snippet.prefix, snippet] as const))(
    '%s expands and says where to go on',
    (_, { body }) => {
      expect(expandSnippet(body)).not.toBe('')
      const numbers = [...new Set([...body.matchAll(/\$\{?(\d+)/g)].map((match) => Number(match[1])))].sort((a, b) => a - b)
      const stops = numbers.filter((number) => number > 0)
      expect(stops, 'tab stops are numbered without a gap').toEqual(stops.map((_stop, index) => index + 1))
    },
  )

  test.each(snippets.filter(({ scope }) => scope === 'rust').map((snippet) => [snippet.prefix, snippet.body]))(
    '%s is Rust with balanced delimiters',
    (_, body) => {
      expect(matchBrackets(lex(expandSnippet(body))).errors).toEqual([])
    },
  )
})
