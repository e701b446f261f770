import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createFactsDb } from '../server/src/facts/db.ts'
import type { FactCond, FactItem, FactsCrate, FactType } from '../server/src/facts/facts.ts'
import { readSection, sectionIndex } from '../server/src/facts/section.ts'
import { choose, compareVersions, compatKey } from '../server/src/facts/versions.ts'

const folder = join(import.meta.dirname, '../server/data/facts')
const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'))
const db = createFactsDb(texts)

function crate(name: string, version: string | null = null): FactsCrate {
  const found = db.crate(name, version)
  if (!found) throw new Error(`no facts of ${name} ${version}`)
  return found
}

function item(path: string, version: string | null = null): FactItem | null {
  const [name = '', ...rest] = path.split('::')
  return crate(name, version).lookup(rest)
}

function type(path: string, version: string | null = null): FactType {
  const found = item(path, version)
  if (found?.kind !== 'type') throw new Error(`${path} is ${found?.kind}`)
  return found.type
}

/** `yes`, `no`, `unknown`, or `T: Send, …`. */
function text(cond: FactCond): string {
  return cond.needs.length === 0 ? cond.verdict : cond.needs.map((need) => `${need.type}: ${need.bound}`).join(', ')
}

describe('std', () => {
  it.each([
    ['std::sync::Mutex', 'T: Send', 'T: Send'],
    ['std::sync::RwLock', 'T: Send', 'T: Sync, T: Send'],
    ['std::sync::Arc', 'A: Send, T: Send, T: Sync', 'A: Sync, T: Sync, T: Send'],
    ['std::rc::Rc', 'no', 'no'],
    ['std::cell::RefCell', 'T: Send', 'no'],
    ['std::sync::MutexGuard', 'no', 'T: Sync'],
    ['std::vec::Vec', 'A: Send, T: Send', 'A: Sync, T: Sync'],
    ['std::string::String', 'yes', 'yes'],
    ['std::sync::mpsc::Receiver', 'T: Send', 'no'],
    ['std::sync::OnceLock', 'T: Send', 'T: Sync, T: Send'],
    ['std::ptr::NonNull', 'no', 'no'],
    ['std::slice::IterMut', 'T: Send', 'T: Sync'],
    [
      'std::borrow::Cow',
      '<B as std::borrow::ToOwned>::Owned: Send, B: Sync',
      '<B as std::borrow::ToOwned>::Owned: Sync, B: Sync',
    ],
  ])('%s', (path, send, sync) => {
    expect([text(type(path).send), text(type(path).sync)].map(sorted)).toEqual([send, sync].map(sorted))
  })

  it('knows one type under all its names', () => {
    for (const path of ['alloc::sync::Arc', 'std::sync::Arc', 'std::prelude::v1::Vec', 'core::cell::Cell']) {
      expect(type(path).path).toBe(path.replace(/^(alloc|core)/, 'std').replace('prelude::v1', 'vec'))
    }
    expect(type('std::collections::hash_map::HashMap')).toEqual(type('std::collections::HashMap'))
  })

  it('keeps parameters, defaults and lifetimes in order', () => {
    expect(type('std::collections::HashMap').params.map((param) => [param.name, param.default])).toEqual([
      ['K', null],
      ['V', null],
      ['S', 'std::hash::RandomState'],
      ['A', 'std::alloc::Global'],
    ])
    expect(type('std::slice::Iter').params.map((param) => param.kind)).toEqual(['lifetime', 'type'])
    expect(type('std::array::IntoIter').params.map((param) => param.kind)).toEqual(['type', 'const'])
  })

  it.each([
    ['std::io::Result', 'std::result::Result<T, std::io::Error>'],
    ['std::fmt::Result', 'std::result::Result<(), std::fmt::Error>'],
    ['std::num::NonZeroU8', 'std::num::NonZero<u8>'],
    ['std::ffi::c_int', 'i32'],
    ['std::sync::LockResult', 'std::result::Result<T, std::sync::PoisonError<T>>'],
  ])('alias %s', (path, target) => {
    const found = item(path)
    expect(found?.kind === 'alias' && found.alias.target).toBe(target)
  })

  it('knows traits, their auto supertraits and associated types', () => {
    const any = item('std::any::Any')
    expect(any?.kind === 'trait' && [any.trait.autoSupertraits, any.trait.complete]).toEqual([[], true])
    const iterator = item('std::iter::Iterator')
    expect(iterator?.kind === 'trait' && iterator.trait.assocTypes).toEqual([{ name: 'Item', bounds: [] }])
    const error = item('std::error::Error')
    expect(error?.kind === 'trait' && error.trait.supertraits).toEqual(['std::fmt::Debug', 'std::fmt::Display'])
  })

  it('knows the impls that projections need', () => {
    const owned = crate('std').impls('std::borrow::ToOwned')
    expect(owned).toContainEqual({
      trait: 'std::borrow::ToOwned',
      everywhere: true,
      params: [],
      self: 'str',
      needs: [],
      assoc: [{ name: 'Owned', type: 'std::string::String' }],
    })
    expect(owned.find((each) => each.self === 'T')?.needs).toEqual([{ type: 'T', bound: 'std::clone::Clone' }])
    const into = crate('std')
      .impls('std::iter::Iterator')
      .find((each) => each.self.startsWith('std::vec::IntoIter<'))
    expect([into?.params.map((param) => param.name), into?.assoc]).toEqual([['T', 'A'], [{ name: 'Item', type: 'T' }]])
    expect(crate('std').impls('std::nothing::Here')).toEqual([])
  })

  it('tells modules, variants, primitives and macros apart', () => {
    expect(item('std::sync')).toEqual({ kind: 'module', path: 'std::sync', complete: true, globs: [] })
    expect(item('std::option::Option::Some')).toEqual({ kind: 'variant', path: 'std::option::Option::Some' })
    expect(item('std::primitive::u8')).toEqual({ kind: 'primitive', name: 'u8' })
    expect(item('std::vec')?.kind).toBe('module')
    expect(crate('std').lookup(['vec'], 'macro')).toEqual({ kind: 'other', path: 'std::vec' })
    expect(item('std::sync::Nope')).toBeNull()
    expect(item('std::sync::Mutex::T')).toBeNull()
  })

  it('lists names for globs', () => {
    expect(crate('std').names(['collections'])).toEqual(expect.arrayContaining(['HashMap', 'BTreeMap', 'hash_map']))
    expect(crate('std').names([])).toEqual(expect.arrayContaining(['sync', 'vec']))
    expect(crate('std').names(['nowhere'])).toEqual([])
  })

  it('has the preludes of the editions', () => {
    const names = (edition: string): string[] =>
      crate('std')
        .prelude(edition)
        .map((each) => `${each.namespace} ${each.name}`)
    expect(names('2021')).toEqual(
      expect.arrayContaining(['type Vec', 'type TryFrom', 'value Some', 'macro println', 'macro Debug']),
    )
    expect(names('2018')).not.toContain('type TryFrom')
    expect(names('2024')).toContain('type Future')
    expect(names('2021')).not.toContain('type Future')
    for (const each of crate('std').prelude('2024')) {
      expect(crate('std').lookup(each.path.split('::').slice(1), each.namespace), each.path).not.toBeNull()
    }
  })

  it('answers for older toolchains', () => {
    expect(text(type('std::sync::mpsc::Sender', '1.71.0').sync)).toBe('no')
    expect(text(type('std::sync::mpsc::Sender', '1.72.0').sync)).toBe('T: Send')
  })
})

