import type { Planted } from "../parts.ts"

export const keyCheckedOnce: Planted = {
  name: "key-checked-once",
  breaks: "a key that has ended does nothing",
  by: "what was taken away does nothing",
  changes: [
    {
      file: "src/web/signed-in.ts",
      find: `if (!isSame) throw new Refusal("bad_token")`,
      replace: `if (!isSame && key === "") throw new Refusal("bad_token")`,
    },
  ],
}
