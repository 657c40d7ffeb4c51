import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { connect, createServer } from "node:net"
import { join } from "node:path"
import { atTheEnd } from "./cleanup.ts"
import { ownFolder } from "./process.ts"

/* A relay of the kind that agencies run: Debian's coturn, as a process of the test's own, on this machine alone. */

const program = "/usr/bin/turnserver"

export const hasCoturn = existsSync(program)

/** Whether there is a coturn to try `what` with. Where there is none that is said; a machine that is to have one says so, and fails without. */
export function triesCoturn(what: string): boolean {
  if (hasCoturn) return true
  const missing = `there is no ${program}`
  if (process.env["DAWR_COTURN"] === "1") throw new Error(`not tried: ${missing}`)
  process.stderr.write(`${what}: not tried, ${missing}\n`)
  return false
}

export interface Coturn {
  urls: string
  secret: string
  kill(): Promise<void>
  start(): Promise<void>
}

/** Starts one that knows `secret`; with `tcpOnly` no datagram reaches it. It listens on loopback only, and may relay there, which one for the world must never. */
export async function coturn(secret = "a secret of the tests", { tcpOnly = false } = {}): Promise<Coturn> {
  const port = await freePort()
  const folder = ownFolder()
  const args = [
    ...["-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", `--listening-port=${port}`],
    ...["--min-port=49160", "--max-port=49260", "--realm=dawr.test", "--use-auth-secret"],
    ...[`--static-auth-secret=${secret}`, "--fingerprint", "--allow-loopback-peers", "--no-tls", "--no-dtls"],
    ...["--no-cli", "--no-multicast-peers", "--log-file=stdout", "--simple-log"],
    ...[`--pidfile=${join(folder, "pid")}`, `--userdb=${join(folder, "users")}`],
    ...(tcpOnly ? ["--no-udp"] : []),
  ]
  let running: ReturnType<typeof spawn> | null = null

  async function start(): Promise<void> {
    // What it says is kept back until there is a page of it, so it is asked instead.
    const child = spawn(program, args, { stdio: "ignore", cwd: folder })
    running = child
    while (!(await isOpen(port))) {
      if (child.exitCode !== null) throw new Error(`coturn ended with ${child.exitCode}`)
      await Bun.sleep(20)
    }
  }

  async function kill(): Promise<void> {
    const child = running
    running = null
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.on("close", resolve))
    child.kill("SIGKILL")
    await ended
  }

  await start()
  atTheEnd(kill)
  return { urls: `turn:127.0.0.1:${port}?transport=udp,turn:127.0.0.1:${port}?transport=tcp`, secret, kill, start }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1")
    socket.on("connect", () => resolve(true)).on("error", () => resolve(false))
    socket.on("connect", () => socket.destroy())
  })
}

export async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0))
    })
  })
}
