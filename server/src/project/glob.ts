/** Whether one path component matches a shell pattern of `*`, `?` and `[…]`. */
export function matchesComponent(pattern: string, name: string): boolean {
  return compile(pattern).test(name)
}

/** Whether a path component is a pattern rather than a name. */
export function isPattern(component: string): boolean {
  return /[*?[]/.test(component)
}

function compile(pattern: string): RegExp {
  const source = pattern.replace(/\*+|\?|\[!?[^\]]*\]|[.+^${}()|[\]\\]/g, (token) => {
    if (token.startsWith('*')) return '.*'
    if (token === '?') return '.'
    if (token.startsWith('[') && token.endsWith(']') && token.length > 2)
      return token.replace(/^\[!/, '[^').replaceAll('\\', '\\\\')
    return `\\${token}`
  })
  try {
    return new RegExp(`^${source}$`, 'su')
  } catch {
    return /^(?!)/
  }
}
