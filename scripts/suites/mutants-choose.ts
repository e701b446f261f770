import { type Change, type CrateSource, copyFamily, type Insertion } from './mutants-family.ts'
import { reachableFrom, type TypeNode } from './mutants-graph.ts'
import { shuffled } from './random.ts'

/** What a field's type becomes. Full paths, so that nothing in scope changes what they mean. */
export interface MutationKind {
  readonly name: string
  readonly wrap: (type: string) => string
}

const LOCK = '::std::sync::Mutex'
const CELL = '::std::cell::RefCell'

/** Those that take Send or Sync away, those that never do, and those that do sometimes: what each does is rustc's to say. */
export const MUTATIONS: readonly MutationKind[] = [
  { name: 'RefCell<T>', wrap: (type) => `${CELL}<${type}>` },
  { name: 'Cell<T>', wrap: (type) => `::std::cell::Cell<${type}>` },
  { name: 'Rc<T>', wrap: (type) => `::std::rc::Rc<${type}>` },
  { name: '*mut T', wrap: (type) => `*mut (${type})` },
  { name: 'MutexGuard<T>', wrap: (type) => `::std::sync::MutexGuard<'static, ${type}>` },
  { name: 'Box<dyn Fn()>', wrap: () => '::std::boxed::Box<dyn Fn()>' },
  { name: 'Mutex<RefCell<T>>', wrap: (type) => `${LOCK}<${CELL}<${type}>>` },
  { name: 'PhantomData<fn(T)>', wrap: (type) => `::std::marker::PhantomData<fn(${type})>` },
  { name: 'Arc<RefCell<T>>', wrap: (type) => `::std::sync::Arc<${CELL}<${type}>>` },
  { name: 'Arc<Mutex<T>>', wrap: (type) => `::std::sync::Arc<${LOCK}<${type}>>` },
  { name: 'Mutex<Rc<T>>', wrap: (type) => `${LOCK}<::std::rc::Rc<${type}>>` },
  { name: 'PhantomData<*mut T>', wrap: (type) => `::std::marker::PhantomData<*mut (${type})>` },
  { name: 'AtomicPtr<T>', wrap: (type) => `::std::sync::atomic::AtomicPtr<${type}>` },
  { name: 'Box<dyn Fn() + Send + Sync>', wrap: () => '::std::boxed::Box<dyn Fn() + Send + Sync>' },
]

/** One field changed, seen from one class. */
export interface Mutant {
  readonly id: number
  readonly class: TypeNode
  /** The type whose field changes. */
  readonly owner: TypeNode
  /** Types that are entered on the shortest way from the class to the owner. */
  readonly hops: number
  readonly kind: MutationKind
  readonly change: Change
  /** What the class's copy is called, and what makes it. */
  readonly copy: string
  readonly insertions: readonly Insertion[]
}

export const MAX_HOPS = 3

interface Site {
  readonly class: TypeNode
  readonly owner: TypeNode
  readonly hops: number
  readonly change: Omit<Change, 'wrap'>
}

/**
 * Mutants of a crate, the hops taken in turns as long as they last, and the mutations in turns. `left` counts the fields that
 * cannot be used, by reason.
 */
export function chooseMutants(
  crate: CrateSource,
  limit: number,
  next: () => number,
  left: Map<string, number>,
): readonly Mutant[] {
  const sites = shuffled(sitesOf(crate, left), next)
  const queues = Array.from({ length: MAX_HOPS + 1 }, (_, hops) => turns(sites.filter((site) => site.hops === hops)))
  const chosen: Mutant[] = []
  let copies = 1
  for (let turn = 0; chosen.length < limit && queues.some((queue) => queue.length > 0); turn++) {
    const candidate = queues[turn % queues.length]?.shift()
    if (!candidate) continue
    const [site, kind] = candidate
    const change = { ...site.change, wrap: kind.wrap }
    const family = copyFamily(crate, site.class.id, change, copies)
    if ('why' in family) {
      left.set(family.why, (left.get(family.why) ?? 0) + 1)
      continue
    }
    copies += family.insertions.length
    chosen.push({ ...site, id: chosen.length + 1, kind, change, copy: family.class, insertions: family.insertions })
  }
  return chosen
}

/** Every site with every mutation: each site once before any comes again, and the mutations in turns. */
function turns(sites: readonly Site[]): (readonly [Site, MutationKind])[] {
  return MUTATIONS.flatMap((_, round) =>
    sites.flatMap((site, index) => {
      const kind = MUTATIONS[(round + index) % MUTATIONS.length]
      return kind ? [[site, kind] as const] : []
    }),
  )
}

function sitesOf(crate: CrateSource, left: Map<string, number>): readonly Site[] {
  const { graph } = crate
  return graph.classes.flatMap((id) => {
    const cls = graph.nodes.get(id)
    if (!cls) return []
    return [...reachableFrom(graph, id)].flatMap(([owner, hops]): readonly Site[] => {
      const node = graph.nodes.get(owner)
      if (!node || node.kind === 'alias' || hops > MAX_HOPS) return []
      const source = crate.sourceOf(node)
      if (!source) left.set('a type that a macro writes', (left.get('a type that a macro writes') ?? 0) + node.fields.length)
      return (source?.fields ?? []).map((field) => ({ class: cls, owner: node, hops, change: { node: owner, field } }))
    })
  })
}
