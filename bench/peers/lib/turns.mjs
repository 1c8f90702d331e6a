// Lets two contenders take turns.
import { setTimeout as pause } from 'node:timers/promises';

// Gets the milliseconds of both, 'runs' of each. The first rounds warm up and are not kept.
// The order never changes, so that each turn finds the caches as the other side left them.
export async function takeTurns(a, b, { runs, warmUps, burst, pauseMs }) {
  const times = [[], []];
  for (let round = 0; times[0].length < runs; round++) {
    for (const [contender, kept] of [
      [a, times[0]],
      [b, times[1]],
    ]) {
      for (let i = 0; i < burst; i++) {
        const time = await contender.time();
        if (round >= warmUps && kept.length < runs) {
          kept.push(time);
        }
      }
      await pause(pauseMs);
    }
  }
  return times;
}
