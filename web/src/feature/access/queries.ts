import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { api, unwrap, type Answer } from '@/core/api'
import { useSession } from '@/core/console'

export type User = NonNullable<Answer<'/api/v1/users', 'get'>['users']>[number]
export type SessionRow = NonNullable<Answer<'/api/v1/auth/sessions', 'get'>['sessions']>[number]
export type SignInLink = Answer<'/api/v1/users/{name}/sign-in-link', 'post'>

const USERS = ['users'] as const
const SESSIONS = ['sessions'] as const

/** Signs in with name and password; the answer is kept as the session. */
export function useSignIn() {
  const store = useSession()
  return useMutation({
    mutationFn: (body: { username: string; password: string }) => unwrap(api.POST('/api/v1/auth/sign-in', { body })),
    onSuccess: (session) => store.set(session),
  })
}

/** Signs in with the token of a one-time link. */
export function useSignInLink() {
  const store = useSession()
  return useMutation({
    mutationFn: (token: string) => unwrap(api.POST('/api/v1/auth/sign-in-link', { body: { token } })),
    onSuccess: (session) => store.set(session),
  })
}

/** Sets a new password; the session is asked for again, since it may not owe one any more. */
export function useChangePassword() {
  const store = useSession()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: { current?: string; new: string }) => api.POST('/api/v1/auth/password', { body }),
    onSuccess: async () => {
      await store.load()
      await client.invalidateQueries({ queryKey: SESSIONS })
    },
  })
}

export function useSessions() {
  return useQuery({ queryKey: SESSIONS, queryFn: ({ signal }) => unwrap(api.GET('/api/v1/auth/sessions', { signal })) })
}

export function useRevokeSession() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.DELETE('/api/v1/auth/sessions/{id}', { params: { path: { id } } }),
    onSettled: () => client.invalidateQueries({ queryKey: SESSIONS }),
  })
}

export function useUsers() {
  return useQuery({ queryKey: USERS, queryFn: ({ signal }) => unwrap(api.GET('/api/v1/users', { signal })) })
}

export function useGroups() {
  return useQuery({ queryKey: ['groups'], queryFn: ({ signal }) => unwrap(api.GET('/api/v1/groups', { signal })) })
}

export function useCreateUser() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: { name: string; displayName: string; email: string; groups: string[] }) => unwrap(api.POST('/api/v1/users', { body })),
    onSettled: () => client.invalidateQueries({ queryKey: USERS }),
  })
}

export function useChangeUser() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ name, ...body }: { name: string; displayName?: string; email?: string; groups?: string[]; disabled?: boolean }) =>
      unwrap(api.PATCH('/api/v1/users/{name}', { params: { path: { name } }, body })),
    onSettled: () => client.invalidateQueries({ queryKey: USERS }),
  })
}

export function useDeleteUser() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (name: string) => api.DELETE('/api/v1/users/{name}', { params: { path: { name } } }),
    onSettled: () => client.invalidateQueries({ queryKey: USERS }),
  })
}

/** Makes a one-time sign-in link for a user. */
export function useMakeLink() {
  return useMutation({ mutationFn: (name: string) => unwrap(api.POST('/api/v1/users/{name}/sign-in-link', { params: { path: { name } } })) })
}