describe('pyo3', () => {
  it.each(['0.21.2', '0.22.6', '0.23.5', '0.24.2', '0.25.1', '0.26.0', '0.27.2', '0.28.3', '0.29.3', '0.30.1'])(
    '%s',
    (version) => {
      const both = (path: string): string[] => [text(type(path, version).send), text(type(path, version).sync)]
      expect(crate('pyo3', version).complete).toBe(true)
      expect(both('pyo3::Py')).toEqual(['yes', 'yes'])
      expect(both('pyo3::PyErr')).toEqual(['yes', 'yes'])
      for (const path of ['Bound', 'Python', 'PyRef', 'PyRefMut', 'PyAny', 'types::PyDict', 'types::PyString']) {
        expect(both(`pyo3::${path}`), path).toEqual(['no', 'no'])
      }
      expect(both('pyo3::prelude::PyRef')).toEqual(['no', 'no'])
      const result = item('pyo3::PyResult', version)
      expect(result?.kind === 'alias' && result.alias.target).toBe('std::result::Result<T, pyo3::PyErr>')
    },
  )

  it('knows what comes and goes', () => {
    expect(item('pyo3::sync::PyOnceLock', '0.25.1')).toBeNull()
    expect(text(type('pyo3::sync::PyOnceLock', '0.26.0').sync)).toBe('T: Sync, T: Send')
    expect(item('pyo3::sync::GILOnceCell', '0.30.1')).toBeNull()
    expect(text(type('pyo3::pybacked::PyBackedStr', '0.21.0').send)).toBe('no')
    expect(text(type('pyo3::pybacked::PyBackedStr', '0.21.2').send)).toBe('yes')
  })

  it('does not claim a name is missing between verified versions', () => {
    expect(crate('pyo3', '0.24.1').complete).toBe(false)
    expect(text(type('pyo3::Bound', '0.24.1').send)).toBe('no')
    expect(db.crate('pyo3', '0.14.5')).toBeNull()
  })
})

