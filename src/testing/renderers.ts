import type { Browser } from "playwright-core"

/** The processes in which a browser's pages run. */
async function renderers(browser: Browser): Promise<number[]> {
  const devtools = await browser.newBrowserCDPSession()
  const { processInfo } = await devtools.send("SystemInfo.getProcessInfo")
  await devtools.detach()
  return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id)
}

/**
 * Stops all pages of a browser in the middle of whatever they do, as a machine does that swaps or a phone that sleeps: the browser itself
 * goes on and answers for them. Answers how to let them go on.
 */
export async function freeze(browser: Browser): Promise<() => void> {
  const all = await renderers(browser)
  if (all.length === 0) throw new Error("no page runs in this browser")
  for (const id of all) process.kill(id, "SIGSTOP")
  return () => {
    for (const id of all) process.kill(id, "SIGCONT")
  }
}
