import { rmSync } from "node:fs"
import {
  damaged,
  FolderInUse,
  hasStore,
  isDamage,
  type OpenStore,
  openStore,
  removeStore,
  StoreProblem,
} from "../db/open.ts"
import { readStore } from "../db/store.ts"
import { openWriter } from "../db/write.ts"
import { createApp } from "./app.ts"
import { machineChance, machineClock, machineTimers } from "./base/clock.ts"
import { type Env, EnvProblem, readEnv } from "./base/env.ts"
import { type Log, openLog } from "./base/log.ts"
import { demoAnnouncement, kindOf, openDemo } from "./cli/demo/open.ts"
import { openKeys, proveKeys } from "./cli/keys-file.ts"
import { helped } from "./cli/usage.ts"
import { startJobs } from "./jobs/run.ts"
import { openPost } from "./outside/post.ts"
import { ownRegistry } from "./outside/registry.ts"
import { filesIn, openStorage } from "./outside/storage.ts"
import { type Assets, openAssets } from "./web/assets.ts"
import { bareAnswer } from "./web/headers.ts"
import type { House, Look } from "./web/house.ts"
import { openHub } from "./web/live/wiring.ts"
import { readLook } from "./web/look.ts"
import { paths } from "./web/paths.ts"

/*
 * Wires the house and opens its doors. Everything that reads the clock, the random source, the environment or the disk is named here and
 * handed down; nothing below asks for it itself.
 */
const bornAt = performance.now()

const usage = `Usage: npm start

Serves what is in DATA_DIR (default ./data), and makes a demonstration where nothing is. It takes no options: what it goes by, such as
PORT, is said in the environment, and README.md names it.`

// What this process writes holds people's data: its owner's business alone.
process.umask(0o077)

async function start(): Promise<void> {
  const env = readEnv(process.env)
  const log = openLog((line) => process.stderr.write(`${line}\n`), Date.now)
  // Whoever has to say another port shall be shown the demonstration's sign-ins then, which is done when it is made.
  if (!hasStore(env.dataDir)) mustBeFree(env)
  const { opened, isNew } = await openFolder(env)
  const store = readStore(opened.reading)
  const keys = openKeys(env.keysFile, { create: isNew, chance: machineChance })
  const demo = await openDemo({ env, opened, store, keys, chance: machineChance, isNew })
  const clock = machineClock(demo?.shift ?? 0)
  const writer = openWriter(opened.writing, {
    clock,
    onBroken: (cause) => {
      log.error("store_broken", { cause, detail: "the disk can no longer be trusted; stopping" })
      process.exit(70)
    },
    onListenerError: (cause) => log.error("listener_failed", { cause }),
  })
  await proveKeys({ store, writer, keys, file: env.keysFile, isNew })

  const look = await readLook(store)
  const assets = await openAssets({ look })
  const partial = {
    env,
    clock,
    chance: machineChance,
    keys,
    log,
    store,
    writer,
    assets,
    registry: ownRegistry,
    storage: openStorage(filesIn(env.dataDir)),
    demo: demo !== null,
  }
  const dressed = { ...partial, look: withLogo(look, assets, log) }
  const hub = openHub(dressed, machineTimers)
  const house: House = { ...dressed, hub }
  const app = createApp(house)

  const server = Bun.serve({
    port: env.port,
    hostname: env.host,
    // Said aloud, because the runtime shares a port by default: two servers would each get half of the requests.
    reusePort: false,
    development: false,
    // Whoever sends a request byte by byte, or nothing at all, is not waited for.
    idleTimeout: 10,
    // Far above our own limit, which is told in words: what the runtime cuts off gets no page.
    maxRequestBodySize: 64 * 1024 * 1024,
    websocket: hub.websocket,
    fetch(request, server) {
      return isLive(request) ? hub.upgrade(request, server) : app.fetch(request, server)
    },
    error(cause) {
      log.error("bug", { cause })
      return bareAnswer(500)
    },
  })
  if (env.port === 0 && !process.env.PUBLIC_ORIGIN) env.origin = `http://localhost:${server.port}`

  const post = openPost(env, log)
  if (demo && (env.mail || env.sms)) {
    log.warn("demo_sends", { detail: "a demonstration's addresses and numbers are invented, and may be somebody's" })
  }
  const inboxAt = () => `${env.origin}${paths.inbox}`
  const visitAt = (visit: string) => `${env.origin}${paths.visit(visit)}`
  const jobs = startJobs({ ...house, post, inboxAt, visitAt }, machineTimers)
  demo?.announce(env.origin)

  let stopping: Promise<void> | null = null
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      hub.close()
      await Promise.all([jobs.stop(), letGo(server)])
      await writer.close()
      opened.close()
    })()
    return stopping
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      stop().then(
        () => process.exit(0),
        (cause: unknown) => {
          log.error("stop_failed", { cause })
          process.exit(1)
        },
      )
    })
  }
  process.on("unhandledRejection", (cause) => log.error("unhandled", { cause }))

  const ready = Math.round(performance.now() - bornAt)
  process.stdout.write(
    demo
      ? demoAnnouncement(demo, env.origin, ready)
      : `Dawr is open at ${env.origin} (ready in ${ready} ms, listening on ${env.host}:${server.port})\n`,
  )
}

