/** One address, however it is typed: without spaces around it, in lower case. */
export function foldEmail(email: string): string {
  return email.trim().toLowerCase();
}