describe('all data', () => {
  const sections = texts.flatMap((source) =>
    [...sectionIndex(source).values()].map((at) => readSection(source.slice(at.start, at.end))),
  )

  it('has every name that it lists', () => {
    const missing: string[] = []
    for (const { name, modules } of sections.filter((each) => ['std', 'alloc', 'core'].includes(each.name))) {
      for (const [path, module] of modules) {
        // Functions of incomplete modules are not listed, so what points to them leads nowhere.
        if (/^(intrinsics|ub_checks)\b/.test(path)) continue
        for (const namespace of ['type', 'value', 'macro'] as const) {
          for (const key of module.items[namespace].keys()) {
            const found = crate(name).lookup([...path.split('::').filter(Boolean), key], namespace)
            if (!found || found.kind === 'reexport') missing.push(`${name}::${path}::${key} (${namespace})`)
          }
        }
      }
    }
    expect(missing).toEqual([])
  })

  it('reads every type and keeps to the format', () => {
    let count = 0
    for (const { name, modules, configs } of sections) {
      const facts = factsFor(name, configs[0]?.version ?? '')
      for (const [path, module] of modules) {
        for (const key of module.items.type.keys()) {
          const found = facts?.lookup([...path.split('::').filter(Boolean), key])
          if (found?.kind !== 'type') continue
          count++
          const { params, send, sync } = found.type
          expect(new Set(params.map((param) => param.name)).size, found.type.path).toBe(params.length)
          for (const cond of [send, sync]) {
            expect(cond.verdict === 'unknown', `${found.type.path} ${cond.reason}`).toBe(cond.reason !== null)
            for (const need of cond.needs) expect(need.type !== '' && need.bound !== '', found.type.path).toBe(true)
          }
        }
      }
    }
    expect(count).toBeGreaterThan(1000)
  })
})

/** By package, whatever the crate inside is called. */
function factsFor(name: string, version: string): FactsCrate | null {
  return db.crate(name, version)
}

