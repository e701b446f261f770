import fc from 'fast-check'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { loadGrammar } from '../../scripts/load-grammar.ts'
import { bodiesParsed, bodyFacts } from '../../server/src/syntax/bodies.ts'
import { type BodyFacts, childFacts, enclosing, factsOf, useOf } from '../../server/src/syntax/body.ts'
import { isTooLarge, liveTrees, MAX_TREE_LINE, MAX_TREE_TEXT, parseTree } from '../../server/src/syntax/parser.ts'
import { parseSummary } from '../../server/src/syntax/summarize.ts'

beforeAll(loadGrammar)
afterEach(() => expect(liveTrees()).toBe(0))

/** Facts of the one `fn` body in `fn f() { code }`, with text around it that must not matter. */
function facts(code: string): { body: BodyFacts; text: string } {
  const text = `// 🦀 { "\nfn f() {${code}}\nfn g() { ) }\n`
  const span = parseSummary(text).positions.items.get('fn f')?.body
  if (!span) throw new Error('no body')
  return { body: bodyFacts(text, span), text }
}

/** Facts as indented lines: `role kind: text`. */
function outline(code: string): string {
  const { body, text } = facts(code)
  expect(body.failure).toBeNull()
  expect(body.errors).toEqual([])
  const depth = (index: number): number => (index < 0 ? -1 : depth(body.facts[index]?.parent ?? -1) + 1)
  return body.facts
    .slice(1)
    .map(({ role, kind, span }, i) => `${'  '.repeat(depth(i + 1) - 1)}${role} ${kind}: ${text.slice(span.start, span.end)}`)
    .join('\n')
}

