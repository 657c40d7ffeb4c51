import { posix } from "node:path"
import type { Import, Source } from "./source.ts"

/**
 * The map of the house. Imports only go down, and rooms on one floor do not know each other:
 *
 *     5  src/main.ts  src/app.ts                         wiring
 *     4  src/web  src/jobs  src/cli  src/client          the doors: people, time, operator, browser
 *     3  src/i18n  src/realtime  src/outside             words; the live wire; other systems
 *     2  src/domain                                      what the office does
 *     1  db                                              the store and its one writer
 *     0  src/base                                        clock, calendar, ids, refusal codes, limits
 *
 * Tests and src/testing may import everything; nothing else may import them.
 */
const floors: [prefix: string, floor: number][] = [
  ["src/main.ts", 5],
  ["src/app.ts", 5],
  ["src/web/", 4],
  ["src/jobs/", 4],
  ["src/cli/", 4],
  ["src/client/", 4],
  ["src/i18n/", 3],
  ["src/realtime/", 3],
  ["src/outside/", 3],
  ["src/domain/", 2],
  ["db/", 1],
  ["src/base/", 0],
]

/** Inside the domain each room opens only the doors to its left. */
const corridor = [
  "access",
  "people",
  "notifications",
  "catalogue",
  "documents",
  "offices",
  "availability",
  "bookings",
  "queue",
  "visits",
  "requests",
]

