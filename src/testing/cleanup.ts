type Step = () => unknown

const steps: Step[] = []

/** Has `step` run once all tests of this process (or, where files are isolated, of this file) are through. The last comes first. */
export function atTheEnd(step: Step): void {
  steps.push(step)
}

/** Runs every step, also after one has failed; then throws what the first failure threw. Called by the preload. */
export async function cleanUp(): Promise<void> {
  const failures: unknown[] = []
  for (let step = steps.pop(); step; step = steps.pop()) {
    try {
      await step()
    } catch (failure) {
      failures.push(failure)
    }
  }
  if (failures.length > 0) throw failures[0]
}
