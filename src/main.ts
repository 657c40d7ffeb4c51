import { hasStore, openStore, removeStore, StoreProblem } from "../db/open.ts"
import { readStore } from "../db/store.ts"
import { openWriter } from "../db/write.ts"
import { createApp } from "./app.ts"
import { machineChance, machineClock, machineTimers } from "./base/clock.ts"
import { EnvProblem, readEnv } from "./base/env.ts"
import { openLog } from "./base/log.ts"
import { demoAnnouncement, isHalfMade, openDemo } from "./cli/demo/open.ts"
import { openKeys } from "./cli/keys-file.ts"
import { startJobs } from "./jobs/run.ts"
import { openAssets } from "./web/assets.ts"
import type { House } from "./web/house.ts"
import { openHub } from "./web/live/wiring.ts"
import { readLook } from "./web/look.ts"

/*
 * Wires the house and opens its doors. Everything that reads the clock, the random source, the environment or the disk is named here and
 * handed down; nothing below asks for it itself.
 */
const bornAt = performance.now()

async function start(): Promise<void> {
  const env = readEnv(process.env)
  const log = openLog((line) => process.stderr.write(`${line}\n`), Date.now)
  let isNew = !hasStore(env.dataDir)
  const wantsDemo = env.demo ?? (isNew && !env.production)
  if (isNew && !wantsDemo)
    throw new StoreProblem(`There is no database in ${env.dataDir} yet. Run "npm run setup" first.`)
  if (wantsDemo && env.production) throw new EnvProblem("A demo never runs in production: unset DEMO, or NODE_ENV.")

  let opened = openStore(env.dataDir, { create: isNew })
  let store = readStore(opened.reading)
  if (await isHalfMade(store)) {
    opened.close()
    removeStore(env.dataDir)
    opened = openStore(env.dataDir, { create: true })
    store = readStore(opened.reading)
    isNew = true
  }
  const keys = openKeys(env.keysFile, { create: isNew, chance: machineChance })
  const demo = await openDemo({ env, opened, store, keys, chance: machineChance, isNew })
  const clock = machineClock(demo?.shift ?? 0)
  let stopping: Promise<void> | null = null
  const writer = openWriter(opened.writing, {
    clock,
    onBroken: (cause) => {
      log.error("store_broken", { cause, detail: "the disk can no longer be trusted; stopping" })
      process.exit(70)
    },
    onListenerError: (cause) => log.error("listener_failed", { cause }),
  })

  const look = await readLook(store)
  const assets = await openAssets({ look })
  const partial = { env, clock, chance: machineChance, keys, log, store, writer, assets, look, demo: demo !== null }
  const hub = openHub(partial, machineTimers)
  const house: House = { ...partial, hub }
  const app = createApp(house)

  const server = Bun.serve({
    port: env.port,
    hostname: env.host,
    development: false,
    idleTimeout: 30,
    maxRequestBodySize: 4 * 1024 * 1024,
    websocket: hub.websocket,
    fetch(request, server) {
      return isLive(request) ? hub.upgrade(request, server) : app.fetch(request, server)
    },
  })
  if (env.port === 0 && !process.env.PUBLIC_ORIGIN) env.origin = `http://localhost:${server.port}`

  const jobs = startJobs(house, machineTimers)
  if (demo) await demo.announce(env.origin)
  const ready = Math.round(performance.now() - bornAt)
  process.stdout.write(
    demo ? demoAnnouncement(demo, env.origin, ready) : `Dawr is open at ${env.origin} (ready in ${ready} ms)\n`,
  )

  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      jobs.stop()
      hub.close()
      await server.stop()
      await writer.close()
      opened.close()
    })()
    return stopping
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => void stop().then(() => process.exit(0)))
  }
  process.on("unhandledRejection", (cause) => log.error("unhandled", { cause }))
}

function isLive(request: Request): boolean {
  return request.headers.get("upgrade")?.toLowerCase() === "websocket" && /^[^?]*\/live(\?|$)/.test(request.url)
}

start().catch((thrown: unknown) => {
  const expected = thrown instanceof EnvProblem || thrown instanceof StoreProblem
  process.stderr.write(
    expected ? `${thrown.message}\n` : `Dawr could not start.\n${thrown instanceof Error ? thrown.stack : thrown}\n`,
  )
  process.exit(expected ? 78 : 1)
})
