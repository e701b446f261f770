/**
 * The only operations on paths below the driver. A path is absolute and `/`-separated: `/home/x`, `C:/x`,
 * `//server/share/x`, or a URI as `vscode-vfs://github/owner/repo/x`. Directories have no trailing `/` except roots.
 */

/** The part that `..` cannot leave: `/`, `C:/`, `//server/share/`, `scheme://authority/`. '' for a relative path. */
function rootOf(path: string): string {
  const match = /^(?:[A-Za-z][A-Za-z0-9+.-]+:\/\/[^/]*\/?|[A-Za-z]:\/|\/\/[^/]+\/[^/]+\/?|\/)/.exec(path)
  return match?.[0] ?? ''
}

/** Whether the path is absolute (also with Windows' `\`). */
export function isAbsolute(path: string): boolean {
  return rootOf(path.replaceAll('\\', '/')) !== ''
}

/** `.` and `..` and doubled or trailing `/` resolved; never leaves the root. */
export function normalize(path: string): string {
  const root = rootOf(path)
  const parts: string[] = []
  for (const part of path.slice(root.length).split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (part === '..' && root !== '') continue
    else parts.push(part)
  }
  const rest = parts.join('/')
  if (rest === '') return root
  return root === '' || root.endsWith('/') ? root + rest : `${root}/${rest}`
}

/** `relative` (as written in a manifest: `/` or `\`, possibly absolute) seen from directory `base`. */
export function join(base: string, relative: string): string {
  const slashed = relative.replaceAll('\\', '/')
  return normalize(isAbsolute(slashed) ? slashed : `${base}${base.endsWith('/') ? '' : '/'}${slashed}`)
}

/** The directory that holds `path`; null at a root. */
export function dirname(path: string): string | null {
  const normal = normalize(path)
  const root = rootOf(normal)
  if (normal.length <= root.length) return null
  const slash = normal.lastIndexOf('/')
  return slash < root.length ? root : normal.slice(0, slash)
}

/** Last component, '' at a root. */
export function basename(path: string): string {
  const normal = normalize(path)
  return normal.slice(Math.max(rootOf(normal).length, normal.lastIndexOf('/') + 1))
}

/** Whether `path` is `directory` or inside it. */
export function isInside(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith('/') ? directory : `${directory}/`)
}

/** `path` relative to `directory` (both normal); null if it is not inside. */
export function relative(path: string, directory: string): string | null {
  if (path === directory) return ''
  return isInside(path, directory) ? path.slice(directory.endsWith('/') ? directory.length : directory.length + 1) : null
}
