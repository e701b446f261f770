import type { Pyo3Version } from './pycrate.ts'

/** Minor number of `0.27.1` or of the lowest version that a requirement such as `>=0.26, <0.29` allows; null if there is none. */
export function minorOf(version: string | null): number | null {
  const match = version === null ? null : /(?:^|[^\d.])0\.(\d+)/.exec(` ${version}`)
  return match ? Number(match[1]) : null
}

/** The version from what is locked, else from the requirement's lower bound, else from what the user says to assume. */
export function pyo3Version(requirement: string | null, locked: string | null, assumed: string | null): Pyo3Version {
  return { requirement, locked, minor: minorOf(locked) ?? minorOf(requirement) ?? minorOf(assumed) }
}