/** Throws where nothing can listen there. */
function mustBeFree({ host, port }: Env): void {
  Bun.listen({ hostname: host, port, exclusive: true, socket: { data() {} } }).stop(true)
}

/** The data folder, made where this start is to make it. A store that nobody has used yet counts as new, however far its making came. */
async function openFolder(env: Env): Promise<{ opened: OpenStore; isNew: boolean }> {
  if (env.demo && env.production) throw new EnvProblem("A demo never runs in production: unset DEMO, or NODE_ENV.")
  const mayMake = env.demo ?? !env.production
  const notThere = new StoreProblem(`There is no agency in ${env.dataDir} yet. Run "npm run setup" first.`)
  if (!hasStore(env.dataDir) && !mayMake) throw notThere
  const opened = await whenFree(() => openStore(env.dataDir, { create: mayMake }))
  const kind = await kindOf(readStore(opened.reading))
  const refuse = (problem: Error) => {
    opened.close()
    return problem
  }
  if (kind === "agency" && env.demo) {
    throw refuse(
      new StoreProblem(`${env.dataDir} holds an agency's own data. Unset DEMO, or point DATA_DIR elsewhere.`),
    )
  }
  if (env.production && (kind === "demo" || kind === "half")) {
    throw refuse(new StoreProblem(`${env.dataDir} holds a demonstration, which never runs in production.`))
  }
  if (kind === "demo" || kind === "agency") return { opened, isNew: false }
  if (!mayMake) throw refuse(notThere)
  if (kind === "untouched") return { opened, isNew: true }
  opened.close()
  removeStore(env.dataDir)
  rmSync(filesIn(env.dataDir), { recursive: true, force: true })
  return { opened: openStore(env.dataDir, { create: true }), isNew: true }
}

/** How long a start waits for the process before it, which may just be going down. */
const waitMilliseconds = 3_000

async function whenFree(open: () => OpenStore): Promise<OpenStore> {
  const until = performance.now() + waitMilliseconds
  for (;;) {
    try {
      return open()
    } catch (thrown) {
      if (!(thrown instanceof FolderInUse) || performance.now() > until) throw thrown
      await Bun.sleep(50)
    }
  }
}

/** A logo that is not there must not take every page with it. */
function withLogo(look: Look, assets: Assets, log: Log): Look {
  if (!look.logo) return look
  try {
    assets.url(look.logo)
    return look
  } catch {
    log.warn("logo_missing", { detail: `there is no public/${look.logo}; the own mark is shown instead` })
    return { ...look, logo: null }
  }
}

/** Requests that are being answered get half a second; connections that are only kept open get nothing more. */
async function letGo(server: { stop(hard?: boolean): Promise<void> }): Promise<void> {
  await Promise.race([server.stop(), Bun.sleep(500)])
  await Promise.race([server.stop(true), Bun.sleep(100)])
}

function isLive(request: Request): boolean {
  return request.headers.get("upgrade")?.toLowerCase() === "websocket" && /^[^?]*\/live(\?|$)/.test(request.url)
}

const typed = process.argv.slice(2)
if (helped(typed, usage)) process.exit(0)
if (typed.length > 0) {
  process.stderr.write(`What is "${process.argv[2]}"?\n${usage}\n`)
  process.exit(64)
}

start().catch((cause: unknown) => {
  const thrown = isDamage(cause) ? damaged("The database", cause) : cause
  const expected = thrown instanceof EnvProblem || thrown instanceof StoreProblem
  const inUse = thrown instanceof Error && "code" in thrown && thrown.code === "EADDRINUSE"
  const isListening = thrown instanceof Error && "syscall" in thrown && thrown.syscall === "listen"
  if (expected) process.stderr.write(`${thrown.message}\n`)
  else if (inUse) process.stderr.write(`Port ${process.env.PORT || 3000} is in use. Say another one with PORT.\n`)
  else if (isListening) {
    process.stderr.write(
      `Nothing can listen at ${process.env.HOST || "0.0.0.0"}, port ${process.env.PORT || 3000} (${thrown.message}). Say another HOST or PORT.\n`,
    )
  } else process.stderr.write(`Dawr could not start.\n${thrown instanceof Error ? thrown.stack : thrown}\n`)
  process.exit(expected || inUse || isListening ? 78 : 1)
})
