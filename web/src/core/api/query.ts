import { QueryClient } from '@tanstack/vue-query'
import { toProblem } from './problem'

/** Answers that another try cannot better. */
function isFinal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429
}

/** TanStack Query with the console's habits: data stays on show while it is fetched again. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        gcTime: 5 * 60_000,
        retry: (count, error) => count < 2 && !isFinal(toProblem(error).status),
        retryDelay: (attempt) => Math.min(10_000, 500 * 2 ** attempt) * (0.5 + Math.random()),
        refetchOnWindowFocus: true,
      },
      mutations: { retry: false },
    },
  })
}
