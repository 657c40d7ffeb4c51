import { existsSync, readFileSync } from "node:fs"
import { z } from "zod"

/** What a replay takes from the file that a demonstration writes beside its data: the keys of who acts. */
const shape = z.object({
  citizens: z.array(z.object({ id: z.string(), token: z.string() })),
  agents: z.array(z.object({ office: z.string(), counter: z.string(), token: z.string() })),
  kiosks: z.array(z.object({ office: z.string(), token: z.string() })),
})

export type DemoKeys = z.infer<typeof shape>

/** Reads the file. Throws a sentence where it is not there or not of this form. */
export function readDemoKeys(path: string): DemoKeys {
  if (!existsSync(path))
    throw new RangeError(`there is no file ${path}; a demonstration writes demo.json in its data folder`)
  try {
    return shape.parse(JSON.parse(readFileSync(path, "utf8")))
  } catch {
    throw new RangeError(`${path} is not the demo.json of a demonstration`)
  }
}
