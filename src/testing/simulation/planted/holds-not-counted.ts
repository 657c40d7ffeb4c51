import type { Planted } from "../parts.ts"

export const holdsNotCounted: Planted = {
  name: "holds-not-counted",
  breaks: "a place that is held is taken",
  by: "no slot over its places",
  from: 101,
  days: 2,
  changes: [
    {
      file: "src/domain/availability/writes.ts",
      find: `const hasPlaces = sql\`\${slots.taken} + \${p("width")} + \${held} + \${resting}`,
      replace: `const hasPlaces = sql\`\${slots.taken} + \${p("width")} + 0 * \${held} + \${resting}`,
    },
  ],
}
