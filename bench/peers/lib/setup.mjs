// Makes both sides ready: packages, the built tool, tokens.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { output } from './processes.mjs';

export const home = new URL('..', import.meta.url).pathname;
const repository = join(home, '..', '..');

// Installs the packages unless those of the lock file are there.
export function installPackages() {
  const installed = join(home, 'node_modules', '.package-lock.json');
  if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(join(home, 'package-lock.json')).mtimeMs) {
    execFileSync('npm', ['ci', '--no-progress'], {
      cwd: home,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    });
  }
}

// Builds the command line tool and gets the path of its assembly.
export function buildTool() {
  const project = join(repository, 'src', 'QuantGen.Cli');
  const args = ['build', project, '-c', 'Release', '-v', 'quiet', '--nologo'];
  execFileSync('dotnet', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const find = ['msbuild', project, '-property:Configuration=Release', '-getProperty:TargetPath'];
  return execFileSync('dotnet', find, { encoding: 'utf8' }).trim();
}

export const configFile = (model) => join(home, 'models', `${model}.json`);

export const readConfig = (model) => JSON.parse(readFileSync(configFile(model), 'utf8'));

// Writes the token ids of the first sentences by our tokenizer, for both sides, and gets the file's path.
export async function tokenize(tool, { sentences, vocabulary }, count, scratch) {
  let folder = vocabulary;
  if (statSync(vocabulary).isFile()) {
    folder = join(scratch, 'vocabulary');
    mkdirSync(folder, { recursive: true });
    copyFileSync(vocabulary, join(folder, 'vocab.txt'));
  }
  const lines = readFileSync(sentences, 'utf8')
    .split('\n')
    .slice(1)
    .filter((line) => line !== '');
  if (lines.length < count) {
    throw new Error(`${sentences} has ${lines.length} sentences, and ${count} are needed`);
  }
  const input = lines
    .slice(0, count)
    .map((line) => `${line.split('\t')[0]}\n`)
    .join('');
  const file = join(scratch, 'tokens.json');
  writeFileSync(file, await output('dotnet', [tool, 'tokenize', folder, '--json'], { input }));
  return file;
}
