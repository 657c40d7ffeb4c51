import type { Planted } from "../parts.ts"

export const proxyNeverEnds: Planted = {
  name: "proxy-never-ends",
  breaks: "who has ended a proxy is acted for no more",
  by: "what was taken away does nothing",
  changes: [
    {
      file: "src/domain/people/acting.ts",
      find: "until > now && endedAt === null",
      replace: "until > now && endedAt !== 0",
    },
  ],
}
