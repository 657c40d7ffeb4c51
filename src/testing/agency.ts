import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { run } from "./process.ts"

/* A small agency as its two files have it, and an installation of it by the command that an agency uses. */

export const workdays = "FREQ=WEEKLY;WKST=SU;BYDAY=SU,MO,TU,WE,TH"

export interface OfficeFile {
  code: string
  counters: number
  hours: Record<string, unknown>[]
  lines: Record<string, unknown>[]
  [key: string]: unknown
}

/** An agency of two offices and two services, as its two files have it. */
export function agencyFiles() {
  const office = (code: string): OfficeFile => ({
    ...{ code, ar: code, en: code, agency: "interior", zone: "Asia/Riyadh", sectors: ["PAS", "RES"], counters: 3 },
    address: { ar: "الرياض", en: "Riyadh" },
    hours: [{ layer: "base", rrule: workdays, start: "08:00", minutes: 360 }],
    lines: [
      { code: "PAS", public: 2 },
      { code: "RES", public: 2 },
    ],
  })
  const service = (code: string, sector: string): Record<string, unknown> => ({
    ...{
      code,
      sector,
      ar: code,
      en: code,
      audience: { ar: "الجميع", en: "Everyone" },
      channels: ["office"],
      minutes: 15,
    },
  })
  return {
    offices: {
      agencies: [{ code: "interior", ar: "وزارة", en: "Ministry" }] as Record<string, unknown>[],
      offices: [office("AAA-1"), office("BBB-1")] as [OfficeFile, OfficeFile],
      calendar: { seasons: [] as Record<string, unknown>[], holidays: [] as Record<string, unknown>[] },
    },
    services: {
      sectors: { PAS: { ar: "جوازات", en: "Passports" }, RES: { ar: "إقامة", en: "Residence" } },
      services: [service("PAS-01", "PAS"), service("RES-01", "RES")] as [
        Record<string, unknown>,
        Record<string, unknown>,
      ],
    },
  }
}

export type AgencyFiles = ReturnType<typeof agencyFiles>

/** Runs the setup over a folder, from within it, as somebody at a terminal does; without `--yes` unless it is said. */
export async function setUpIn(folder: string, given: AgencyFiles, args: string[] = ["--yes"]) {
  writeFileSync(join(folder, "offices.json"), JSON.stringify(given.offices))
  writeFileSync(join(folder, "services.json"), JSON.stringify(given.services))
  const env = { DATA_DIR: join(folder, "data"), INIT_CWD: folder }
  const child = run("src/cli/setup.ts", env, ["offices.json", "services.json", ...args])
  return { code: await child.ended, said: child.said() }
}
