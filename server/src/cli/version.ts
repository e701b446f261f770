import manifest from '../../../package.json' with { type: 'json' }

/** Version of the extension, the server and the command line: there is only one. */
export const VERSION: string = manifest.version
