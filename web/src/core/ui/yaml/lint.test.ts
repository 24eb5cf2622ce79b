import { describe, expect, it } from 'vitest'
import { yamlMarks } from './lint'

describe('yamlMarks', () => {
  it.each(['', 'a: 1\n', 'a: 1\n---\nb: 2\n', '# only a comment\n', 'a: &x 1\nb: *x\n'])('finds nothing wrong with %j', (text) => expect(yamlMarks(text)).toEqual([]))

  it.each([
    ['a: 1\na: 2\n', 2],
    ['a:\n\tb: 1\n', 2],
    ['a: [1, 2\n', 2],
    ['ok: 1\n---\nb: "open\n', 4],
  ])('marks %j at line %d', (text, line) => {
    const marks = yamlMarks(text)
    expect(marks.length).toBeGreaterThan(0)
    expect(marks.map((mark) => mark.line)).toContain(line)
    for (const mark of marks) expect(mark.message).not.toContain('\n')
  })

  it('stops after twenty', () => {
    expect(yamlMarks('a: 1\n'.repeat(100)).length).toBe(20)
  })
})
