/** What to run for a clone. The name is in the address so that Git asks for the password alone. */
export function cloneCommand(cloneUrl: string, user: string): string {
  const url = new URL(cloneUrl);
  url.username = user.split('@')[0] ?? '';
  return `git clone ${url.href}`;
}
