import { inBoth } from "./lang.ts"

/** What the house refuses, for whoever writes a program for it. */
export const problemsWords = inBoth({
  ar: {
    title: "ما نرفضه ولماذا",
    lead: "كل رفض وثيقة بصيغة RFC 9457، ورمزه في «code» لا يتغيّر: قرّر بناءً عليه لا على الكلمات.",
    refusal: "الرفض",
    about:
      "هذه الصفحة تشرح رفضًا ورد في وثيقة من واجهة البرمجة، وليست رفضًا هي نفسها. ما يساعدك بعد ذلك يأتي في الوثيقة بجانب الرمز.",
    status: "الحالة",
    toPrograms: "ما يُقال للبرنامج",
    toPeople: "ما يُقال للناس",
    all: "كل ما نرفضه",
    docs: "وثائق واجهة البرمجة",
  },
  en: {
    title: "What is refused, and why",
    lead: "Every refusal is a document as RFC 9457 has it. Its “code” never changes: decide by that, not by the words.",
    refusal: "Refusal",
    about:
      "This page explains a refusal that came in a document of the API, and is none itself. What helps to go on stands in that document, beside the code.",
    status: "Status",
    toPrograms: "What a program is told",
    toPeople: "What people are told",
    all: "Everything that is refused",
    docs: "What the API can do",
  },
})