describe('bodyFacts', () => {
  it('lists expressions with their place in the tree', () => {
    expect(outline(' self.map.lock().unwrap().insert(k, &mut v)?; x ')).toBe(
      [
        'statement statement: self.map.lock().unwrap().insert(k, &mut v)?;',
        '  expression try: self.map.lock().unwrap().insert(k, &mut v)?',
        '    value method: self.map.lock().unwrap().insert(k, &mut v)',
        '      receiver method: self.map.lock().unwrap()',
        '        receiver method: self.map.lock()',
        '          receiver field: self.map',
        '            receiver path: self',
        '      argument path: k',
        '      argument borrow: &mut v',
        '        value path: v',
        'tail path: x',
      ].join('\n'),
    )
  })

  it('tells statements from the value of a block', () => {
    expect(outline('if a { b } else if c { d; } f(); match x { A(y) if y => 1, _ => { 2 } }')).toBe(
      [
        'statement statement: if a { b } else if c { d; }',
        '  expression if: if a { b } else if c { d; }',
        '    condition path: a',
        '    then block: { b }',
        '      tail path: b',
        '    else if: if c { d; }',
        '      condition path: c',
        '      then block: { d; }',
        '        statement statement: d;',
        '          expression path: d',
        'statement statement: f();',
        '  expression call: f()',
        '    callee path: f',
        'tail match: match x { A(y) if y => 1, _ => { 2 } }',
        '  value path: x',
        '  arm arm: A(y) if y => 1,',
        '    guard path: y',
        '    body literal: 1',
        '  arm arm: _ => { 2 }',
        '    body block: { 2 }',
        '      tail literal: 2',
      ].join('\n'),
    )
  })

  it('gives lets their names, type and scope', () => {
    const { body, text } = facts('{ let Foo { mut a, b: ref c, .. }: Foo<Vec<u8>> = g() else { return }; use_it(a); } after();')
    const [found] = factsOf(body, 'let')
    expect(found?.fact.bindings.map(({ name, mut, ref }) => [name, mut, ref])).toEqual([
      ['a', true, false],
      ['c', false, true],
    ])
    expect(found?.fact.type?.kind).toBe('path')
    const type = found?.fact.type?.span
    expect(text.slice(type?.start, type?.end)).toBe('Foo<Vec<u8>>')
    expect(text.slice(found?.fact.scope.start, found?.fact.scope.end)).toBe(' use_it(a); }')
    expect(childFacts(body, found?.index ?? -1).map((index) => body.facts[index]?.role)).toEqual(['value', 'else'])
  })

  it('reads calls', () => {
    const { body, text } = facts('Foo::<u8>::new(1, b)(2); x.get::<A, B>(/* c */ y).z()')
    expect(
      factsOf(body, 'call').map(({ fact }) => [fact.path, fact.args.map((span) => text.slice(span.start, span.end))]),
    ).toEqual([
      [null, ['2']],
      ['Foo::new', ['1', 'b']],
    ])
    expect(factsOf(body, 'method').map(({ fact }) => [fact.receiverText, fact.name, fact.turbofish, fact.args.length])).toEqual([
      ['x.get::<A, B>(/* c */ y)', 'z', null, 0],
      ['x', 'get', 'A, B', 1],
    ])
  })

  it('reads struct literals, closures, casts and operators', () => {
    const { body } = facts(
      'let s = a::S { x, r#type: 1, ..base }; s.0 += -(*p as u8) % 2; async move |k: u8| unsafe { &raw const s }',
    )
    expect(factsOf(body, 'struct')[0]?.fact).toMatchObject({
      path: 'a::S',
      hasBase: true,
      fields: [
        { name: 'x', shorthand: true },
        { name: 'type', shorthand: false },
      ],
    })
    expect(factsOf(body, 'assign')[0]?.fact.operator).toBe('+=')
    expect(factsOf(body, 'unary').map(({ fact }) => fact.operator)).toEqual(['-', '*'])
    expect(factsOf(body, 'binary').map(({ fact }) => fact.operator)).toEqual(['%'])
    expect(factsOf(body, 'closure')[0]?.fact).toMatchObject({ move: true, async: true, bindings: [{ name: 'k' }] })
    expect(factsOf(body, 'block').map(({ fact }) => fact.flavor)).toEqual(['plain', 'unsafe'])
    expect(factsOf(body, 'borrow')[0]?.fact).toMatchObject({ raw: true, mut: false })
  })

  it('reads arguments of macros that are expressions', () => {
    const { body } = facts(
      'println!("{}", self.a.borrow()); vec![self.b; 3]; matches!(x, Some(_) if y); quote! { self.c }; assert!(format!("{}", self.d).is_empty()); m!()',
    )
    expect(factsOf(body, 'field').map(({ fact }) => fact.name)).toEqual(['a', 'b', 'd'])
    const macros = factsOf(body, 'macro').map(({ fact }) => `${fact.path} ${fact.expressions}`)
    expect(macros).toEqual(['println true', 'vec true', 'matches false', 'quote false', 'assert true', 'format true', 'm true'])
    const borrow = factsOf(body, 'method').find(({ fact }) => fact.name === 'borrow')
    expect(enclosing(body, borrow?.index ?? -1, 'macro')).toBe(factsOf(body, 'macro')[0]?.index)
  })

  it.each([
    ['self.a = 1;', 'assign'],
    ['self.a.b[0] = 1;', 'assign'],
    ['(self.a) += 1;', 'update'],
    ['f(&self.a);', 'borrow'],
    ['f(&mut self.a.b);', 'borrow-mut'],
    ['self.a.push(1);', 'receiver'],
    ['(self.a)(1);', 'callee'],
    ['*self.a = 1;', 'deref'],
    ['let x = self.a;', 'read'],
    ['v[self.a] = 1;', 'read'],
    ['x = self.a;', 'read'],
  ])('%s is %s', (code, use) => {
    const { body } = facts(code)
    const field = factsOf(body, 'field').find(({ fact }) => fact.name === 'a')
    expect(useOf(body, field?.index ?? -1)).toBe(use)
  })

  it('covers gaps of the grammar', () => {
    expect(outline('f(&raw.x); match y { A::B::<T>(z) => z, C::<T> { d } => d }')).toContain('argument borrow: &raw.x')
    const { body } = facts('f(&raw.x); match y { A::B::<T>(z) => z, C::<T> { d } => d }')
    expect(factsOf(body, 'path').map(({ fact }) => fact.text)).toContain('raw')
    expect(factsOf(body, 'arm').map(({ fact }) => fact.pattern)).toEqual(['A::B::<T>(z)', 'C::<T> { d }'])
  })

  it('says where code is broken, and still reads around it', () => {
    const { body } = facts(' self.a.lock(); let x = ; self.b.lock(); ')
    expect(body.errors.length).toBeGreaterThan(0)
    expect(factsOf(body, 'method').map(({ fact }) => fact.receiverText)).toContain('self.a')
  })

  it('counts bodies', () => {
    const before = bodiesParsed()
    facts('println!("{}", vec![1])')
    expect(bodiesParsed()).toBe(before + 1)
  })

  it('never throws, and keeps parents before children, for any code', () => {
    const words = [
      'self.a',
      '.lock()',
      '(',
      ')',
      '{',
      '}',
      '|x|',
      'let x = ',
      'if ',
      'match x ',
      '=>',
      ';',
      ',',
      '&mut ',
      '"s"',
      'm!',
      '[',
      ']',
      '?',
      'unsafe ',
      ' ',
      '🦀',
      '1',
      '+',
      '=',
      '..',
      'struct S;',
      "'a: ",
      'loop ',
      '//\n',
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 30 }), (parts) => {
        const text = `é{${parts.join('')}}`
        const body = bodyFacts(text, { start: 1, end: text.length })
        body.facts.forEach((fact, i) => {
          if (fact.parent >= i || fact.after <= i || fact.span.start < 1 || fact.span.end > text.length)
            throw new Error(`fact ${i}: ${JSON.stringify(fact)}`)
          const parent = body.facts[fact.parent]
          if (parent && parent.after < fact.after) throw new Error(`fact ${i} leaves its parent`)
        })
      }),
      { numRuns: 500 },
    )
  })
})

