/** Whether Windows keeps this name, with whatever extension, for a device (Microsoft: Naming Files, Paths, and Namespaces). */
export function isDevice(name: string): boolean {
  return /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)/i.test(name);
}
