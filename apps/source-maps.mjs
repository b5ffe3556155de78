// Loaded before an app. Like --enable-source-maps, but without the maps of all packages, which take 20 MB of each process.
import { setSourceMapsSupport } from 'node:module';

setSourceMapsSupport(true);