describe('parseTree', () => {
  it('refuses what would exhaust memory', () => {
    expect(isTooLarge('x\n'.repeat(MAX_TREE_TEXT / 2 + 1), null)).toBe(true)
    expect(isTooLarge('x'.repeat(MAX_TREE_LINE + 1), null)).toBe(true)
    expect(isTooLarge(`${'x'.repeat(MAX_TREE_LINE - 1)}\n`.repeat(3), null)).toBe(false)
    const line = 'f();'.repeat(MAX_TREE_LINE)
    expect(bodyFacts(`{${line}}`, { start: 0, end: line.length + 2 }).failure).toBe('file-too-large')
    expect(bodyFacts(`${line}{ a }`, { start: line.length, end: line.length + 5 }).failure).toBeNull()
  })

  it('gives up on what takes too long, and works on', () => {
    const text = `{${'f(a, b); '.repeat(1000)}}`
    expect(parseTree(text, null, 0, 3)).toBe('out-of-budget')
    expect(parseTree(text, null)).toMatchObject({ hasError: false })
  })

  it('survives deep nesting', () => {
    const deep = `{${'('.repeat(3000)}x${')'.repeat(3000)};${'a.b().'.repeat(3000)}c;}`
    expect(bodyFacts(deep, { start: 0, end: deep.length }).failure).toBeNull()
    const table = `{ let t = [${'0,'.repeat(40_000)}]; }`
    expect(bodyFacts(table, { start: 0, end: table.length })).toMatchObject({ failure: null, errors: [] })
  })

  it('reads ranges as one text, with offsets of the whole', () => {
    const text = '🦀 fn a() {/ junk /}\nstruct B;'
    const tree = parseTree(text, [
      { start: 3, end: 11 },
      { start: 19, end: text.length },
    ])
    if (typeof tree === 'string') throw new Error(tree)
    expect(tree.hasError).toBe(false)
    const struct = tree.kinds.indexOf('struct_item')
    expect(text.slice(tree.starts[struct], tree.ends[struct])).toBe('struct B;')
  })
})
