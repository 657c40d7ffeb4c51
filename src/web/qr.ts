/**
 * A text as a QR code (ISO/IEC 18004), drawn as SVG. Level M still reads with a seventh of it scratched. The library is read in with the
 * first one: most of a process's answers have none.
 */
export async function qrCode(text: string): Promise<string> {
  const { default: QRCode } = await import("qrcode")
  return QRCode.toString(text, { type: "svg", errorCorrectionLevel: "M", margin: 2 })
}
