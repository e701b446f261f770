import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

/** Lowest first; a folder may import itself and what stands before it. */
const LAYERS = [
  'query',
  'syntax',
  'project',
  'facts',
  'resolve',
  'autotraits',
  'model',
  'fixes',
  'rules',
  'rewrites',
  'analysis',
  'driver',
]
/** What runs on a platform: these may import every layer, and `host`. */
const ENTRIES = ['lsp', 'cli', '']
/** Layers that are synchronous and know no platform. */
const CORE = LAYERS.slice(0, LAYERS.indexOf('driver'))

interface Source {
  readonly file: string
  /** Folder below `server/src`; '' for the entries beside them. */
  readonly layer: string
  readonly code: string
  readonly imports: readonly string[]
}

const sources: readonly Source[] = globSync('server/src/**/*.ts')
  .map((it) => it.replaceAll('\\', '/'))
  .sort()
  .map((file) => {
    const text = readFileSync(file, 'utf8')
    const imports = [
      ...text.matchAll(/^\s*(?:import|export)\b[^'"`;]*?\bfrom\s+'([^']+)'|\bimport\(\s*'([^']+)'|^import\s+'([^']+)'/gm),
    ]
    return {
      file,
      layer: layerOf(file),
      code: codeOf(text),
      imports: imports.map((match) => match[1] ?? match[2] ?? match[3] ?? ''),
    }
  })

function layerOf(file: string): string {
  const [first = '', ...below] = file.replace('server/src/', '').split('/')
  return below.length > 0 ? first : ''
}

/** The text without comments and literals, so that a word in one does not count. */
function codeOf(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`/g, ' ')
}

/** Imports of other files here, as the layers they are in. */
function importedLayers({ file, imports }: Source): string[] {
  return imports.filter((it) => it.startsWith('.')).map((it) => layerOf(path.posix.join(path.posix.dirname(file), it)))
}

function offenders(of: readonly Source[], offence: (source: Source) => string[]): string[] {
  return of.flatMap((source) => offence(source).map((it) => `${source.file}: ${it}`))
}

it('reads every import', () => {
  expect(sources.length).toBeGreaterThan(100)
  const counted = sources.reduce((sum, { imports }) => sum + imports.length, 0)
  const words = sources.reduce(
    (sum, { code }) => sum + (code.match(/^\s*(?:import\b(?!\.)|export\s+(?:type\s+)?[{*][^;]*?\bfrom\b)/gm)?.length ?? 0),
    0,
  )
  expect(counted).toBe(words)
})

describe('layers of server/src', () => {
  it('are known', () => {
    const folders = new Set(sources.map(({ layer }) => layer))
    expect([...folders].filter((it) => ![...LAYERS, ...ENTRIES, 'host'].includes(it))).toEqual([])
  })

  it('import only what is below them', () => {
    const up = offenders(sources, (source) => {
      const rank = LAYERS.indexOf(source.layer)
      const upwards = (it: string): boolean => it !== source.layer && (LAYERS.indexOf(it) < 0 || LAYERS.indexOf(it) > rank)
      return rank < 0 ? [] : importedLayers(source).filter(upwards)
    })
    expect(up).toEqual([])
  })

  it('leave implementations of the host to the entries', () => {
    const others = sources.filter(({ layer }) => ![...ENTRIES, 'host'].includes(layer))
    expect(offenders(others, (source) => importedLayers(source).filter((it) => it === 'host'))).toEqual([])
    const host = sources.filter(({ layer }) => layer === 'host')
    expect(offenders(host, (source) => importedLayers(source).filter((it) => !['host', 'project'].includes(it)))).toEqual([])
  })

  it('name vscode-languageserver in lsp alone, and vscode nowhere', () => {
    const packages = ({ imports }: Source) => imports.filter((it) => /^vscode/.test(it))
    expect(offenders(sources, (source) => (source.layer === 'lsp' ? [] : packages(source)))).toEqual([])
    expect(offenders(sources, (source) => packages(source).filter((it) => it === 'vscode'))).toEqual([])
  })
})

describe('the core', () => {
  const core = sources.filter(({ layer }) => CORE.includes(layer))
  const matches = (source: Source, pattern: RegExp): string[] => source.code.match(pattern) ?? []

  it('names no platform', () => {
    expect(offenders(core, ({ imports }) => imports.filter((it) => it.startsWith('node:')))).toEqual([])
    expect(offenders(core, (source) => matches(source, /\b(?:process|globalThis|window|document|require)\s*[.(]/g))).toEqual([])
  })

  it('has no promise', () => {
    const pattern = /\basync\s+(?:function|\(|\w+\s*=>|\w+\s*\()|\bawait\s+\w|\bPromise\s*[.<(]|\.then\s*\(/g
    // The type that hosts implement: what it promises, the driver waits for.
    const others = core.filter(({ file }) => file !== 'server/src/project/host.ts')
    expect(offenders(others, (source) => matches(source, pattern))).toEqual([])
  })

  it('asks neither the clock nor chance', () => {
    const pattern = /\bDate\s*[.(]|\bperformance\s*\.|\bMath\.random\b|\bset(?:Timeout|Interval|Immediate)\b|\bcrypto\s*\./g
    expect(offenders(core, (source) => matches(source, pattern))).toEqual([])
  })

  it('is what is compiled without platform types', () => {
    const config = JSON.parse(readFileSync('server/tsconfig.core.json', 'utf8')) as {
      readonly include: readonly string[]
      readonly compilerOptions: { readonly types: readonly string[]; readonly lib: readonly string[] }
    }
    expect(config.compilerOptions).toMatchObject({ types: [], lib: ['es2023'] })
    const named = new Set(config.include.map((it) => it.replace(/^src\//, '')))
    const reached = (layer: string): boolean =>
      named.has(layer) || core.some((source) => named.has(source.layer) && importedLayers(source).includes(layer))
    expect(CORE.filter((layer) => !reached(layer) && core.some((source) => source.layer === layer))).toEqual([])
  })
})
