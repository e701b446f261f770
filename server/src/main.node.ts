import { startServer } from './lsp/server.ts'

// Forked by VS Code with an IPC channel; other editors use `pyo3-thread-safety lsp --stdio`.
await startServer(process.send ? 'ipc' : 'stdio')