describe('versions and features', () => {
  const small = createFactsDb([
    [
      '#demo\t1.0.0|1.4.0|1.4.0+sync|2.0.0',
      'i demo::Lock\tT\tdemo::Raw<T>\tT: Send;T: demo::Other\tGuard = [T; 2];Other = u8\t@01',
      'i demo::Lock\tT\tdemo::Raw<T>\t\tGuard = T\t@2',
      'i demo::Mark\t\tdemo::Plain\t\tKind = u8\t@01',
      'i demo::Mark\t\tdemo::Plain\t\tKind = u16\t@2',
      'm ',
      'a Shared\tstd::rc::Rc<u8>\t@01',
      'a Shared\tstd::sync::Arc<u8>\t@23',
      'g other::inner',
      'r Again\tdemo::Branch',
      'r Either\tdemo::Plain\t@01',
      'r Either\tdemo::Branch\t@23',
      'r Loop\tdemo::Loop',
      'r Outside\tother::Thing',
      's Branch<T>\t-\t-\t@01',
      's Branch<T>\t+T\t+T\t@23',
      's Gone\t+\t-\t@0',
      's Heads<T, U>\t|+<T><T, u8>T: Sync|-<><u16, u8>\t?why',
      's Plain\t-\t+',
      'm edges\t?01',
      'm hidden\th?',
      's Inner\t+\t+',
      '',
    ].join('\n'),
    '#late\t0.3.2\nm \ns Thing\t+\t-\n',
  ])
  const find = (version: string | null, name: string, on?: 'on' | 'off'): FactType | null => {
    const found = small.crate('demo', version, on && (() => on))?.lookup([name])
    return found?.kind === 'type' ? found.type : null
  }
  const send = (version: string | null, name: string, on?: 'on' | 'off'): string => {
    const found = find(version, name, on)
    return found ? text(found.send) : 'missing'
  }

  it('takes the exact version, and its features when they are known', () => {
    expect(send('1.0.0', 'Branch')).toBe('no')
    expect(send('1.4.0', 'Branch')).toBe('unknown')
    expect(send('1.4.0', 'Branch', 'on')).toBe('T: Send')
    expect(send('1.4.0', 'Branch', 'off')).toBe('no')
    expect(send('2.0.0', 'Branch')).toBe('T: Send')
  })

  it('believes two verified versions about the ones between, and no others', () => {
    expect(send('1.2.0', 'Plain')).toBe('no')
    expect(send('1.5.0', 'Plain')).toBe('unknown')
    expect(text(find('1.5.0', 'Plain')?.sync ?? never)).toBe('yes')
    expect(small.crate('demo', '3.0.0')).toBeNull()
    expect(small.crate('late', '0.2.9')).toBeNull()
    expect(small.crate('late', '0.3.9')?.lookup(['Thing'])).toMatchObject({
      type: { send: { verdict: 'yes' }, sync: { verdict: 'unknown' } },
    })
  })

  it('takes a crate from a repository for a version that was not looked at', () => {
    const unreleased = small.crate('demo', '1.4.0', undefined, undefined, true)
    expect(unreleased).toMatchObject({ complete: false, within: false })
    expect(unreleased?.lookup(['Plain'])).toMatchObject({ type: { send: { verdict: 'unknown' }, sync: { verdict: 'yes' } } })
  })

  it('does not believe one of two versions about those between', () => {
    expect(text(find('1.0.0', 'Gone')?.sync ?? never)).toBe('no')
    expect(text(find('1.2.0', 'Gone')?.sync ?? never)).toBe('unknown')
    expect(send('1.2.0', 'Gone')).toBe('yes')
  })

  it('says unknown when versions differ and none is given', () => {
    expect(send(null, 'Branch')).toBe('unknown')
    expect(send(null, 'Plain')).toBe('no')
    expect(small.crate('demo', null)?.complete).toBe(false)
    expect(small.crate('demo', null)?.lookup(['Shared'])).toMatchObject({ alias: { target: null } })
  })

  it('tells a version between two verified ones from any other', () => {
    expect(['1.0.0', '1.2.0', '1.5.0', null].map((version) => small.crate('demo', version)?.within)).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  it('knows in which versions a module may have more names, and private types without listing them', () => {
    const complete = (version: string): unknown => small.crate('demo', version)?.lookup(['edges'])
    expect(complete('1.0.0')).toMatchObject({ complete: false })
    expect(complete('2.0.0')).toMatchObject({ complete: true })
    expect(small.crate('demo', '2.0.0')?.lookup(['hidden', 'Inner'])).toMatchObject({ type: { send: { verdict: 'yes' } } })
    expect(small.crate('demo', '2.0.0')?.names([])).not.toContain('hidden')
  })

  it('tells more than 36 versions apart', () => {
    const versions = Array.from({ length: 40 }, (_, i) => `${i + 1}.0.0`)
    const many = createFactsDb([
      `#many\t${versions.join('|')}\nm \ns Thing\t+\t+\t@0123456789abcdefghijklmnopqrstuvwxyzABC\ns Thing\t-\t-\t@D\n`,
    ])
    const verdict = (version: string): string => {
      const found = many.crate('many', version)?.lookup(['Thing'])
      return found?.kind === 'type' ? found.type.send.verdict : 'missing'
    }
    expect(['1.0.0', '37.0.0', '39.0.0', '40.0.0'].map(verdict)).toEqual(['yes', 'yes', 'yes', 'no'])
  })

  it('tells whether all versions in question have an impl', () => {
    const everywhere = (version: string, trait: string): unknown =>
      small
        .crate('demo', version)
        ?.impls(trait)
        .map((each) => each.everywhere)
    expect(everywhere('1.0.0', 'demo::Lock')).toEqual([true])
    expect(everywhere('1.2.0', 'demo::Lock')).toEqual([false, false])
    expect(everywhere('1.2.0', 'demo::Mark')).toEqual([true, false])
  })

  it('hides what a version does not have', () => {
    expect(send('1.0.0', 'Gone')).toBe('yes')
    expect(send('1.4.0', 'Gone')).toBe('missing')
    expect(small.crate('demo', '1.4.0')?.names([])).not.toContain('Gone')
  })

  it('follows re-exports, ends in loops, and hands over to other crates', () => {
    expect(send('2.0.0', 'Again')).toBe('T: Send')
    expect(small.crate('demo', '2.0.0')?.lookup(['Loop'])).toBeNull()
    expect(small.crate('demo', '2.0.0')?.lookup(['Outside', 'deep'])).toEqual({ kind: 'reexport', path: 'other::Thing::deep' })
    expect(small.crate('demo', '2.0.0')?.lookup([])).toMatchObject({ kind: 'module', globs: ['other::inner'] })
  })

  it('does not pick one of two things of a name', () => {
    expect(small.crate('demo', '1.0.0')?.lookup(['Either'])).toMatchObject({ type: { path: 'demo::Plain' } })
    expect(small.crate('demo', '2.0.0')?.lookup(['Either'])).toMatchObject({ type: { path: 'demo::Branch' } })
    expect(small.crate('demo', null)?.lookup(['Either'])).toMatchObject({ kind: 'alias', alias: { target: null } })
  })

  it('keeps impls for particular arguments apart', () => {
    expect(find('2.0.0', 'Heads')?.send).toMatchObject({
      verdict: 'unknown',
      heads: [
        { params: ['T'], args: ['T', 'u8'], negative: false, needs: [{ type: 'T', bound: 'Sync' }] },
        { params: [], args: ['u16', 'u8'], negative: true, needs: [] },
      ],
    })
    expect(find('2.0.0', 'Heads')?.sync.reason).toBe('why')
  })

  it('reads impls, those that fit the features', () => {
    const guards = (version: string, on?: 'on' | 'off'): (string | undefined)[] =>
      (small.crate('demo', version, on && (() => on))?.impls('demo::Lock') ?? []).map((each) => each.assoc[0]?.type)
    expect(guards('1.4.0')).toEqual(['[T; 2]', 'T'])
    expect(guards('1.4.0', 'on')).toEqual(['T'])
    expect(guards('1.4.0', 'off')).toEqual(['[T; 2]'])
    expect(guards('2.0.0')).toEqual([])
    expect(small.crate('demo', '1.0.0')?.impls('demo::Lock')[0]?.needs).toEqual([
      { type: 'T', bound: 'Send' },
      { type: 'T', bound: 'demo::Other' },
    ])
  })

  it('orders versions', () => {
    expect(['1.10.0', '1.9.0', '1.10.0-rc.1'].sort(compareVersions)).toEqual(['1.9.0', '1.10.0-rc.1', '1.10.0'])
    expect(['1.2.3', '0.2.3', '0.0.3'].map(compatKey)).toEqual(['1', '0.2', '0.0.3'])
    expect(choose([{ version: '1.0.0', features: [] }], '2.0.0')).toBeNull()
  })
})

const never: FactCond = { verdict: 'no', needs: [], heads: [], reason: null }

function sorted(needs: string): string {
  return needs.split(', ').sort().join(', ')
}
