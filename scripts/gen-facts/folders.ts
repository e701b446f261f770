/** Where the generators keep what is slow to get: snapshots, probe projects, and Cargo's output. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const { FACTS_CACHE, CARGO_TARGET_DIR } = process.env

export const cacheFolder = FACTS_CACHE ?? join(tmpdir(), 'facts-cache')
export const targetFolder = CARGO_TARGET_DIR ?? join(tmpdir(), 'facts-target')
