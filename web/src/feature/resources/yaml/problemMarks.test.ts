import { expect, it } from 'vitest'
import { problemFrom } from '@/core/api'
import { problemMarks } from './problemMarks'

it('puts refused fields at their lines', () => {
  const problem = problemFrom({ title: 'Unprocessable', status: 422, detail: 'x', fields: [{ path: 'spec.replicas', message: 'line 7, column 3: must not be negative' }, { path: 'a', message: 'nowhere' }] }, 422)
  expect(problemMarks(problem)).toEqual([{ line: 7, column: 3, message: 'spec.replicas: must not be negative', severity: 'error' }])
})

it('uses the one place that the problem names', () => {
  const problem = problemFrom({ title: 'Invalid', status: 400, detail: 'bad indentation', line: 4 }, 400)
  expect(problemMarks(problem)).toEqual([{ line: 4, column: 1, message: 'bad indentation', severity: 'error' }])
  expect(problemMarks(problemFrom({ title: 'Forbidden', status: 403, detail: '' }, 403))).toEqual([])
})
