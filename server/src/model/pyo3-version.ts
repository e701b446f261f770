/** Minor number of a version of the 0.x series such as `0.27.1`; null for anything else. */
export function minorOf(version: string | null): number | null {
  const match = version === null ? null : /^0\.(\d+)/.exec(version.trim())
  return match ? Number(match[1]) : null
}
