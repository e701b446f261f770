/** A cargo version: three numbers and an optional pre-release. Build metadata is dropped. */
export interface Version {
  readonly major: number
  readonly minor: number
  readonly patch: number
  readonly pre: string
}

/** Reads `1.2.3-rc.1+build`; null if it is not a full version. */
export function parseVersion(text: string): Version | null {
  const match = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(text.trim())
  if (!match) return null
  return { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3]), pre: match[4] ?? '' }
}

/** Negative, zero or positive, by semver precedence. */
export function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch || comparePre(a.pre, b.pre)
}

function comparePre(a: string, b: string): number {
  if (a === b) return 0
  if (a === '') return 1
  if (b === '') return -1
  const left = a.split('.')
  const right = b.split('.')
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const x = left[i]
    const y = right[i]
    if (x === undefined) return -1
    if (y === undefined) return 1
    if (x === y) continue
    const nx = /^\d+$/.test(x)
    const ny = /^\d+$/.test(y)
    if (nx && ny) return Number(x) - Number(y)
    if (nx !== ny) return nx ? -1 : 1
    return x < y ? -1 : 1
  }
  return 0
}

/** One comparator of a requirement, as a half-open range: `from` ≤ version < `below` (null: no limit). */
interface Range {
  readonly from: Version
  readonly below: Version | null
  /** `> 1.2.3`: the lower end itself is out. */
  readonly exclusive: boolean
}

/** A parsed cargo requirement: all ranges must hold. null for what cannot be read. */
export type Requirement = readonly Range[]

/**
 * Reads a requirement as cargo does: `1.2` is `^1.2`, `~1.2`, `=1.2`, `1.*`, `*`, `>=1, <2`.
 * Source: The Cargo Book, "Specifying Dependencies".
 */
export function parseRequirement(text: string): Requirement | null {
  const ranges: Range[] = []
  for (const part of text.split(',')) {
    const range = parseComparator(part.trim())
    if (!range) return null
    ranges.push(range)
  }
  return ranges
}

const ZERO: Version = { major: 0, minor: 0, patch: 0, pre: '' }

function parseComparator(text: string): Range | null {
  if (text === '*' || text === '') return { from: ZERO, below: null, exclusive: false }
  const match =
    /^(\^|~|=|>=|<=|>|<)?\s*v?(\d+)(?:\.(\d+|[*xX]))?(?:\.(\d+|[*xX]))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(text)
  if (!match) return null
  const wild = match[3] !== undefined && !/^\d/.test(match[3]) ? 1 : match[4] !== undefined && !/^\d/.test(match[4]) ? 2 : 0
  const minor = wild === 1 || match[3] === undefined ? null : Number(match[3])
  const patch = wild > 0 || match[4] === undefined ? null : Number(match[4])
  return rangeOf(wild > 0 ? '=' : (match[1] ?? '^'), Number(match[2]), minor, patch, match[5] ?? '')
}

function rangeOf(operator: string, major: number, minor: number | null, patch: number | null, pre: string): Range {
  const from: Version = { major, minor: minor ?? 0, patch: patch ?? 0, pre }
  // The first version after everything that the written numbers cover.
  const next: Version =
    minor === null
      ? { ...ZERO, major: major + 1 }
      : patch === null
        ? { ...ZERO, major, minor: minor + 1 }
        : { ...ZERO, major, minor, patch: patch + 1 }
  switch (operator) {
    case '=':
      return pre === ''
        ? { from, below: next, exclusive: false }
        : { from, below: { ...from, pre: `${pre}.0` }, exclusive: false }
    case '~':
      return { from, below: minor === null ? next : { ...ZERO, major, minor: minor + 1 }, exclusive: false }
    case '>=':
      return { from, below: null, exclusive: false }
    case '>':
      return patch === null ? { from: next, below: null, exclusive: false } : { from, below: null, exclusive: true }
    case '<=':
      return { from: ZERO, below: pre === '' ? next : { ...from, pre: `${pre}.0` }, exclusive: false }
    case '<':
      return { from: ZERO, below: from, exclusive: false }
    default:
      return { from, below: caretEnd(major, minor, patch), exclusive: false }
  }
}

function caretEnd(major: number, minor: number | null, patch: number | null): Version {
  if (major > 0 || minor === null) return { ...ZERO, major: major + 1 }
  if (minor > 0 || patch === null) return { ...ZERO, minor: minor + 1 }
  return { ...ZERO, patch: patch + 1 }
}

/** Whether a version satisfies a requirement. Pre-releases only if the requirement names one of the same numbers. */
export function satisfies(version: Version, requirement: Requirement): boolean {
  const inRanges = requirement.every(({ from, below, exclusive }) => {
    const order = compareVersions(version, from)
    if (exclusive ? order <= 0 : order < 0) return false
    return below === null || compareVersions(version, below) < 0
  })
  if (!inRanges || version.pre === '') return inRanges
  return requirement.some(({ from, below }) =>
    [from, below].some((end) => end !== null && end.pre !== '' && sameNumbers(end, version)),
  )
}

/** The least version that a requirement admits, as `0.23.0`; null if it cannot be read. */
export function lowerBound(requirement: string): Version | null {
  const ranges = parseRequirement(requirement)
  if (!ranges) return null
  return ranges.reduce<Version>((low, range) => (compareVersions(range.from, low) > 0 ? range.from : low), ZERO)
}

/** `1.2.3-pre`. */
export function formatVersion(version: Version): string {
  return `${version.major}.${version.minor}.${version.patch}${version.pre === '' ? '' : `-${version.pre}`}`
}

function sameNumbers(a: Version, b: Version): boolean {
  return a.major === b.major && a.minor === b.minor && a.patch === b.patch
}
