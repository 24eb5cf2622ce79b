/** The shortest password that the server takes. */
export const SHORTEST = 12

/** What is wrong with a new password before the server is asked; an i18n key, or null. */
export function passwordProblem(password: string, repeated: string, userName: string): string | null {
  if ([...password].length < SHORTEST) return 'access.password.short'
  if (userName !== '' && password.toLowerCase().includes(userName.toLowerCase())) return 'access.password.name'
  if (password !== repeated) return 'access.password.different'
  return null
}
