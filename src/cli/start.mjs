#!/usr/bin/env node
// The one plain JavaScript file: it runs on the Node of a fresh machine, where neither Bun nor any library is there yet.
//
//   node src/cli/start.mjs <command> [arguments]
//
// It installs what the lockfile names (only when something is missing or the lockfile has moved), then hands over to Bun.
// Everything it says goes to stderr, so that a command's own output can be piped.
import { spawn, spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { constants } from "node:os"
import { basename, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..")
const modules = join(root, "node_modules")
const stampFile = join(modules, ".dawr-installed")

/** The commands that need the tools of development as well as what serving needs. */
const forDevelopment = new Set(["test", "check", "crash", "screens"])

main()

function main() {
  if (Number(process.versions.node.split(".")[0]) < 20) {
    stop(`Dawr needs Node 20 or newer to start; this is Node ${process.versions.node}. Get it from https://nodejs.org.`)
  }
  const [command = "serve", ...rest] = process.argv.slice(2)
  const script = command === "serve" ? "src/main.ts" : `src/cli/${command}.ts`
  if (!commands().includes(command) || !existsSync(join(root, script))) {
    stop(`There is no command "${command}". Commands: ${commands().join(", ")}.`)
  }
  install({ development: forDevelopment.has(command) || process.env.NODE_ENV !== "production" })
  run(script, rest)
}

/** Every command that has a file beside this one. */
function commands() {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  return Object.values(scripts)
    .map((line) => /start\.mjs (\S+)/.exec(line)?.[1])
    .filter(Boolean)
    .sort()
}

// --- installing ---------------------------------------------------------------------------------------------------------

function install({ development }) {
  const lockText = readFileSync(join(root, "package-lock.json"))
  const lock = JSON.parse(lockText.toString("utf8"))
  const wanted = { lock: createHash("sha256").update(lockText).digest("hex"), platform: platformName() }
  const stamp = readStamp()
  const same = stamp?.lock === wanted.lock && stamp.platform === wanted.platform
  // An installation for development holds all that production needs; it is not torn down for leaving something out.
  if (same && (stamp.development || !development) && isWhole(lock, stamp.development) && bunBinary()) return

  say("Installing what Dawr needs. Once, up to a minute …")
  const began = process.hrtime.bigint()
  // The stamp goes first: if this is interrupted, the next start begins again.
  rmSync(stampFile, { force: true })
  npmInstall(development)
  const binary = bunBinary()
  if (!binary) {
    stop(
      `Bun has no build for ${wanted.platform}, or npm could not install it. ` +
        "Dawr runs on Linux (x64, arm64; glibc or musl), macOS and Windows.",
    )
  }
  finishBun(binary)
  writeFileSync(stampFile, `${JSON.stringify({ ...wanted, development })}\n`)
  say(`Installed in ${Math.round(Number(process.hrtime.bigint() - began) / 1e9)} s.`)
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, "utf8"))
  } catch {
    return null
  }
}

/** Whether every library the lockfile names has its folder. Costs a few milliseconds and notices a node_modules that is half there. */
function isWhole(lock, development) {
  return Object.entries(lock.packages).every(([path, entry]) => {
    if (path === "" || entry.optional || entry.devOptional) return true
    if (entry.dev && !development) return true
    return existsSync(join(root, path, "package.json"))
  })
}

/**
 * `npm ci` without install scripts: what runs here is what the lockfile's hashes name, and the result is the same whether the
 * npm at hand runs such scripts or not. The include options win over what a person's own .npmrc leaves out; Bun's binary
 * arrives as an optional package.
 */
function npmInstall(development) {
  const args = ["ci", "--ignore-scripts", "--include=optional", "--no-audit", "--no-fund", "--no-progress"]
  args.push("--loglevel=error", development ? "--include=dev" : "--omit=dev")
  const [file, ...before] = npm()
  const npmRun = spawnSync(file, [...before, ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    shell: file.endsWith(".cmd"),
  })
  if (npmRun.status === 0) return
  if (npmRun.error && "code" in npmRun.error && npmRun.error.code === "ENOENT") {
    stop("npm was not found. It comes with Node: https://nodejs.org.")
  }
  const said = `${npmRun.stderr ?? ""}${npmRun.stdout ?? ""}`.trim()
  if (said) say(said)
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED|network/i.test(said)) {
    stop("The package registry could not be reached. Check the network or proxy and run the same command again.")
  }
  if (/EACCES|EPERM|EROFS/.test(said)) stop(`This user may not write in ${modules}.`)
  if (/ENOSPC/.test(said)) stop("The disk is full.")
  stop("npm could not install what the lockfile names. What npm said stands above.")
}

