import type { Planted } from "../parts.ts"

export const reminderTwice: Planted = {
  name: "reminder-twice",
  breaks: "nobody is reminded twice",
  by: "every reminder once",
  changes: [
    {
      file: "src/domain/bookings/reminders.ts",
      find: "const message = await notify(tx, { ...said, dedupe, until })",
      replace: `await notify(tx, { ...said, dedupe: \`\${dedupe} again\`, until })
        const message = await notify(tx, { ...said, dedupe, until })`,
    },
  ],
}
