import { URI } from 'vscode-uri'

/** The core's path for a document: a file system path with `/`, or the URI itself for anything but `file:`. */
export function pathOfUri(uri: string): string {
  const parsed = URI.parse(uri)
  if (parsed.scheme !== 'file') return uri
  return parsed.fsPath.replaceAll('\\', '/')
}

/** The URI of a core path. */
export function uriOfPath(path: string): string {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(path) ? path : URI.file(path).toString()
}
