// Classifies the arguments as the page does: node classify.mjs FOLDER TEXT... with the folder that publish wrote.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, ...texts] = process.argv.slice(2);
const { dotnet } = await import(pathToFileURL(resolve(folder, 'wwwroot/_framework/dotnet.js')).href);
const { getAssemblyExports, getConfig } = await dotnet.create();
const { QuantGen } = await getAssemblyExports(getConfig().mainAssemblyName);
for (const text of texts) {
  console.log(QuantGen.Samples.Browser.Reviews.Classify(text));
}
process.exit(0);