/** Where a library is at home. What is not listed may be used wherever its kind (see `borrowed`) allows. */
const homes: [library: RegExp, home: RegExp, says: string][] = [
  [/^rrule$/, /^src\/domain\/offices\//, "src/domain/offices"],
  [/^drizzle-orm(\/|$)/, /^(db\/|src\/domain\/[^/]+\/(?!rules\.ts$))/, "db and the domain's reads and writes"],
  [/^(hono|@hono\/[^/]+)(\/|$)/, /^src\/(web\/|app\.ts$|main\.ts$|cli\/bench\/bare(-bookings)?\.ts$)/, "src/web"],
  [/^bun:sqlite$/, /^(db\/|src\/cli\/bench\/recording\.ts$)/, "db"],
  [/^(idiomorph|partysocket)(\/|$)/, /^src\/client\//, "src/client"],
]

/** Files that may read the clock and draw by chance: the two wells of it, the wiring, the operator's commands, the browser. */
const readsClock = /^src\/(base\/clock\.ts$|main\.ts$|app\.ts$|cli\/|client\/)/

export interface Libraries {
  /** Installed wherever the program runs. */
  dependencies: string[]
  /** Installed only where it is developed. */
  devDependencies: string[]
}

/** Every breach of the map, a line each: `src/domain/queue/rules.ts:3 imports …`. Empty when the map holds. */
export function breaches(sources: Source[], libraries: Libraries): string[] {
  const paths = new Set(sources.map(({ path }) => path))
  return sources.flatMap((source) => [
    ...misplaced(source.path),
    ...source.imports.flatMap((found) =>
      breachOf(source.path, found, paths, libraries).map(at(source.path, found.line)),
    ),
    ...timeAndChance(source),
  ])
}

function at(path: string, line: number) {
  return (what: string) => `${path}:${line} ${what}`
}

/** Tests and what serves only them. */
export function isForTests(path: string): boolean {
  return path.startsWith("src/testing/") || /\.test\.tsx?$/.test(path)
}

export function floorOf(path: string): number | null {
  return floors.find(([prefix]) => path === prefix || (prefix.endsWith("/") && path.startsWith(prefix)))?.[1] ?? null
}

function misplaced(path: string): string[] {
  if (isForTests(path)) return []
  if (floorOf(path) === null) return [`${path} stands on no floor`]
  const [, room, rest] = /^src\/domain\/([^/]+)(\/)?/.exec(path) ?? []
  if (room && (!rest || !corridor.includes(room))) return [`${path} stands in no room of the domain`]
  return []
}

function breachOf(path: string, { from, typeOnly }: Import, paths: Set<string>, libraries: Libraries): string[] {
  if (from === null) return isForTests(path) ? [] : ["imports something computed, which no map can follow"]
  if (!from.startsWith(".")) return libraryBreach(path, from, typeOnly, libraries)
  const target = posix.join(posix.dirname(path), from)
  if (target.startsWith("..")) return [`imports ${from}, which leaves the project`]
  // Data (JSON, CSS, text) is on the floor on which it lies and holds no imports of its own; a program must be in the list.
  if (/\.[mc]?[jt]sx?$/.test(target) && !paths.has(target)) return [`imports ${target}, which is not there`]
  if (isForTests(path)) return []
  if (isForTests(target)) return [`imports ${target}, which is for tests only`]
  return neighbourBreach(path, target, typeOnly)
}

function neighbourBreach(path: string, target: string, typeOnly: boolean): string[] {
  const [here, there] = [floorOf(path), floorOf(target)]
  if (here === null || there === null) return there === null ? [`imports ${target}, which stands on no floor`] : []
  if (there > here) return [`imports ${target}: up from floor ${here} to ${there}`]
  if (path.startsWith("src/client/")) return clientBreach(target, typeOnly)
  if (path === "src/web/paths.ts") return [`imports ${target}, but paths import nothing`]
  if (here === 2) return domainBreach(path, target, typeOnly)
  if (there < here) return []
  if (here === 5) return target === "src/main.ts" ? [`imports ${target}, which is where everything starts`] : []
  const [room, otherRoom] = [roomOf(path), roomOf(target)]
  if (room === otherRoom) return here === 4 ? webBreach(path, target) : []
  return [`imports ${target}: ${room} and ${otherRoom} stand on one floor`]
}

/** The folder right under src (or db): web, jobs, i18n … */
function roomOf(path: string): string {
  return path.replace(/^src\//, "").split("/")[0] ?? path
}

/** What is said on the wire, and what the topic of a visit holds. */
const wireShapes = /^src\/(realtime\/(protocol|visit-words)|domain\/visits\/reads)\.ts$/

/** The browser's code is bundled for strangers: of ours it may hold only what is at the bottom, and of the wire only the shapes. */
function clientBreach(target: string, typeOnly: boolean): string[] {
  if (target.startsWith("src/client/") || target.startsWith("src/base/")) return []
  if (typeOnly && wireShapes.test(target)) return []
  return [`imports ${target}: the browser's code sees only src/base and the protocol's types`]
}

function domainBreach(path: string, target: string, typeOnly: boolean): string[] {
  if (posix.basename(path) === "rules.ts" && !typeOnly && /^db\/|\/(reads|writes)\.ts$/.test(target)) {
    return [`imports ${target}: rules think, they do not look at the store`]
  }
  if (!target.startsWith("src/domain/")) return []
  const [room = "", otherRoom = ""] = [path, target].map((file) => file.split("/")[2])
  if (corridor.indexOf(otherRoom) <= corridor.indexOf(room)) return []
  return [`imports ${target}: ${otherRoom} lies to the right of ${room}`]
}

/** Within src/web: the audiences share the shell and what lies beside the routes; only the routes know every audience. */
function webBreach(path: string, target: string): string[] {
  if (!path.startsWith("src/web/") || path === "src/web/routes.ts" || path === "src/web/fragments.ts") return []
  if (target === "src/web/routes.ts") return [`imports ${target}: only the wiring knows all routes`]
  const [audience, other] = [path, target].map((file) => file.split("/").slice(2, -1)[0] ?? null)
  if (other === null || other === "shell" || other === audience) return []
  return [`imports ${target}: ${audience ?? "what all audiences share"} does not know ${other}`]
}

function libraryBreach(path: string, from: string, typeOnly: boolean, libraries: Libraries): string[] {
  if (/^\/|^[a-z]+:\/\//.test(from)) return [`imports ${from}, which is outside the project`]
  const name = from.split("/", from.startsWith("@") ? 2 : 1).join("/")
  const builtIn = name === "bun" || /^(bun|node):/.test(from)
  const known = builtIn || [...libraries.dependencies, ...libraries.devDependencies].includes(name)
  if (!known) return [`imports ${from}, which package.json does not name`]
  if (isForTests(path)) return []
  // A type is erased before the program runs, so that it may come from a library of development.
  if (!builtIn && !typeOnly && !libraries.dependencies.includes(name)) {
    return [`imports ${from}, which is not installed in production`]
  }
  if (/^node:timers/.test(from)) return timersAllowed(path) ? [] : [`imports ${from}: timers are handed in`]
  const [, home, says] = homes.find(([library]) => library.test(from)) ?? []
  return home && !home.test(path) ? [`imports ${from}, which is at home in ${says}`] : []
}

function timersAllowed(path: string): boolean {
  return readsClock.test(path)
}

/**
 * Below the doors time is an argument and chance is handed in. A timer is allowed where the line itself or the comment above it says
 * why, in the words `timer: …`: waiting is sometimes the job (a heartbeat on the wire), and then it is said.
 */
function timeAndChance({ path, text, globals }: Source): string[] {
  if (isForTests(path) || readsClock.test(path)) return []
  const lines = text.split("\n")
  return globals
    .filter(({ name, line }) => !(isTimer(name) && saysWhy(lines, line)))
    .map(({ name, line }) => at(path, line)(`reaches for ${name}: time and chance are arguments here`))
}

function isTimer(name: string): boolean {
  return /^set(Timeout|Interval|Immediate)$|^Bun\.sleep$/.test(name)
}

/** Whether the line, or the block of comment right above it, says `timer:` and at least a few words. */
function saysWhy(lines: string[], line: number): boolean {
  const why = /(\/\/|\*).*\btimer: \S+ \S+/
  if (why.test(lines[line - 1] ?? "")) return true
  for (let above = line - 2; /^\s*(\/\/|\/?\*)/.test(lines[above] ?? ""); above--)
    if (why.test(lines[above] ?? "")) return true
  return false
}
