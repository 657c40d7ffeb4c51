import { spawnSync } from "node:child_process"

/** The one that never has a window first: it shows a page in half the time. */
const names = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]
const otherPlaces = [
  "/snap/bin/chromium",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
]

export const howToGetChromium =
  "The tests need Chromium. Debian: `sudo apt-get install chromium-headless-shell`; Ubuntu: `sudo apt-get install chromium`; macOS: `brew install --cask chromium`; or name one in CHROMIUM=/path/to/chromium."

/** What every Chromium here is started with. */
export const quietly = [
  // Containers give /dev/shm 64 MB, on which a large page dies.
  "--disable-dev-shm-usage",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Letters as wide as where there is a window.
  "--font-render-hinting=none",
  // The headless shell ends a page that asks whether speech can be written down on the device: it has nobody who could answer.
  "--disable-blink-features=OnDeviceWebSpeechAvailable",
]

/** The path of the system's Chromium, or `null`. `CHROMIUM` names one that stands elsewhere. */
export function findChromium(): string | null {
  const named = process.env["CHROMIUM"]
  if (named) return Bun.which(named)
  for (const name of [...names, ...otherPlaces]) {
    const found = Bun.which(name)
    if (found) return found
  }
  return null
}

/**
 * Finds Chromium or, on Debian and its kin, installs it: as root, or by sudo where that asks for no password.
 * Never asks a question, since nobody may be there to answer it.
 */
export function chromiumOrInstall(): string | null {
  const found = findChromium()
  if (found || process.env["CHROMIUM"] || !Bun.which("apt-get")) return found
  const before = process.getuid?.() === 0 ? [] : ["sudo", "-n"]
  if (before.length > 0 && spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status !== 0) return null
  console.log("Installing Chromium for the browser tests, by apt. Once, a minute or two …")
  const apt = (...args: string[]) => {
    const [file = "", ...rest] = [...before, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", ...args]
    return spawnSync(file, rest, { stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" })
  }
  let run = apt("update", "-q")
  // Not every kin of Debian has the one without a window.
  for (const name of run.status === 0 ? ["chromium-headless-shell", "chromium"] : []) {
    run = apt("install", "-y", "-q", "--no-install-recommends", name)
    if (run.status === 0) break
  }
  if (run.status === 0) return findChromium()
  console.log(`${run.stdout}${run.stderr}`.trim().split("\n").slice(-8).join("\n"))
  return null
}
