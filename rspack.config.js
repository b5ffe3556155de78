import { basename, dirname, resolve } from 'node:path';

/**
 * What the builder of the Nest CLI is told beyond its defaults: the apps run on the Node that package.json names, so its
 * own private fields do instead of WeakMaps, and modules that see each other directly.
 *
 * @param {import('@rspack/core').Configuration} defaults
 * @returns {import('@rspack/core').Configuration}
 */
export default function forOurNode(defaults) {
  for (const { use } of defaults.module.rules) for (const { options } of use) options.jsc.target = 'es2024';
  const entry = resolve('dist', String(defaults.output.filename));
  return {
    ...defaults,
    // An app looks for the parts that it loads late beside itself, wherever its directory is copied to, as in the images.
    output: { ...defaults.output, path: dirname(entry), filename: basename(entry) },
    // Lines alone: Node keeps what it has read of a map, and columns are three quarters of that.
    devtool: 'cheap-module-source-map',
    optimization: { ...defaults.optimization, providedExports: true, usedExports: true, concatenateModules: true },
  };
}
