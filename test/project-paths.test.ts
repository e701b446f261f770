import { describe, expect, test } from 'vitest'
import { matchesComponent } from '../server/src/project/glob.ts'
import { basename, dirname, isAbsolute, isInside, join, normalize, relative } from '../server/src/project/paths.ts'
import {
  compareVersions,
  formatVersion,
  lowerBound,
  parseRequirement,
  parseVersion,
  satisfies,
} from '../server/src/project/version.ts'

describe('paths', () => {
  test.each([
    ['/a', '../b', '/b'],
    ['/a/b', './c//d/', '/a/b/c/d'],
    ['/', '../../x', '/x'],
    ['/a', '/b/c', '/b/c'],
    ['C:/a/b', '..\\c', 'C:/a/c'],
    ['C:/a', '../../..', 'C:/'],
    ['C:/a', 'D:\\x', 'D:/x'],
    ['//server/share/a', '../../b', '//server/share/b'],
    ['vscode-vfs://github/owner/repo', '../x', 'vscode-vfs://github/owner/x'],
    ['vscode-vfs://github/', '../x', 'vscode-vfs://github/x'],
    ['file:///a/b', '../../../x', 'file:///x'],
  ])('join %s and %s', (base, path, expected) => {
    expect(join(base, path)).toBe(expected)
  })

  test('dirname and basename stop at roots', () => {
    expect([dirname('/a/b'), dirname('/a'), dirname('/')]).toEqual(['/a', '/', null])
    expect([dirname('C:/a'), dirname('C:/')]).toEqual(['C:/', null])
    expect([dirname('memfs://x/a/b'), dirname('memfs://x/a'), dirname('memfs://x/')]).toEqual(['memfs://x/a', 'memfs://x/', null])
    expect([basename('/a/b.rs'), basename('C:/'), basename('/')]).toEqual(['b.rs', '', ''])
  })

  test('inside and relative go by components', () => {
    expect([isInside('/a/bc', '/a/b'), isInside('/a/b/c', '/a/b'), isInside('/a', '/')]).toEqual([false, true, true])
    expect([relative('/a/b/c', '/a'), relative('/a', '/a'), relative('/b', '/a'), relative('/b', '/')]).toEqual([
      'b/c',
      '',
      null,
      'b',
    ])
  })

  test('normal paths stay, relative ones keep their dots', () => {
    expect([normalize('/a/b'), normalize('../a'), normalize('a/../b')]).toEqual(['/a/b', '../a', 'b'])
    expect([isAbsolute('C:\\x'), isAbsolute('x/y'), isAbsolute('..')]).toEqual([true, false, false])
  })
})

describe('globs', () => {
  test.each([
    ['*', 'anything', true],
    ['py-*', 'py-core', true],
    ['py-*', 'core', false],
    ['a?c', 'abc', true],
    ['[ab]x', 'bx', true],
    ['[!ab]x', 'bx', false],
    ['a.b', 'axb', false],
    ['[', 'x', false],
    ['a+(b)', 'a+(b)', true],
  ])('%s on %s: %s', (pattern, name, expected) => {
    expect(matchesComponent(pattern, name)).toBe(expected)
  })
})

describe('versions', () => {
  const allows = (requirement: string, version: string): boolean => {
    const ranges = parseRequirement(requirement)
    const parsed = parseVersion(version)
    if (!ranges || !parsed) throw new Error(`${requirement} or ${version} cannot be read`)
    return satisfies(parsed, ranges)
  }

  test.each([
    ['1.2', '1.2.0 1.9.9', '1.1.9 2.0.0 1.3.0-rc.1'],
    ['0.29', '0.29.0 0.29.7', '0.28.9 0.30.0'],
    ['0.0.3', '0.0.3', '0.0.2 0.0.4'],
    ['0.0', '0.0.9', '0.1.0'],
    ['0', '0.0.1 0.99.0', '1.0.0'],
    ['1', '1.0.0 1.99.0', '0.9.9 2.0.0'],
    ['^1.2.3', '1.2.3 1.4.0', '1.2.2 2.0.0'],
    ['~1.2.3', '1.2.3 1.2.9', '1.3.0'],
    ['~1', '1.0.0 1.9.0', '2.0.0'],
    ['1.*', '1.0.0 1.9.0', '2.0.0 0.9.0'],
    ['1.2.*', '1.2.0 1.2.9', '1.3.0'],
    ['*', '0.0.1 9.9.9', '1.0.0-alpha'],
    ['=1.2', '1.2.0 1.2.9', '1.3.0'],
    ['=1.2.3', '1.2.3 1.2.3+build', '1.2.4'],
    ['>=0.26, <0.29', '0.26.0 0.28.9', '0.25.9 0.29.0 0.29.0-rc.1'],
    ['> 1.2', '1.3.0', '1.2.9'],
    ['>1.2.3', '1.2.4', '1.2.3'],
    ['<=1.2', '1.2.9 0.1.0', '1.3.0'],
    ['1.0.0-rc.1', '1.0.0-rc.1 1.0.0-rc.2 1.0.0 1.5.0', '1.0.0-beta.9 1.1.0-rc.1'],
  ])('%s', (requirement, allowed, refused) => {
    for (const version of allowed.split(' ')) expect(allows(requirement, version), version).toBe(true)
    for (const version of refused.split(' ')) expect(allows(requirement, version), version).toBe(false)
  })

  test('precedence', () => {
    const sorted = [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0',
      '1.0.1',
      '1.10.0',
    ]
    const parse = (text: string) => parseVersion(text) ?? { major: 0, minor: 0, patch: 0, pre: 'unreadable' }
    expect([...sorted].reverse().map(parse).sort(compareVersions).map(formatVersion)).toEqual(sorted)
  })

  test('what cannot be read is null', () => {
    expect([parseVersion('1.2'), parseVersion('x'), parseRequirement('latest'), lowerBound('git')]).toEqual([
      null,
      null,
      null,
      null,
    ])
    expect(lowerBound('>=0.23, <0.30')).toEqual({ major: 0, minor: 23, patch: 0, pre: '' })
  })
})
