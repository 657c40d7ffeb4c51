import { inBoth } from "./lang.ts"

/** What a waiting page says of the browser's own notices, for whoever looks at another window meanwhile. */
export const noticeWords = inBoth({
  ar: {
    ask: "نبّهني حتى وأنا في نافذة أخرى",
    on: "سينبّهك جهازك حين يحين دورك، حتى وأنت في نافذة أخرى. أبقِ هذه الصفحة مفتوحة.",
    blocked: "متصفحك يمنع تنبيهات هذا الموقع. اسمح بها في إعدادات الموقع، ثم أعد تحميل الصفحة.",
  },
  en: {
    ask: "Alert me also in another window",
    on: "Your device will alert you when it is your turn, also in another window. Keep this page open.",
    blocked: "Your browser blocks alerts from this site. Allow them in the site's settings, then reload this page.",
  },
})
