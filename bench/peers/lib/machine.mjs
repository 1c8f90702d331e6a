// Where a run took place.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { home } from './setup.mjs';

// AMD's families, and what tells two of one apart.
const amd = { 23: () => 'zen2', 25: (flags) => (flags.includes('avx512f') ? 'zen4' : 'zen3'), 26: () => 'zen5' };

// A name for the kind of processor, for a file. Clouds call processors of all generations alike, so that the family says more than the name.
export function cpuKind(name = os.cpus()[0].model, details = cpuDetails()) {
  const value = (key) => new RegExp(`^${key}\\s*: (.*)$`, 'm').exec(details)?.[1] ?? '';
  const generation = value('vendor_id') === 'AuthenticAMD' ? amd[value('cpu family')]?.(value('flags').split(' ')) : undefined;
  const kind = generation ? `amd-${generation}` : `${name.replace(/@.*/, '')} ${value('cpu family')} ${value('model')}`;
  return kind
    .toLowerCase()
    .replace(/\((r|tm)\)/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

function cpuDetails() {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}

export function describeMachine(loadAtStart) {
  const [cpu] = os.cpus();
  const version = (name) => JSON.parse(readFileSync(join(home, 'node_modules', name, 'package.json'), 'utf8')).version;
  return {
    date: new Date().toISOString().slice(0, 16).replace('T', ' ') + ' UTC',
    machine: os.hostname(),
    cpu: `${cpu.model.trim()} (${cpuKind()})`,
    processors: os.cpus().length,
    memory_gib: Math.round(os.totalmem() / 2 ** 30),
    os: `${systemName()} (${os.type()} ${os.release()}, ${os.arch()})`,
    dotnet: execFileSync('dotnet', ['--version'], { encoding: 'utf8' }).trim(),
    node: process.versions.node,
    onnxruntime: version('onnxruntime-node'),
    commit: commit(),
    load_at_start: Number(loadAtStart.toFixed(2)),
  };
}

function systemName() {
  try {
    return /^PRETTY_NAME="?(.*?)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))[1];
  } catch {
    return os.version();
  }
}

function commit() {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], {
      cwd: home,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}
