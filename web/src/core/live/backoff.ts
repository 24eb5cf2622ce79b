const FIRST = 500
const LONGEST = 30_000

/** Milliseconds to wait before try number `attempt` (from 0): doubling, half of it at random. */
export function backoff(attempt: number, random: () => number): number {
  const full = Math.min(LONGEST, FIRST * 2 ** Math.min(attempt, 10))
  return full / 2 + (full / 2) * random()
}