/** The npm that started us, whatever its version; otherwise the one on the path. */
function npm() {
  const started = process.env.npm_execpath
  if (started && basename(started) === "npm-cli.js" && existsSync(started)) {
    return [process.versions.bun ? "node" : process.execPath, started]
  }
  return [process.platform === "win32" ? "npm.cmd" : "npm"]
}

// --- finding Bun --------------------------------------------------------------------------------------------------------

/** The platform as Bun's packages name it, e.g. `linux-x64-musl`. */
function platformName() {
  const system = process.platform === "win32" ? "windows" : process.platform
  const processor = process.arch === "arm64" ? "aarch64" : process.arch
  return `${system}-${processor}${isMusl() ? "-musl" : ""}`
}

function isMusl() {
  if (process.platform !== "linux") return false
  const loaders = ["/lib", "/lib64", "/usr/lib"].filter(existsSync).flatMap((folder) => readdirSync(folder))
  return !loaders.some((name) => /^ld-linux/.test(name)) && loaders.some((name) => /^ld-musl-/.test(name))
}

/** Bun's binary: where its install script puts it, or else where its package brought it. */
function bunBinary() {
  const name = process.platform === "win32" ? "bun.exe" : "bun"
  const linked = join(modules, "bun", "bin", "bun.exe")
  const builds = [platformName(), `${platformName()}-baseline`]
  const brought = builds.map((build) => join(modules, "@oven", `bun-${build}`, "bin", name))
  return [linked, ...brought].find(isBinary) ?? null
}

/** Until an install script has run, `bun.exe` is a placeholder of a few hundred bytes. */
function isBinary(file) {
  const found = statSync(file, { throwIfNoEntry: false })
  return found?.isFile() === true && found.size > 1_000_000
}

/** Does what Bun's install script would have done, so that `node_modules/.bin/bun` and `npx bun` work too. */
function finishBun(binary) {
  chmodSync(binary, 0o755)
  for (const name of ["bun.exe", "bunx.exe"]) {
    const target = join(modules, "bun", "bin", name)
    if (target === binary || isBinary(target)) continue
    rmSync(target, { force: true })
    try {
      linkSync(binary, target)
    } catch {
      copyFileSync(binary, target)
    }
  }
}

// --- handing over -------------------------------------------------------------------------------------------------------

function run(script, rest) {
  // --no-orphans: if this process is killed hard, Bun goes with it instead of holding on to the port and the data folder.
  const child = spawn(bunBinary() ?? "bun", ["--no-orphans", join(root, script), ...rest], {
    cwd: root,
    stdio: "inherit",
    // Where the person stood when typing: relative file names among the arguments are meant from there. npm says the same.
    env: { INIT_CWD: process.cwd(), ...process.env },
  })
  let told = false
  const pass = (signal) => {
    told = true
    child.kill(signal)
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to everyone in the foreground, Bun included; a second one would read as impatience.
      if (signal === "SIGINT" && process.stdin.isTTY) told = true
      else pass(signal)
    })
  }

  // npm passes signals on but cannot when it is killed hard itself; nobody could then stop the server by the id they know.
  if (process.env.npm_lifecycle_event) {
    const before = ancestors()
    const watch = setInterval(() => {
      if (ancestors() === before) return
      clearInterval(watch)
      if (!told) pass("SIGTERM")
    }, 100)
    watch.unref()
  }

  child.on("error", (error) => stop(`Bun could not be started: ${error.message}`))
  child.on("exit", (code, signal) => {
    if (signal === "SIGILL") say("This processor lacks instructions that Bun needs (AVX2 on x64).")
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0)
    process.exit()
  })
}

/** Who started us and, where /proc tells it, who started them: npm puts a shell between itself and its scripts. */
function ancestors() {
  try {
    // pid (name) state ppid …; the name may hold spaces and brackets, so read on from its last bracket.
    const fields = readFileSync(`/proc/${process.ppid}/stat`, "utf8").split(") ").at(-1).split(" ")
    return `${process.ppid} ${fields[1]}`
  } catch {
    return `${process.ppid}`
  }
}

function say(line) {
  process.stderr.write(`${line}\n`)
}

function stop(line) {
  say(line)
  process.exit(1)
}
