/** Running 64-bit hash of code units (cyrb53's mixing, both lanes kept). Not cryptographic. */
export interface Hash {
  high: number
  low: number
}

export function createHash(): Hash {
  return { high: 0xdeadbeef, low: 0x41c6ce57 }
}

/** Adds `text` from `start` to `end`, and a mark so that neighbouring pieces cannot run together. */
export function feed(hash: Hash, text: string, start = 0, end = text.length): void {
  let { high, low } = hash
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i)
    high = Math.imul(high ^ code, 2654435761)
    low = Math.imul(low ^ code, 1597334677)
  }
  hash.high = Math.imul(high ^ 0x1ffff, 2654435761)
  hash.low = Math.imul(low ^ 0x1ffff ^ (end - start), 1597334677)
}

/** 16 hexadecimal digits. */
export function digest({ high, low }: Hash): string {
  const a = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  const b = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0')
}

/** Hash of a piece of text. */
export function hashText(text: string, start = 0, end = text.length): string {
  const hash = createHash()
  feed(hash, text, start, end)
  return digest(hash)
}
