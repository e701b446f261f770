import { type CorpusPackage, corpusPackages } from '../corpus/packages.ts'

/** The crates that every figure is given for. */
export const MAIN_CRATES = [
  'pydantic-core',
  'granian',
  'tokenizers',
  'pycrdt',
  'cramjam',
  'cachebox',
  'veloxloop',
  'hifitime',
  'py-horned-owl',
] as const

/** Packages by name, in that order. Throws for a name that the corpus does not have. */
export function packagesNamed(names: readonly string[]): readonly CorpusPackage[] {
  const all = corpusPackages()
  return names.map((name) => {
    const found = all.find((pack) => pack.name === name)
    if (!found) throw new Error(`${name} is no package of the corpus`)
    return found
  })
}

/** Further packages whose dependencies cargo can fetch: the share of unknown answers is taken over these and the main ones. */
export const MORE_CRATES = [
  'anise',
  'arro3-core',
  'async-tiff',
  'chia-bls',
  'clvm-rs',
  'comrak',
  'css-inline',
  'evtx',
  'fastobo',
  'fastuuid',
  'gb-io',
  'jiter',
  'loro',
  'minijinja',
  'moka-py',
  'nautilus-core',
  'nautilus-model',
  'needletail',
  'nh3',
  'numpy',
  'obstore',
  'pyo3-arrow',
  'pyo3-async-runtimes',
  'pyo3-bytes',
  'pyo3-object_store',
  'pyromark',
  'pyxirr',
  'qiskit',
  'rbloom',
  'rignore',
  'rloop',
  'rpds-py',
  'safetensors',
  'sglang-router',
  'struqture-py',
  'tiktoken',
  'uuid-utils',
  'valkey-glide',
  'watchfiles',
  'y-py',
] as const
