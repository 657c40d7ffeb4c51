import { z } from "@hono/zod-openapi"
import { statusOf } from "../../base/refusal.ts"

/** Every "no", whatever its cause (RFC 9457). Further members help to go on: alternatives, limits, instants. */
export const problemShape = z
  .looseObject({
    type: z.string().openapi({ example: "/problems/slot_full" }),
    title: z.string().openapi({ description: "In the language asked for.", example: "That time has just been taken" }),
    status: z.int(),
    code: z.enum(["bug", ...Object.keys(statusOf)]).openapi({ description: "Stable; decide by this." }),
    detail: z.string(),
    requestId: z.string(),
    fields: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: "With `invalid_field`: where it is wrong and why." }),
  })
  .openapi("Problem", {
    example: {
      type: "/problems/slot_full",
      title: "That time has just been taken",
      status: 409,
      code: "slot_full",
      detail: "Choose one of the times beside it.",
      requestId: "x1v9Yc0kq2Pd",
    },
  })
