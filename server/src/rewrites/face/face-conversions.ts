import { derives } from '../../model/attributes.ts'
import { makeTy } from '../../resolve/interner.ts'
import type { ClassSource } from '../class-source.ts'
import { isQuietClone } from '../clone-reach.ts'
import { type Problem, placeText } from '../problems.ts'
import { snapshotProblem } from '../snapshot.ts'
import type { FaceNames } from './face-names.ts'

/** The traits by which PyO3 converts values, which the data gets from the face and so must not have already. */
const CONVERSIONS = /^(?:IntoPyObject|FromPyObject|IntoPy|ToPyObject|FromPyObjectBound|PyStubType)$/

/** Impls in lines, without indentation; a problem where the data cannot have them. */
export function conversions(source: ClassSource, names: FaceNames, lock: string): readonly (readonly string[])[] | Problem {
  const { cls, view } = source
  const minor = view.crate.pyo3.minor ?? 0
  if (minor < 23)
    return {
      reason: 'attribute',
      detail: `PyO3 0.${minor} has no \`IntoPyObject\`, by which \`${cls.name}\` would become what Python gets`,
    }
  const own = source.impls.find((it) => CONVERSIONS.test(it.item.trait?.path.segments.at(-1)?.name ?? ''))
  if (own) {
    const trait = own.item.trait?.path.segments.at(-1)?.name
    return {
      reason: 'trait-impl',
      detail: `${placeText(view.db, own.file, own.headStart)}: \`${cls.name}\` has an impl of \`${trait}\` of its own`,
    }
  }
  const from = [
    `impl From<${cls.name}> for ${names.type} {`,
    `    fn from(inner: ${cls.name}) -> Self {`,
    '        Self {',
    `            inner: ${lock}::new(inner),`,
    '        }',
    '    }',
    '}',
  ]
  const into = [
    `impl<'py> pyo3::IntoPyObject<'py> for ${cls.name} {`,
    `    type Target = ${names.type};`,
    `    type Output = pyo3::Bound<'py, ${names.type}>;`,
    '    type Error = pyo3::PyErr;',
    '',
    `    fn into_pyobject(self, py: pyo3::Python<'py>) -> Result<Self::Output, Self::Error> {`,
    `        pyo3::Bound::new(py, ${names.type}::from(self))`,
    '    }',
    '}',
  ]
  if (!isCloned(source)) return [from, into]
  if (!isQuietClone(view.db, makeTy(view.db, { kind: 'adt', def: cls.id, args: [] })))
    return {
      reason: 'derive-breaks',
      detail: `${placeText(view.db, source.file, cls.nameAt.span.start)}: cloning \`${cls.name}\` may run code that is not known, under the lock`,
    }
  return [from, into, minor < 27 ? fromOld(cls.name, names) : fromNew(cls.name, names)]
}

/** `FromPyObject` as it is since PyO3 0.27. A frozen class gives its contents without a borrow (`Bound::get`). */
function fromNew(name: string, { type, locked }: FaceNames): string[] {
  return [
    `impl<'a, 'py> pyo3::FromPyObject<'a, 'py> for ${name} {`,
    '    type Error = pyo3::PyErr;',
    '',
    "    fn extract(object: pyo3::Borrowed<'a, 'py, pyo3::PyAny>) -> Result<Self, Self::Error> {",
    `        let face = object.cast::<${type}>()?;`,
    `        let guard = face.get().${locked}();`,
    '        Ok(Clone::clone(&*guard))',
    '    }',
    '}',
  ]
}

function fromOld(name: string, { type, locked }: FaceNames): string[] {
  return [
    `impl<'py> pyo3::FromPyObject<'py> for ${name} {`,
    "    fn extract_bound(object: &pyo3::Bound<'py, pyo3::PyAny>) -> pyo3::PyResult<Self> {",
    `        let face = pyo3::types::PyAnyMethods::downcast::<${type}>(object)?;`,
    `        let guard = face.get().${locked}();`,
    '        Ok(Clone::clone(&*guard))',
    '    }',
    '}',
  ]
}

/** Whether the data is `Clone`, so that Python's objects could be given by value. */
export function isCloned(source: ClassSource): boolean {
  return (
    derives(source.struct.attrs).includes('Clone') ||
    source.impls.some((it) => it.item.trait?.path.segments.at(-1)?.name === 'Clone')
  )
}

/** Impls that options of the class ask for: each works on copies, so that no guard is alive in code of the class's own. */
export function optionImpls(source: ClassSource, { type, locked }: FaceNames): readonly (readonly string[])[] | Problem {
  const { all } = source.cls.options
  const wanted = ['eq', 'ord', 'str'].filter((it) => all.has(it))
  if (wanted.length === 0) return []
  const problem = snapshotProblem(source)
  if (problem) return problem
  const copies = [`        let own = self.${locked}().clone();`, `        let theirs = other.${locked}().clone();`]
  const found: string[][] = []
  if (all.has('eq'))
    found.push([
      `impl PartialEq for ${type} {`,
      '    fn eq(&self, other: &Self) -> bool {',
      ...copies,
      '        own == theirs',
      '    }',
      '}',
    ])
  if (all.has('ord'))
    found.push([
      `impl PartialOrd for ${type} {`,
      '    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {',
      ...copies,
      '        own.partial_cmp(&theirs)',
      '    }',
      '}',
    ])
  if (all.has('str'))
    found.push([
      `impl std::fmt::Display for ${type} {`,
      "    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {",
      `        let own = self.${locked}().clone();`,
      '        std::fmt::Display::fmt(&own, f)',
      '    }',
      '}',
    ])
  return found
}
