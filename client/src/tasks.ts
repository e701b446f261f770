/** The tasks of type `pyo3`: maturin, cargo test and pytest as processes with an argument list, never a shell string. */
import path from 'node:path'
import * as vscode from 'vscode'
import { toolSettings } from './config.ts'
import { activeCrate, type Crate, crateOf, rootCrates } from './manifest.ts'
import { activation, type Environment, findEnvironment, findTool, type Tool } from './toolchain.ts'

export const TASK_TYPE = 'pyo3'

/** What a task does; the value of `command` in its definition. */
export type Command = 'develop' | 'develop-release' | 'build-wheel' | 'cargo-test' | 'pytest'

interface Recipe {
  readonly tool: Tool
  readonly args: readonly string[]
  readonly name: string
  readonly group: vscode.TaskGroup
}

const RECIPES: Readonly<Record<Command, Recipe>> = {
  develop: { tool: 'maturin', args: ['develop'], name: 'maturin develop', group: vscode.TaskGroup.Build },
  'develop-release': {
    tool: 'maturin',
    args: ['develop', '--release'],
    name: 'maturin develop --release',
    group: vscode.TaskGroup.Build,
  },
  'build-wheel': { tool: 'maturin', args: ['build', '--release'], name: 'build wheel', group: vscode.TaskGroup.Build },
  'cargo-test': { tool: 'cargo', args: ['test'], name: 'cargo test', group: vscode.TaskGroup.Test },
  pytest: { tool: 'pytest', args: [], name: 'pytest', group: vscode.TaskGroup.Test },
}

const COMMANDS = Object.keys(RECIPES) as readonly Command[]

/** A task definition as in tasks.json. */
interface Definition extends vscode.TaskDefinition {
  readonly command: Command
  /** Path of the Cargo.toml, relative to the workspace folder or absolute; default: the folder's own. */
  readonly manifest?: string
  /** Further arguments, after those of the settings. */
  readonly args?: readonly string[]
}

/** What a command needs, found on this machine. */
export interface Plan {
  readonly command: Command
  readonly crate: Crate
  readonly tool: Tool
  /** Absolute path of the tool; null if it is not installed. */
  readonly executable: string | null
  readonly environment: Environment | null
  /** The folder it runs in. */
  readonly cwd: string
  readonly folder: vscode.WorkspaceFolder | undefined
}

/** The task being started, while VS Code asks our commands for the folders in its problem matcher. */
let starting: Plan | null = null
let tail: Promise<unknown> = Promise.resolve()

/**
 * Absolute folder to which paths in the output of the task being started are relative: cargo names files from the workspace's
 * root, pytest from where it runs. VS Code does not say which task it asks for: one that our commands did not start is taken to
 * be about the active file's crate.
 */
export function outputRoot(of: 'cargo' | 'pytest'): string {
  const crate = starting?.crate ?? activeCrate() ?? rootCrates()[0]
  return (of === 'cargo' ? crate?.cargoRoot : crate?.project) ?? ''
}

/** Looks up tool and environment for a command on a crate. */
export function plan(command: Command, crate: Crate): Plan {
  const { tool } = RECIPES[command]
  const cwd = tool === 'cargo' ? crate.folder : crate.project
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(crate.manifest))
  const settings = toolSettings(vscode.Uri.file(crate.manifest))
  const environment = findEnvironment(crate.folder, folder?.uri.fsPath ?? cwd, settings)
  return { command, crate, tool, executable: findTool(tool, environment, settings), environment, cwd, folder }
}

/** The task of a plan. A tool that was not found is named without a path: starting it then says so in the terminal. */
export function taskOf(plan: Plan, definition: Definition = definitionOf(plan)): vscode.Task {
  const recipe = RECIPES[plan.command]
  const settings = toolSettings(vscode.Uri.file(plan.crate.manifest))
  const extra = recipe.tool === 'maturin' ? settings.maturinArgs : recipe.tool === 'pytest' ? settings.pytestArgs : []
  const env = { ...activation(plan.environment), ...(settings.targetDir === '' ? {} : { CARGO_TARGET_DIR: settings.targetDir }) }
  const execution = new vscode.ProcessExecution(
    plan.executable ?? recipe.tool,
    [...recipe.args, ...extra, ...(definition.args ?? [])],
    { cwd: plan.cwd, env },
  )
  const matcher = recipe.tool === 'pytest' ? '$pyo3-pytest' : '$pyo3-rustc'
  const task = new vscode.Task(
    definition,
    plan.folder ?? vscode.TaskScope.Workspace,
    taskName(plan),
    TASK_TYPE,
    execution,
    matcher,
  )
  task.group = recipe.group
  task.detail = [path.basename(execution.process), ...execution.args].join(' ')
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, panel: vscode.TaskPanelKind.Dedicated, clear: true }
  return task
}

/** Starts the task of a plan, after the ones before it have started. Rejects if VS Code refuses to. */
export function run(plan: Plan): Promise<vscode.TaskExecution> {
  const started = tail.then(async () => {
    starting = plan
    try {
      return await vscode.tasks.executeTask(taskOf(plan))
    } finally {
      starting = null
    }
  })
  tail = started.catch(() => {}) // the caller hears of it
  return started
}

function definitionOf({ command, crate, folder }: Plan): Definition {
  const manifest = folder === undefined ? crate.manifest : path.relative(folder.uri.fsPath, crate.manifest).replaceAll('\\', '/')
  return { type: TASK_TYPE, command, ...(manifest === 'Cargo.toml' ? {} : { manifest }) }
}

function taskName({ command, crate, folder }: Plan): string {
  const { name } = RECIPES[command]
  return folder !== undefined && folder.uri.fsPath === crate.folder ? name : `${name} (${path.basename(crate.folder)})`
}

/** Offers the tasks of the crates at the folders' roots and of the active file's crate: nothing is searched for. */
export const taskProvider: vscode.TaskProvider = {
  provideTasks() {
    if (!vscode.workspace.isTrusted) return []
    const near = activeCrate()
    const crates = new Map<string, Crate>()
    for (const crate of near === null ? rootCrates() : [near, ...rootCrates()]) crates.set(crate.manifest, crate)
    return [...crates.values()].flatMap((crate) => COMMANDS.map((command) => taskOf(plan(command, crate))))
  },
  resolveTask(task) {
    const definition = task.definition as Definition
    if (!vscode.workspace.isTrusted || !(definition.command in RECIPES)) return undefined
    const folder = typeof task.scope === 'object' ? task.scope : vscode.workspace.workspaceFolders?.[0]
    if (folder === undefined) return undefined
    const crate = crateOf(path.resolve(folder.uri.fsPath, definition.manifest ?? 'Cargo.toml'), folder.uri.fsPath)
    const found = plan(definition.command, crate)
    return taskOf(found, definition)
  },
}

/** The command of a task of ours; null for any other task. */
export function commandOf(task: vscode.Task): Command | null {
  const { type, command } = task.definition
  return type === TASK_TYPE && typeof command === 'string' && command in RECIPES ? (command as Command) : null
}
