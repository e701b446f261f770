import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type CfgExpr,
  cfgOfAttrs,
  cfgText,
  conjunction,
  evaluate,
  evaluateWith,
  type FeatureState,
  negate,
  parseCfg,
  parseCfgAttr,
} from '../server/src/project/cfg.ts'
import { cfgEnv } from '../server/src/project/cfg-env.ts'
import {
  atomsOf,
  decide,
  isSatisfiable,
  isSatisfiableTogether,
  positiveFeatures,
  simplify,
} from '../server/src/project/cfg-logic.ts'
import { parseCfgText, targetKeyApplies } from '../server/src/project/cfg-text.ts'
import { mentionedFlags } from '../server/src/project/rustflags.ts'
import { Database } from '../server/src/query/database.ts'
import type { Meta } from '../server/src/syntax/summary.ts'

const span = { start: 0, end: 0 }
const word = (path: string): Meta => ({ path, args: null, value: null, quoted: false, span })
const list = (path: string, ...args: Meta[]): Meta => ({ path, args, value: null, quoted: false, span })
const pair = (path: string, value: string): Meta => ({ path, args: null, value, quoted: true, span })
const cfg = (text: string): CfgExpr => parseCfgText(`cfg(${text})`) ?? expect.fail(`${text} is not a predicate`)
const features = (states: Record<string, FeatureState>): Map<string, FeatureState> => new Map(Object.entries(states))
const env = cfgEnv(features({ std: 'on', python: 'off', maybe: 'unknown' }))

describe('parsing', () => {
  it('reads predicates of attributes', () => {
    const meta = list('all', pair('feature', 'python'), list('not', word('test')), list('any', word('unix'), word('true')))
    expect(cfgText(parseCfg(meta))).toBe('all(feature = "python", not(test), any(unix, true))')
  })

  it('reads `true` as a constant and `r#true` as a flag', () => {
    expect(parseCfg(word('true'))).toEqual({ kind: 'const', value: true })
    expect(parseCfg({ path: '', args: null, value: 'false', quoted: false, span })).toEqual({ kind: 'const', value: false })
    expect(parseCfg(word('r#true'))).toEqual({ kind: 'flag', name: 'true' })
  })

  it.each([
    list('accessible', word('std::sync')),
    list('not'),
    list('not', word('a'), word('b')),
    word('a::b'),
    { ...pair('x', '1'), quoted: false },
  ])('keeps %j as opaque, always unknown', (meta) => {
    const expr = parseCfg(meta)
    expect(expr.kind).toBe('opaque')
    expect(evaluate(expr, env)).toBe('unknown')
  })

  it.each([
    ['cfg(windows)', 'windows'],
    [" cfg ( all ( unix , not ( target_os = 'x' ) , ) ) ", null],
    ['cfg(all(unix, not(target_os = "macos"),))', 'all(unix, not(target_os = "macos"))'],
    ['cfg(any())', 'any()'],
    ['cfg(target_arch = r"x86")', 'target_arch = "x86"'],
  ])('reads the table key %s', (key, text) => {
    const expr = parseCfgText(key)
    expect(expr?.kind === 'opaque' ? null : expr && cfgText(expr)).toBe(text)
  })

  it('tells triples from predicates', () => {
    expect(parseCfgText('x86_64-pc-windows-msvc')).toBeNull()
    expect(targetKeyApplies('x86_64-unknown-linux-gnu', env)).toBe(true)
    expect(targetKeyApplies('x86_64-pc-windows-msvc', env)).toBe(false)
    expect(targetKeyApplies('cfg(windows)', env)).toBe(false)
    expect(targetKeyApplies('cfg(custom_flag)', env)).toBe('unknown')
  })

  it('joins several cfg attributes and cfg inside cfg_attr', () => {
    const attrs = [list('cfg', word('unix')), list('cfg_attr', word('a'), list('cfg', word('b')), word('inline')), word('derive')]
    const expr = cfgOfAttrs(attrs.map((meta) => ({ meta, span })))
    expect(expr && cfgText(expr)).toBe('all(unix, any(not(a), b))')
    expect(cfgOfAttrs([{ meta: word('pyclass'), span }])).toBeNull()
  })

  it('splits cfg_attr', () => {
    const split = parseCfgAttr(list('cfg_attr', pair('feature', 'python'), word('pyclass'), word('derive')))
    expect(split && cfgText(split.when)).toBe('feature = "python"')
    expect(split?.attrs.map((meta) => meta.path)).toEqual(['pyclass', 'derive'])
    expect(parseCfgAttr(word('cfg_attr'))).toBeNull()
  })
})

