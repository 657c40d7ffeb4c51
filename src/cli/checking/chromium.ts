import { spawnSync } from "node:child_process"

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]
const otherPlaces = [
  "/snap/bin/chromium",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
]

export const howToGetChromium =
  "The tests need Chromium. Debian and Ubuntu: `sudo apt-get install chromium`; macOS: `brew install --cask chromium`; or name one in CHROMIUM=/path/to/chromium."

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
  for (const command of [
    ["apt-get", "update", "-q"],
    ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"],
  ]) {
    const [file = "", ...args] = [...before, "env", "DEBIAN_FRONTEND=noninteractive", ...command]
    const run = spawnSync(file, args, { stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" })
    if (run.status !== 0) {
      console.log(`${run.stdout}${run.stderr}`.trim().split("\n").slice(-8).join("\n"))
      return null
    }
  }
  return findChromium()
}
