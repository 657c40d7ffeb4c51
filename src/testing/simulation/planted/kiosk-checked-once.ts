import type { Planted } from "../parts.ts"

export const kioskCheckedOnce: Planted = {
  name: "kiosk-checked-once",
  breaks: "a kiosk that is no more gives out nothing",
  by: "what was taken away does nothing",
  from: 2,
  changes: [
    {
      file: "src/web/signed-in.ts",
      find: "if (!(await deviceOf(tx, device, house.clock.real())))",
      replace: `if (device === "" && !(await deviceOf(tx, device, house.clock.real())))`,
    },
  ],
}