describe('evaluation', () => {
  it.each([
    ['unix', true],
    ['windows', false],
    ['target_family = "unix"', true],
    ['target_os = "macos"', false],
    ['target_has_atomic = "64"', true],
    ['target_has_atomic = "128"', false],
    ['target_feature = "avx2"', 'unknown'],
    ['test', false],
    ['docsrs', false],
    ['debug_assertions', 'unknown'],
    ['panic = "unwind"', 'unknown'],
    ['custom_flag', 'unknown'],
    ['feature = "std"', true],
    ['feature = "python"', false],
    ['feature = "maybe"', 'unknown'],
    ['feature = "undeclared"', false],
    ['Py_3_7', true],
    ['Py_3_14', true],
    ['Py_3_15', 'unknown'],
    ['Py_GIL_DISABLED', 'unknown'],
    ['Py_LIMITED_API', 'unknown'],
    ['all(unix, custom_flag)', 'unknown'],
    ['all(windows, custom_flag)', false],
    ['any(unix, custom_flag)', true],
    ['not(custom_flag)', 'unknown'],
    ['not(any(test, windows))', true],
    ['all()', true],
    ['any()', false],
  ] as const)('%s is %s', (text, expected) => expect(evaluate(cfg(text), env)).toBe(expected))

  it('has no flags of tools and opt-ins but those that a cargo configuration mentions', () => {
    expect(evaluate(cfg('tokio_unstable'), env)).toBe(false)
    expect(evaluate(cfg('any(loom, kani)'), env)).toBe(false)
    expect(evaluate(cfg('tokio_unstable'), cfgEnv(null, { openFlags: ['tokio_unstable'] }))).toBe('unknown')
    const db = new Database()
    db.setText('/a/b/Cargo.toml', '')
    db.setText('/a/.cargo/config.toml', '[build]\nrustflags = ["--cfg", "tokio_unstable", "--cfg=loom"]')
    db.setText('/a/b/.cargo/config.toml', '[target.x]\nrustflags = "-g --cfg kani"')
    expect(mentionedFlags(db, '/a/b/Cargo.toml').toSorted()).toEqual(['kani', 'loom', 'tokio_unstable'])
    expect(mentionedFlags(db, '/c/Cargo.toml')).toEqual([])
  })

  it('follows the Python that is assumed', () => {
    const free = cfgEnv(null, { python: 'free-threaded', limitedApi: 'on' })
    expect(evaluate(cfg('Py_GIL_DISABLED'), free)).toBe(true)
    expect(evaluate(cfg('Py_LIMITED_API'), free)).toBe(false)
    const old = cfgEnv(null, { python: 'gil', pythonMinor: 12, limitedApi: 'on' })
    expect(evaluate(cfg('all(Py_3_12, not(Py_3_13), not(Py_GIL_DISABLED), Py_LIMITED_API)'), old)).toBe(true)
    expect(evaluate(cfg('feature = "x"'), old)).toBe('unknown')
  })

  it('decides what holds either way', () => {
    expect(evaluate(cfg('any(other, not(other))'), env)).toBe('unknown')
    expect(decide(cfg('any(other, not(other))'), env)).toBe(true)
    expect(decide(cfg('all(other, not(other))'), env)).toBe(false)
    expect(decide(cfg('other'), env)).toBe('unknown')
    expect(cfgText(simplify(cfg('all(unix, any(windows, other))'), env))).toBe('other')
  })
})

