// `npm test`, `npm test -- src/domain`: the tests, with what they need. Arguments go to `bun test` as they are.
import { printVerdict, runTests } from "./checking/tests.ts"

const result = await runTests(process.argv.slice(2))
printVerdict(result)
process.exit(result.ok ? 0 : 1)
