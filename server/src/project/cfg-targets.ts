/**
 * What rustc sets for a target by itself, from `rustc --print cfg --target T` (1.95; compared in test/cfg-targets.test.ts).
 * `target_feature` is left out: flags and `.cargo/config.toml` change it, so it stays undecided.
 */
export interface TargetProfile {
  readonly triple: string
  readonly arch: string
  readonly vendor: string
  readonly os: string
  readonly env: string
  readonly abi: string
  readonly families: readonly string[]
  readonly pointerWidth: '32' | '64'
  readonly endian: 'little' | 'big'
  readonly panic: 'unwind' | 'abort'
  /** Widths in bits for which atomics exist, without `ptr`. */
  readonly atomics: readonly string[]
}

export const DEFAULT_TARGET = 'x86_64-unknown-linux-gnu'

const UP_TO_64 = ['8', '16', '32', '64']
const UP_TO_128 = [...UP_TO_64, '128']

/** Triple → os, env, abi; arch and vendor are read off the triple. */
const SYSTEMS: readonly (readonly [pattern: RegExp, os: string, env: string, families: readonly string[]])[] = [
  [/-unknown-linux-gnu(eabihf|eabi)?$/, 'linux', 'gnu', ['unix']],
  [/-unknown-linux-musl(eabihf|eabi)?$/, 'linux', 'musl', ['unix']],
  [/-apple-darwin$/, 'macos', '', ['unix']],
  [/-apple-ios$/, 'ios', '', ['unix']],
  [/-pc-windows-msvc$/, 'windows', 'msvc', ['windows']],
  [/-pc-windows-gnu$/, 'windows', 'gnu', ['windows']],
  [/-unknown-freebsd$/, 'freebsd', '', ['unix']],
  [/-linux-android(eabi)?$/, 'android', '', ['unix']],
  [/^wasm32-unknown-unknown$/, 'unknown', '', ['wasm']],
  [/^wasm32-unknown-emscripten$/, 'emscripten', '', ['unix', 'wasm']],
  [/^wasm32-wasip1$/, 'wasi', 'p1', ['wasm']],
]

/** First part of a triple → `target_arch`, pointer width, endianness. */
const ARCHS: Readonly<Record<string, readonly [arch: string, width: '32' | '64', endian: 'little' | 'big']>> = {
  x86_64: ['x86_64', '64', 'little'],
  i686: ['x86', '32', 'little'],
  aarch64: ['aarch64', '64', 'little'],
  armv7: ['arm', '32', 'little'],
  powerpc64le: ['powerpc64', '64', 'little'],
  s390x: ['s390x', '64', 'big'],
  riscv64gc: ['riscv64', '64', 'little'],
  wasm32: ['wasm32', '32', 'little'],
}

/** The profile of a triple; null for one that is not in the table (then everything about the target is undecided). */
export function targetProfile(triple: string): TargetProfile | null {
  const name = triple.split('-')[0] ?? ''
  const arch = ARCHS[name]
  const system = SYSTEMS.find(([pattern]) => pattern.test(triple))
  if (arch === undefined || system === undefined) return null
  const [, os, env, families] = system
  return {
    triple,
    arch: arch[0],
    vendor: triple.includes('-apple-') ? 'apple' : triple.includes('-pc-') ? 'pc' : 'unknown',
    os,
    env,
    abi: triple.endsWith('eabihf') ? 'eabihf' : triple.endsWith('eabi') ? 'eabi' : name === 'powerpc64le' ? 'elfv2' : '',
    families,
    pointerWidth: arch[1],
    endian: arch[2],
    panic: name === 'wasm32' && os !== 'emscripten' ? 'abort' : 'unwind',
    atomics: has128(name, os) ? UP_TO_128 : UP_TO_64,
  }
}

/** 128-bit atomics: on every aarch64 and s390x target, on x86_64 where the base CPU has cmpxchg16b (Apple, Windows). */
function has128(arch: string, os: string): boolean {
  return arch === 'aarch64' || arch === 's390x' || (arch === 'x86_64' && (os === 'macos' || os === 'ios' || os === 'windows'))
}
