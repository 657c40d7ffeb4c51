// `npm test`, `npm test -- src/domain`: the tests, with what they need. Arguments go to `bun test` as they are.
import { printVerdict, runTests } from "./checking/tests.ts"
import { helped } from "./usage.ts"

const usage = `Usage: npm test -- [files or folders] [what bun test takes]

  npm test                                everything
  npm test -- src/domain                  what stands below a folder
  npm test -- src/base/id.test.ts -t "an id"  one file, and of it what has these words in its name
`

const args = process.argv.slice(2)
if (helped(args, usage)) process.exit(0)
const result = await runTests(args)
printVerdict(result)
process.exit(result.ok ? 0 : 1)