describe('logic', () => {
  it.each([
    ['x', 'not(x)', false],
    ['x', 'y', true],
    ['Py_GIL_DISABLED', 'not(Py_GIL_DISABLED)', false],
    ['target_os = "linux"', 'target_os = "macos"', false],
    ['target_os = "linux"', 'not(unix)', false],
    ['target_os = "windows"', 'unix', false],
    ['target_family = "unix"', 'not(unix)', false],
    ['windows', 'unix', false],
    ['not(windows)', 'not(unix)', true],
    ['Py_3_12', 'not(Py_3_9)', false],
    ['Py_3_9', 'not(Py_3_12)', true],
    ['feature = "a"', 'feature = "b"', true],
    ['target_has_atomic = "8"', 'target_has_atomic = "64"', true],
    ['any(a, b)', 'not(any(b, a))', false],
    ['all(a, b)', 'any(not(a), c)', true],
  ])('%s together with %s: %s', (a, b, expected) => {
    expect(isSatisfiableTogether(cfg(a), cfg(b))).toBe(expected)
    expect(isSatisfiableTogether(cfg(b), cfg(a))).toBe(expected)
  })

  it.each([
    ['feature = "python"', ['python']],
    ['all(feature = "python", not(test))', ['python']],
    ['all(feature = "python", feature = "std", feature = "extra")', ['extra', 'python']],
    ['any(feature = "a", feature = "b")', null],
    ['any(feature = "a", all(feature = "a", feature = "b"))', ['a']],
    ['feature = "std"', []],
    ['unix', []],
    ['windows', null],
    ['all(feature = "python", loom)', null],
    ['all(feature = "python", not(feature = "std"))', null],
    ['all(feature = "python", not(feature = "other"))', ['python']],
  ])('features for %s: %j', (text, expected) => expect(positiveFeatures(cfg(text), env)).toEqual(expected))

  const atom = fc.constantFrom<CfgExpr>(...['a', 'b', 'c', 'd'].map((name) => ({ kind: 'flag' as const, name })))
  const { expr } = fc.letrec<{ expr: CfgExpr }>((tie) => ({
    expr: fc.oneof(
      { maxDepth: 4 },
      atom,
      fc.record({ kind: fc.constantFrom('all' as const, 'any' as const), of: fc.array(tie('expr'), { maxLength: 3 }) }),
      fc.record({ kind: fc.constant('not' as const), of: tie('expr') }),
    ),
  }))
  const holds = (e: CfgExpr, mask: number): boolean =>
    evaluateWith(e, (a) => a.kind === 'flag' && (mask >> 'abcd'.indexOf(a.name)) % 2 === 1) === true

  it('agrees with a truth table', () => {
    fc.assert(
      fc.property(expr, expr, (a, b) => {
        const rows = Array.from({ length: 16 }, (_, mask) => mask)
        expect(isSatisfiable(a)).toBe(rows.some((mask) => holds(a, mask)))
        expect(isSatisfiableTogether(a, b)).toBe(rows.some((mask) => holds(a, mask) && holds(b, mask)))
        for (const mask of rows) {
          expect(holds(negate(a), mask)).toBe(!holds(a, mask))
          expect(holds(conjunction([a, b]), mask)).toBe(holds(a, mask) && holds(b, mask))
        }
      }),
      { numRuns: 150 },
    )
  })

  it('reads back what it prints', () => {
    fc.assert(
      fc.property(expr, (e) => {
        expect(cfg(cfgText(e))).toEqual(e)
      }),
      { numRuns: 100 },
    )
  })

  it('gives up on the safe side when a predicate is too large', () => {
    const parts = Array.from({ length: 40 }, (_, i) => `all(any(p${i}, q${i}), any(not(p${i}), not(q${i})))`)
    expect(atomsOf(cfg(`all(${parts.join(', ')})`)).length).toBe(80)
    expect(isSatisfiable(cfg(`all(${parts.join(', ')})`))).toBe(true)
  })
})
