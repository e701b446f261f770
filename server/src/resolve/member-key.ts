/** Stands between an expansion's id and a key in it; no key holds it otherwise. */
export const MEMBER_MARK = '\u0000'

/** Key of a member of a written impl or trait that a macro made: it says in which expansion the member stands. */
export function memberKey(expansion: string, key: string): string {
  return expansion + MEMBER_MARK + key
}

/** Takes a key made by `memberKey` apart; null for the key of an item that stands where its origin says. */
export function splitMemberKey(key: string): { readonly expansion: string; readonly key: string } | null {
  const at = key.indexOf(MEMBER_MARK)
  return at < 0 ? null : { expansion: key.slice(0, at), key: key.slice(at + 1) }
}
