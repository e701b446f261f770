import type { Ty } from '../resolve/ty.ts'
import type { Rule } from './decompose.ts'
import type { AutoTrait, Obligation, TypeOracle } from './oracle.ts'
import { renderType } from './render.ts'

/** One line of a derivation: a short statement and, where there is more to say, why it is so. */
export interface Sentence {
  readonly text: string
  readonly detail: string | null
}

/** Why well-known types of std and PyO3 are what they are. Key: name of the type and trait. */
const WHY: Readonly<Record<string, string>> = {
  'Rc Send': 'its counter is not atomic, so two threads could free the value twice',
  'Rc Sync': 'its counter is not atomic, and cloning through a shared reference changes it',
  'Weak Send': 'the counter of an Rc is not atomic',
  'Weak Sync': 'the counter of an Rc is not atomic',
  'Cell Sync': 'it changes its value through a shared reference without any synchronisation',
  'RefCell Sync': 'its borrow flag is not atomic',
  'OnceCell Sync': 'two threads could fill it at the same time; std::sync::OnceLock can be shared',
  'LazyCell Sync': 'two threads could run its initialiser at the same time; std::sync::LazyLock can be shared',
  'UnsafeCell Sync': 'it lets anyone change its contents through a shared reference',
  'SyncUnsafeCell Sync': 'it is shared only if its contents are',
  'NonNull Send': 'it is a raw pointer: nothing says who else uses what it points to',
  'NonNull Sync': 'it is a raw pointer: nothing says who else uses what it points to',
  'MutexGuard Send': 'a lock has to be released on the thread that took it',
  'RwLockReadGuard Send': 'a lock has to be released on the thread that took it',
  'RwLockWriteGuard Send': 'a lock has to be released on the thread that took it',
  'ReentrantLockGuard Send': 'a lock has to be released on the thread that took it',
  'Ref Send': 'it points to the borrow flag of a RefCell, which is not atomic',
  'Ref Sync': 'it points to the borrow flag of a RefCell, which is not atomic',
  'RefMut Send': 'it points to the borrow flag of a RefCell, which is not atomic',
  'RefMut Sync': 'it points to the borrow flag of a RefCell, which is not atomic',
  'Receiver Sync': 'it has a single consumer: two threads must not receive at once',
  'Python Send': 'it proves that this thread is attached to the interpreter',
  'Python Sync': 'it proves that this thread is attached to the interpreter',
  'Bound Send': 'it proves that this thread is attached to the interpreter; Py<T> can be sent',
  'Bound Sync': 'it proves that this thread is attached to the interpreter; Py<T> can be shared',
  'Borrowed Send': 'it proves that this thread is attached to the interpreter; Py<T> can be sent',
  'Borrowed Sync': 'it proves that this thread is attached to the interpreter; Py<T> can be shared',
  'PyRef Send': 'it holds a borrow of an object and proves that this thread is attached',
  'PyRef Sync': 'it holds a borrow of an object and proves that this thread is attached',
  'PyRefMut Send': 'it holds a borrow of an object and proves that this thread is attached',
  'PyRefMut Sync': 'it holds a borrow of an object and proves that this thread is attached',
  'Args Send': 'it reads the arguments of the process, which are not synchronised everywhere',
  'Args Sync': 'it reads the arguments of the process, which are not synchronised everywhere',
  'ArgsOs Send': 'it reads the arguments of the process, which are not synchronised everywhere',
  'ArgsOs Sync': 'it reads the arguments of the process, which are not synchronised everywhere',
  'VaList Send': 'it points into the stack of its thread',
}

/** `RefCell<T> is never Sync`: facts rule a type out for every argument. `why` are the facts' own words, if any. */
export function never(oracle: TypeOracle, ty: Ty & { readonly kind: 'adt' }, trait: AutoTrait, why: string | null): Sentence {
  const { name, params } = oracle.header(ty.def)
  const shown = params.filter((param) => !(param === 'A' && params.length > 1))
  const generic = shown.length === 0 ? name : `${name}<${shown.join(', ')}>`
  return { text: `${generic} is never ${trait}`, detail: why ?? WHY[`${name} ${trait}`] ?? null }
}

/** A type that one rule of the language decides: `*mut T is never Send`. */
export function decided(oracle: TypeOracle, { ty, trait }: Obligation, verdict: 'yes' | 'no', rule: Rule): Sentence {
  const name = renderType(oracle, ty)
  switch (rule) {
    case 'raw-pointer':
      return {
        text: `${ty.kind === 'ptr' && !ty.mut ? '*const T' : '*mut T'} is never ${trait}`,
        detail: 'nothing says who else uses what a raw pointer points to',
      }
    case 'dyn':
      return verdict === 'yes'
        ? { text: `${name} is ${trait}`, detail: `the trait object is declared or its trait requires ${trait}` }
        : {
            text: `${name} is not ${trait}`,
            detail: `any type can be behind it; dyn … + ${trait} says that only ${trait} types are`,
          }
    case 'impl-trait':
      return { text: `${name} is ${trait}`, detail: 'it is declared so' }
    case 'declared-bound':
      return { text: `${name} is ${trait}`, detail: 'a bound of the item declares it' }
    case 'assoc-bound':
      return { text: `${name} is ${trait}`, detail: 'the trait declares it of its associated type' }
    case 'fn-pointer':
      return { text: `function pointers are always ${trait}`, detail: null }
    case 'never-type':
      return { text: `! is always ${trait}`, detail: 'it has no values' }
    default:
      return { text: `${name} is ${verdict === 'yes' ? '' : 'not '}${trait}`, detail: null }
  }
}

/** `&Cell<u8> is Send only if Cell<u8> is Sync`: said where the trait changes on the way in. */
export function onlyIf(oracle: TypeOracle, outer: Obligation, inner: Obligation): Sentence {
  const text = `${renderType(oracle, outer.ty)} is ${outer.trait} only if ${renderType(oracle, inner.ty)} is ${inner.trait}`
  return { text, detail: flipDetail(oracle, outer) }
}

function flipDetail(oracle: TypeOracle, outer: Obligation): string | null {
  if (outer.ty.kind === 'ref') return 'sending a shared reference shares what it points to'
  if (outer.ty.kind !== 'adt') return null
  switch (oracle.header(outer.ty.def).name) {
    case 'Arc':
      return 'every clone of an Arc reaches the same value, and the last one drops it'
    case 'Mutex':
      return 'a shared lock hands its contents to whichever thread locks it'
    case 'RwLock':
      return 'a shared lock hands its contents to the thread that writes, and several threads read at once'
    default:
      return null
  }
}
