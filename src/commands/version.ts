/** Set by the bundler; a run from the sources says so. */
export const REFIT_VERSION: string = process.env['REFIT_VERSION'] ?? '0.1.0-source'
