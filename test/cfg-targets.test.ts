import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cfgEnv } from '../server/src/project/cfg-env.ts'

// One line a target: what `rustc --print cfg --target T` (1.95) printed, without target features and what a profile decides.
const recorded = readFileSync(new URL('cfg-targets.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n')

describe('target profiles', () => {
  it.each(recorded)('agrees with rustc: %s', (line) => {
    const [target = '', ...rest] = line.split(/: | (?=\S+="|unix$|windows$)/)
    const env = cfgEnv(null, { target })
    const set = [...env.values].flatMap(([key, values]) => [...values].map((value) => `${key}="${value}"`))
    const families = ['unix', 'windows'].filter((flag) => env.flags.get(flag))
    expect([...set, ...families].sort()).toEqual([...rest].sort())
  })

  it('leaves an unlisted target undecided', () => {
    const env = cfgEnv(null, { target: 'mips-unknown-none' })
    expect(env.values.size).toBe(0)
    expect(env.flags.has('unix')).toBe(false)
  })
})
