import { lookAt } from "../../testing/looking.ts"

await lookAt("house")
