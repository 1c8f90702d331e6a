// Where a run took place.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { home } from './setup.mjs';

export function describeMachine(loadAtStart) {
  const [cpu] = os.cpus();
  const version = (name) => JSON.parse(readFileSync(join(home, 'node_modules', name, 'package.json'), 'utf8')).version;
  return {
    date: new Date().toISOString().slice(0, 16).replace('T', ' ') + ' UTC',
    machine: os.hostname(),
    cpu: cpu.model.trim(),
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
