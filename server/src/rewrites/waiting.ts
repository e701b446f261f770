import type { Ty } from '../resolve/ty.ts'
import type { Finding } from './python-calls.ts'
import { derefs, factPath } from './std-types.ts'

/**
 * Methods that wait until another thread or task has done something. Where that one needs the object's lock, or the interpreter that a
 * thread waiting for the lock holds, both wait for ever; `&mut self` gave the second caller an error instead.
 */
const WAITING = new Set(
  (
    'block_on recv recv_timeout recv_deadline blocking_recv blocking_send blocking_lock blocking_read blocking_write ' +
    'wait wait_timeout wait_while wait_timeout_while wait_with_output wait_until wait_for detach allow_threads'
  ).split(' '),
)

/** Channels whose `send` waits when they are full (std, crossbeam-channel, flume). */
const BOUNDED = /^(?:std::sync::mpsc::SyncSender|(?:crossbeam_channel|crossbeam|flume)::(?:\w+::)*Sender)$/
const RECEIVER = /^(?:std::sync::mpsc|crossbeam_channel|crossbeam|flume)::(?:\w+::)*Receiver$/

/** What a method of another crate waits for; null if it does not. */
export function waitingMethod(type: Ty | null, name: string, count: number): Finding | null {
  const on = (path: RegExp): boolean => type !== null && derefs(type).some((it) => path.test(factPath(it)))
  const joins = name === 'join' && count === 0
  const sends = name === 'send' && on(BOUNDED)
  const drains = /^(?:iter|into_iter)$/.test(name) && on(RECEIVER)
  return WAITING.has(name) || joins || sends || drains ? waits(`\`.${name}()\``) : null
}

/** The same for a function. */
export function waitingFunction(path: string): Finding | null {
  return /^(?:\w+::)*(?:block_on|thread::park|thread::park_timeout)$/.test(path) ? waits(`\`${path}\``) : null
}

function waits(how: string): Finding {
  return { reason: 'waits', clause: `waits for others with ${how}, who may need the lock` }
}
